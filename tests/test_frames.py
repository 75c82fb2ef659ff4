"""Pages compiled as a whole hold what Django's templates write."""

import datetime

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from learn.frames import render_framed
from learn.models import Question, Tag
from learn.readerpages import question_context, with_page
from tests.factories import make_question, make_subject
from tests.links import links_of, tags_of

pytestmark = pytest.mark.django_db
NAME = "learn/question_detail.html"
ANSWER = """## One <b> & two

- **First lead**: $x < y$
- **Second lead**: `code`
- **Third lead**: text

## Three

| a | b |
| --- | --- |
| 1 | 2 |

## Four “quoted”

```
x = 1
```
"""


def context_of(question):
    page = Question.objects.for_page().with_neighbours().get(pk=question.pk)
    return question_context(page, links_of(page), with_page(tags_of(page)))


@pytest.fixture
def contexts():
    """Of a page with all that a page can have, and of one with as little as one can."""
    subject = make_subject(title="Maths & <more>")
    rich = make_question(
        subject=subject,
        slug="b",
        title="Is 1 < 2 & “so on”?",
        answer=ANSWER,
        origin="reviewed",
        reviewer="A <b> & c",
        reviewed_on=datetime.date(2025, 3, 1),
        seo_keywords="first & last",
    )
    for slug in "ac":
        make_question(subject=subject, slug=slug)
    rich.tags.add("first & last")
    Tag.objects.update(count=100)
    Question.objects.filter(pk=rich.pk).update(modified_at=datetime.datetime.now(datetime.UTC))
    plain = make_question(answer="Yes.", no_index=True, post_on_text="")
    return [context_of(rich), context_of(plain)]


@pytest.mark.parametrize("language", ["en", "es"])
def test_compiled_page_is_that_of_the_template(contexts, language):
    with override(language):
        for context in contexts:
            assert render_framed(NAME, context) == render_to_string(NAME, context)


def test_compiled_page_speaks_the_language_of_its_moment(contexts):
    assert "Related questions" not in render_framed(NAME, contexts[0])
    assert "Was this helpful?" in render_framed(NAME, contexts[0])
    with override("es"):
        assert "Was this helpful?" not in render_framed(NAME, contexts[0])
    assert "Was this helpful?" in render_framed(NAME, contexts[0])


def test_compiled_page_follows_a_change_of_the_settings(contexts, settings):
    settings.SITE_NAME = "First name"
    assert "<strong>First name</strong>" in render_framed(NAME, contexts[1])
    settings.SITE_NAME = "Second & name"
    assert "<strong>Second &amp; name</strong>" in render_framed(NAME, contexts[1])
    settings.CONTENT_LANGUAGE = "ar"
    page = render_framed(NAME, contexts[1])
    assert '<h1 lang="ar" dir="rtl">' in page
    assert page == render_to_string(NAME, contexts[1])


def test_what_one_part_sets_is_nothing_to_another(contexts):
    # The head sets `url`, `image` and `article`; the part of the question sets `title`.
    context = {**contexts[1], "title": "never", "here": "never"}
    page = render_framed(NAME, context)
    assert "never" not in page
    assert page == render_to_string(NAME, contexts[1])


def test_template_that_gives_its_parts_values_cannot_be_compiled():
    with pytest.raises(ValueError, match="address"):
        render_framed("learn/topic_detail.html", {})


def test_developer_sees_a_change_of_a_template_at_once(contexts, settings, monkeypatch):
    settings.DEBUG = True
    monkeypatch.setattr("learn.frames._compiled", None)
    assert render_framed(NAME, contexts[1]) == render_to_string(NAME, contexts[1])

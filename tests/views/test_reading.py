"""What stands around an answer."""

import datetime

import pytest

from learn.models import Question
from tests.factories import make_question, make_subject
from tests.links import links_of
from tests.views.markup import address_of, get

pytestmark = pytest.mark.django_db

LEADS = "- **One:** a\n- **Two & more:** b\n- **Three:** c"
HEADINGS = "### First\n\na\n\n#### Second\n\nb\n\n### First\n\nc"


def neighbours(question):
    links = links_of(Question.objects.with_neighbours().get(pk=question.pk))
    return tuple(link and link.pk for link in (links.previous, links.next))


def test_neighbours_are_the_questions_before_and_after_in_the_subject():
    subject = make_subject()
    a, b, c, d = (make_question(subject=subject, slug=slug) for slug in "abcd")
    make_question(slug="bb")
    assert neighbours(b) == (a.pk, c.pk)
    assert neighbours(a) == (None, b.pk)
    assert neighbours(d) == (c.pk, None)


def test_neighbours_are_pages_that_lists_show():
    subject = make_subject()
    a, c, e = (make_question(subject=subject, slug=slug) for slug in "ace")
    make_question(subject=subject, slug="b", canonical=a)
    make_question(subject=subject, slug="bb", no_index=True)
    make_question(subject=subject, slug="d", status=Question.Status.DRAFT)
    assert neighbours(c) == (a.pk, e.pk)


def test_question_page_links_its_neighbours(client):
    subject = make_subject(title="Music")
    a, b, c = (make_question(subject=subject, slug=slug, title=f"{slug}?") for slug in "abc")
    page = get(client, address_of(b))
    assert page.text("nav", **{"aria-label": "More in Music"}) == "Previous a? Next c?"
    assert page.one("a", rel="prev")["href"] == address_of(a)
    assert page.one("a", rel="next")["href"] == address_of(c)
    assert page.all("a", rel="next")[0]["text"] == "Next c?"


def test_question_alone_in_its_subject_has_no_neighbours(client):
    question = make_question()
    page = get(client, address_of(question))
    assert page.all("nav", **{"aria-label": f"More in {question.subject}"}) == []


def test_key_points_stand_before_the_answer(client):
    page = get(client, address_of(make_question(answer=LEADS)))
    assert page.text("details", **{"class": "points"}) == "Key points One Two & more Three"
    order = [e["tag"] for e in page.elements if e["tag"] in ("details", "article")]
    assert order == ["details", "article"]


def test_contents_lead_to_the_sections(client):
    page = get(client, address_of(make_question(answer=HEADINGS)))
    assert page.text("details", **{"class": "contents"}) == "On this page First Second First"
    targets = [e["href"] for e in page.all("a") if e.get("href", "").startswith("#s-")]
    assert targets[:3] == targets[3:] == ["#s-first", "#s-second", "#s-first-2"]
    assert [e["id"] for e in page.elements if e.get("id", "").startswith("s-")] == [
        target[1:] for target in targets[:3]
    ]


def test_answer_without_leads_and_headings_has_neither_box(client):
    assert get(client, address_of(make_question())).all("details") == []


def test_page_says_when_it_was_updated_if_that_was_later(client):
    question = make_question()
    assert len(get(client, address_of(question)).all("time")) == 1
    later = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
    Question.objects.filter(pk=question.pk).update(modified_at=later)
    page = get(client, address_of(question))
    assert page.text("time", datetime="2026-03-01") == "Mar 01, 2026"
    assert "Updated Mar 01, 2026" in page.text("p", **{"class": "meta"})
    assert "Posted on Feb 06, 2025" in page.text("p", **{"class": "meta"})


def test_stated_origin_leads_to_how_answers_are_made(client):
    page = get(client, address_of(make_question(origin="machine")))
    assert page.all("a", href="/how-answers-are-made")[0]["text"] == "Machine-written"


def test_how_answers_are_made_is_linked_in_the_footer_and_makes_no_query(
    client, django_assert_num_queries
):
    assert get(client, "/").one("a", href="/how-answers-are-made")
    with django_assert_num_queries(0):
        page = get(client, "/how-answers-are-made")
    assert page.text("h1") == "How answers are made"

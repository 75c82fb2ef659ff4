import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from learn import publishing
from learn.models import Question, Tag
from learn.seeds.importer import load_seeds
from learn.seeds.options import Options
from learn.topics import miscounted_tags, topic_questions
from learn.totals import store_totals
from tests.factories import make_question, make_subject
from tests.seeds.builders import seed_file, sources
from tests.views.markup import HOUR

pytestmark = pytest.mark.django_db


def counts() -> dict[str, int]:
    assert miscounted_tags() == {}
    return dict(Tag.objects.order_by("key").values_list("name", "count"))


def seed(slug: str, keywords: str, **values: object) -> bytes:
    seo = {"title": "T", "page_description": "D", "page_keywords": keywords}
    return seed_file(slug, seo=seo, **values)


@pytest.fixture
def saved() -> Question:
    """A question with the tags salt and water, as the desk saves it."""
    question = make_question(seo_keywords="salt, water")
    publishing.save_question(question)
    return question


def test_import_counts_canonical_pages_once() -> None:
    one = seed("a", "salt, water", title="A?", answer="One.")
    load_seeds(sources(one, seed("b", "salt", title="B?", answer="Two."), seed("c", "salt")))
    assert counts() == {"salt": 3, "water": 1}
    copy = seed("d", "salt, copy", title="A?", answer="One.")
    load_seeds(sources(copy))
    assert counts() == {"copy": 0, "salt": 3, "water": 1}


def test_pruned_pages_do_not_count() -> None:
    load_seeds(sources(seed("a", "salt", title="A?"), seed("b", "salt", title="B?")))
    load_seeds(sources(seed("a", "salt", title="A?")), Options(prune=True, force=True))
    assert counts() == {"salt": 1}


def test_what_lists_do_not_show_does_not_count() -> None:
    now = timezone.now()
    make_question(seo_keywords="salt")
    make_question(seo_keywords="salt", no_index=True)
    make_question(seo_keywords="salt", subject=make_subject(is_listed=False))
    make_question(seo_keywords="salt", status=Question.Status.DRAFT)
    make_question(seo_keywords="salt", publish_at=now + HOUR)
    make_question(seo_keywords="salt", unpublish_at=now - HOUR)
    store_totals()
    assert counts() == {"salt": 1}
    assert topic_questions(Tag.objects.get()).count() == 1


def test_copy_counts_while_its_canonical_page_cannot_be_read() -> None:
    canonical = make_question(status=Question.Status.UNPUBLISHED)
    copy = make_question(seo_keywords="salt", canonical=canonical)
    store_totals()
    assert counts() == {"salt": 1}
    assert list(topic_questions(Tag.objects.get())) == [copy]


def test_edit_of_keywords_counts_tags_that_came_and_tags_that_went(saved: Question) -> None:
    assert counts() == {"salt": 1, "water": 1}
    saved.seo_keywords = "water, ice"
    publishing.save_question(saved)
    assert counts() == {"ice": 1, "salt": 0, "water": 1}


def test_change_of_state_is_counted(saved: Question) -> None:
    publishing.set_status(Question.objects.all(), Question.Status.TRASHED)
    assert counts() == {"salt": 0, "water": 0}
    publishing.set_status(Question.objects.all(), Question.Status.PUBLISHED)
    assert counts() == {"salt": 1, "water": 1}


def test_page_that_becomes_canonical_is_counted(saved: Question) -> None:
    copy = make_question(title=saved.title, answer=saved.answer, seo_keywords="brine")
    publishing.save_question(copy)
    leading, other = sorted([saved, copy], key=lambda question: str(question.path))
    publishing.set_status(Question.objects.filter(pk=leading.pk), Question.Status.UNPUBLISHED)
    shown = {tag.name for tag in other.tags.all()}
    assert counts() == {name: int(name in shown) for name in ("brine", "salt", "water")}


def test_subject_that_is_listed_no_more_takes_its_questions_out(saved: Question) -> None:
    saved.subject.is_listed = False
    saved.subject.save()
    publishing.settle_references()
    assert counts() == {"salt": 0, "water": 0}


# --- aliases


def test_alias_moves_the_questions_to_the_other_tag_and_applies_to_new_ones() -> None:
    first = make_question(seo_keywords="NaCl, water")
    both = make_question(seo_keywords="salt, NaCl")
    alias, salt = Tag.objects.get(key="nacl"), Tag.objects.get(key="salt")
    publishing.set_alias(alias, salt)
    later = make_question(seo_keywords="nacl")
    store_totals()
    assert [tag.name for tag in first.tags.all()] == ["salt", "water"]
    assert [tag.name for tag in both.tags.all()] == ["salt"]
    assert [tag.name for tag in later.tags.all()] == ["salt"]
    assert counts() == {"NaCl": 0, "salt": 3, "water": 1}


def test_alias_taken_back_gives_the_questions_their_own_tag_again() -> None:
    make_question(seo_keywords="NaCl")
    make_question(seo_keywords="salt")
    store_totals()
    alias, salt = Tag.objects.get(key="nacl"), Tag.objects.get(key="salt")
    publishing.set_alias(alias, salt)
    publishing.set_alias(alias, None)
    assert counts() == {"NaCl": 1, "salt": 1}


def test_alias_never_leads_to_an_alias() -> None:
    make_question(seo_keywords="a, b, c")
    store_totals()
    a, b, c = Tag.objects.order_by("key")
    publishing.set_alias(a, b)
    publishing.set_alias(b, c)
    a.refresh_from_db()
    assert a.alias_of == c
    publishing.set_alias(c, a)
    c.refresh_from_db()
    assert c.alias_of is None
    assert counts() == {"a": 0, "b": 0, "c": 1}


# --- the command


def test_command_mends_what_its_check_finds(saved: Question, capsys) -> None:
    call_command("counttopics", "--check")
    Tag.objects.filter(name="salt").update(count=7)
    assert list(miscounted_tags().values()) == [(7, 1)]
    with pytest.raises(CommandError, match="1 topics have a wrong number"):
        call_command("counttopics", "--check")
    call_command("counttopics")
    assert counts() == {"salt": 1, "water": 1}
    assert capsys.readouterr().out == (
        "every topic and subject has its true number\n1 topics and 0 subjects counted anew\n"
    )

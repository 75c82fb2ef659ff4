"""What follows from an import over the whole content: references, copies, topics, moves."""

import pytest

from learn.models import (
    PendingStep,
    Question,
    Redirect,
    RelatedQuestion,
    Tag,
)
from learn.pending import STEPS, note_steps
from learn.seeds import importer
from learn.seeds.importer import load_seeds
from learn.topics import miscounted_tags
from tests.seeds.builders import load, move, related, seed_file, sources

pytestmark = pytest.mark.django_db


def test_references_resolve_whichever_file_comes_first() -> None:
    load(
        seed_file("a", related_article1=related("b"), related_article2=related("nowhere")),
        seed_file("b", related_article1=related("a")),
    )
    found = {
        (item.question.slug, item.position): item.target and item.target.slug
        for item in RelatedQuestion.objects.select_related("question", "target")
    }
    assert found == {("a", 1): "b", ("a", 2): None, ("b", 1): "a"}


def test_reference_resolves_when_its_page_arrives_later() -> None:
    load(seed_file("a", related_article1=related("b")))
    load(seed_file("b"))
    assert RelatedQuestion.objects.get().target.slug == "b"  # type: ignore[union-attr]


def test_copies_get_one_canonical_page() -> None:
    text = {"title": "Same?", "answer": "Same."}
    load(*(seed_file("same", subject=subject, **text) for subject in ("physics", "biology", "art")))
    canonical = Question.objects.get(canonical=None)
    assert canonical.subject.slug == "art"
    assert canonical.copies.count() == 2


def test_moves_become_redirects_after_the_files_are_loaded() -> None:
    moves = [move("/learn/biology/questions/old", "/learn/biology/questions/new")]
    report = load_seeds(sources(seed_file("new")), moves=moves)
    assert report.moved == 1
    assert Redirect.objects.get().question.slug == "new"


def test_unfinished_steps_are_done_by_the_next_load_even_if_no_file_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = (seed_file("a", related_article1=related("b")), seed_file("b"))
    with monkeypatch.context() as patch:
        patch.setattr(importer, "finish_steps", lambda extent: None)
        load(*files)
    assert set(PendingStep.objects.values_list("step", flat=True)) == set(STEPS)
    assert RelatedQuestion.objects.get().target is None
    load(*files)
    assert RelatedQuestion.objects.get().target is not None
    assert PendingStep.objects.count() == 0


def test_changed_file_settles_its_own_copies_topics_and_references() -> None:
    tagged = {"seo": {"page_keywords": "Cell"}}
    load(
        seed_file("a", **tagged),
        seed_file("a", subject="physics", **tagged),
        seed_file("b", answer="Another.", **tagged),
    )
    copy = Question.objects.get(canonical__isnull=False)
    assert miscounted_tags() == {}
    changed = seed_file(
        "a",
        subject=copy.subject.slug,
        answer="Its own.",
        seo={"page_keywords": "Cell, Wall"},
        related_article1=related("b"),
    )
    assert load(changed).updated == 1
    assert not Question.objects.filter(canonical__isnull=False).exists()
    assert dict(Tag.objects.values_list("key", "count")) == {"cell": 3, "wall": 1}
    assert RelatedQuestion.objects.get().target == Question.objects.get(slug="b")
    assert not PendingStep.objects.exists()


def test_changed_file_leaves_the_topics_of_others_uncounted() -> None:
    load(seed_file("a"), seed_file("b", answer="B.", seo={"page_keywords": "Salt"}))
    Tag.objects.filter(key="salt").update(count=7)
    load(seed_file("a", answer="New."))
    assert Tag.objects.get(key="salt").count == 7


def test_changed_file_finds_the_notes_of_a_killed_import_and_does_all_steps() -> None:
    load(seed_file("a"), seed_file("b", answer="B.", seo={"page_keywords": "Salt"}))
    Tag.objects.filter(key="salt").update(count=7)
    note_steps()
    load(seed_file("a", answer="New."))
    assert Tag.objects.get(key="salt").count == 1


def test_changed_file_does_all_steps_where_another_import_notes_them_meanwhile() -> None:
    load(seed_file("a"), seed_file("b", answer="B.", seo={"page_keywords": "Salt"}))
    Tag.objects.filter(key="salt").update(count=7)
    load_seeds(sources(seed_file("a", answer="New.")), progress=lambda files: note_steps())
    assert Tag.objects.get(key="salt").count == 1

"""An import meets what the desk has done since: edits, states, renames."""

import pytest

from learn import publishing
from learn.models import (
    Question,
    RelatedQuestion,
    Revision,
)
from learn.seeds.exporter import seed_bytes, seed_of
from learn.seeds.options import Side
from tests.seeds.builders import counts, load, related, seed_file

pytestmark = pytest.mark.django_db

BOTH_CHANGED = (
    "changed both in the file and in the database; the database's version was kept "
    "(--ours settles that, --theirs takes the file's)"
)


# --- both sides changed


def edit_title(title: str = "Edited at the desk?") -> Question:
    question = Question.objects.get()
    question.title = title
    publishing.save_question(question)
    return question


def test_row_edited_at_the_desk_stays_while_its_file_is_unchanged() -> None:
    load(seed_file())
    edit_title()
    report = load(seed_file())
    assert counts(report) == (0, 0, 1, 0, 0)
    assert Question.objects.get().title == "Edited at the desk?"


def test_conflict_keeps_the_database_and_is_reported_each_time() -> None:
    load(seed_file())
    edit_title()
    for _ in range(2):
        report = load(seed_file(answer="From the file."))
        assert counts(report) == (0, 0, 0, 1, 0)
        assert report.conflicts == [
            {
                "path": "1.md",
                "url": "/learn/biology/questions/what-is-osmosis",
                "reason": BOTH_CHANGED,
            }
        ]
    question = Question.objects.get()
    assert question.title == "Edited at the desk?"
    assert "From the file." not in question.answer


def test_change_behind_the_desk_counts_as_a_change_of_the_database() -> None:
    load(seed_file())
    Question.objects.update(answer="Changed by SQL.")
    assert counts(load(seed_file(answer="From the file."))) == (0, 0, 0, 1, 0)


def test_changed_related_articles_count_as_a_change_of_the_database() -> None:
    load(seed_file(related_article1=related("b")))
    RelatedQuestion.objects.update(title="Changed?")
    assert counts(load(seed_file(answer="New."))) == (0, 0, 0, 1, 0)


def test_ours_keeps_the_database_and_settles_the_file() -> None:
    load(seed_file())
    edit_title()
    load(seed_file(answer="From the file."), side=Side.OURS)
    assert Question.objects.get().title == "Edited at the desk?"
    assert counts(load(seed_file(answer="From the file."))) == (0, 0, 1, 0, 0)
    # A later change of the file is a conflict again, not an overwrite.
    assert counts(load(seed_file(answer="Once more."))) == (0, 0, 0, 1, 0)


def test_theirs_takes_the_file_and_keeps_the_database_as_a_revision() -> None:
    load(seed_file())
    edited = edit_title()
    report = load(seed_file(answer="From the file."), side=Side.THEIRS)
    question = Question.objects.get()
    assert counts(report) == (0, 1, 0, 0, 0)
    assert (question.answer, question.version) == ("From the file.", edited.version + 1)
    kept = Revision.objects.get(number=edited.version)
    assert kept.content["title"] == "Edited at the desk?"


def test_theirs_keeps_a_change_behind_the_desk_as_a_revision_too() -> None:
    load(seed_file())
    Question.objects.update(answer="Changed by SQL.")
    load(seed_file(answer="From the file."), side=Side.THEIRS)
    revision = Revision.objects.get()
    assert revision.content["answer"] == "Changed by SQL."
    assert revision.reason == "before the seed file was taken"


def test_same_change_on_both_sides_is_settled_silently() -> None:
    load(seed_file())
    edit_title("Same?")
    data = seed_bytes(seed_of(Question.objects.get()))
    assert counts(load(data)) == (0, 1, 0, 0, 0)
    assert counts(load(data)) == (0, 0, 1, 0, 0)
    assert Question.objects.get().version == 2


# --- states that the desk set


def test_unpublished_question_stays_unpublished_when_its_file_changes() -> None:
    load(seed_file())
    publishing.set_status(Question.objects.all(), Question.Status.UNPUBLISHED)
    load(seed_file(answer="New."))
    question = Question.objects.get()
    assert (question.status, question.answer) == (Question.Status.UNPUBLISHED, "New.")


@pytest.mark.parametrize(
    "answer", ["Answer of what-is-osmosis.\\n\\nIts second paragraph.", "New."]
)
def test_question_in_the_trash_is_a_conflict_and_stays_there(answer: str) -> None:
    load(seed_file())
    publishing.set_status(Question.objects.all(), Question.Status.TRASHED)
    report = load(seed_file(answer=answer))
    assert counts(report) == (0, 0, 0, 1, 0)
    assert report.conflicts[0]["reason"] == "the question is in the trash"
    assert Question.objects.get().status == Question.Status.TRASHED


def test_old_file_updates_the_row_that_was_renamed_at_the_desk() -> None:
    load(seed_file())
    question = Question.objects.get()
    question.slug = "renamed"
    publishing.save_question(question)
    assert counts(load(seed_file(answer="New."))) == (0, 0, 0, 1, 0)
    load(seed_file(answer="New."), side=Side.THEIRS)
    question = Question.objects.get()
    assert (question.slug, question.answer) == ("renamed", "New.")

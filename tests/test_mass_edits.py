"""A change of many questions: what it does, what it leaves alone, what its undo gives back."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from learn import mass_edits, publishing
from learn.mass_edits import job
from learn.models import (
    Author,
    MassEdit,
    MassEditItem,
    Question,
    Redirect,
    RelatedQuestion,
    Revision,
    Subject,
    TaggedQuestion,
)
from learn.seeds.exporter import seed_bytes, seed_of
from tests.factories import make_question, make_related, make_subject

pytestmark = pytest.mark.django_db

Kind, State, ItemState = MassEdit.Kind, MassEdit.State, MassEditItem.State
REPLACE = {
    "find": "colour",
    "replacement": "color",
    "in_answer": True,
    "in_title": False,
    "match_case": True,
    "whole_words": False,
}


@pytest.fixture
def ada() -> User:
    return User.objects.create(username="ada", is_superuser=True)


@pytest.fixture
def grace() -> User:
    return User.objects.create(username="grace", is_superuser=True)


def tried(by: User, kind: str, questions: list[Question], **parameters: Any) -> MassEdit:
    edit = mass_edits.choose([question.pk for question in questions], by)
    mass_edits.begin_checking(edit, kind, parameters)
    mass_edits.advance(edit)
    assert edit.state == State.READY
    return edit


def done(by: User, kind: str, questions: list[Question], **parameters: Any) -> MassEdit:
    edit = tried(by, kind, questions, **parameters)
    assert mass_edits.begin_running(edit)
    mass_edits.advance(edit)
    assert edit.state == State.DONE
    return edit


def undo(edit: MassEdit) -> None:
    assert mass_edits.begin_undoing(edit)
    mass_edits.advance(edit)
    assert edit.state == State.UNDONE


def states(edit: MassEdit) -> list[str]:
    return list(edit.items.order_by("question").values_list("state", flat=True))


def fresh(question: Question) -> Question:
    return Question.objects.select_related("subject", "author").get(pk=question.pk)


def files() -> dict[int, bytes]:
    return {question.pk: seed_bytes(seed_of(question)) for question in Question.objects.all()}


# --- what is done


def test_trying_counts_places_and_writes_nothing(ada: User) -> None:
    hit = make_question(answer="A colour, and colours.")
    miss = make_question(answer="A hue.")
    edit = tried(ada, Kind.REPLACE, [hit, miss], **REPLACE)
    assert list(edit.items.order_by("question").values_list("state", "hits")) == [
        ("planned", 2),
        ("same", 0),
    ]
    assert fresh(hit).answer == "A colour, and colours."
    assert Revision.objects.count() == 0


def test_replacing_changes_text_keeps_revisions_and_logs(ada: User) -> None:
    question = make_question(answer="A colour.")
    done(ada, Kind.REPLACE, [question], **REPLACE)
    row = fresh(question)
    assert (row.answer, row.version) == ("A color.", 2)
    assert "A color." in row.answer_html
    assert [
        (revision.number, revision.content["answer"], revision.created_by)
        for revision in question.revisions.order_by("number")
    ] == [(1, "A colour.", None), (2, "A color.", ada)]
    entry = LogEntry.objects.get(object_id=str(question.pk))
    assert (entry.user, entry.change_message) == (ada, "“colour” replaced by “color”")
    assert question.revisions.get(number=2).reason == "“colour” replaced by “color”"


def test_reason_that_is_too_long_is_cut(ada: User) -> None:
    question = make_question(answer="A colour.")
    done(ada, Kind.REPLACE, [question], **{**REPLACE, "replacement": "x" * 500})
    assert len(question.revisions.get(number=2).reason) == 200


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ({"match_case": False}, "Colour and colour.", "color and color."),
        ({"match_case": True}, "Colour and colour.", "Colour and color."),
        ({"whole_words": True}, "A colour, colours.", "A color, colours."),
        ({"find": "a.c", "replacement": r"\1"}, "abc a.c", r"abc \1"),
        ({"find": "\\n", "replacement": " "}, "\\nabla \\neq x\ny", " abla  eq x\ny"),
        ({"find": " colour", "replacement": ""}, "A colour.", "A."),
    ],
)
def test_replacing_takes_characters_literally(
    ada: User, options: dict[str, Any], text: str, expected: str
) -> None:
    question = make_question(answer=text)
    done(ada, Kind.REPLACE, [question], **{**REPLACE, **options})
    assert fresh(question).answer == expected


def test_replacing_in_titles_changes_all_three_and_counts_once(ada: User) -> None:
    question = make_question(title="Which colour?", answer="Blue.")
    edit = done(ada, Kind.REPLACE, [question], **{**REPLACE, "in_title": True})
    row = fresh(question)
    assert [row.title, row.article_title, row.question] == ["Which color?"] * 3
    assert edit.items.get().hits == 1


def test_answer_of_which_nothing_would_be_left_is_left_alone(ada: User) -> None:
    question = make_question(answer="colour")
    edit = tried(ada, Kind.REPLACE, [question], **{**REPLACE, "replacement": ""})
    item = edit.items.get()
    assert (item.state, item.note) == ("skipped", "nothing would be left of the answer")


def test_move_to_a_subject_redirects_and_leaves_taken_slugs_alone(ada: User) -> None:
    target = make_subject(slug="physics")
    make_question(subject=target, slug="taken")
    moved, left = make_question(slug="free"), make_question(slug="taken")
    old = str(moved.path)
    edit = done(ada, Kind.SUBJECT, [moved, left], subject=target.pk)
    assert fresh(moved).subject == target
    assert Redirect.objects.get().old_path == old
    assert states(edit) == ["changed", "skipped"]
    assert "slug already" in edit.items.get(question=left).note


def test_of_two_with_one_slug_one_moves(ada: User) -> None:
    target = make_subject()
    twins = [make_question(slug="same"), make_question(slug="same")]
    edit = done(ada, Kind.SUBJECT, twins, subject=target.pk)
    assert states(edit) == ["changed", "skipped"]


def test_author_is_set(ada: User) -> None:
    question, author = make_question(), Author.objects.create(name="Ada")
    done(ada, Kind.AUTHOR, [question], author=author.pk)
    assert fresh(question).author == author


def test_keywords_are_added_and_removed_whatever_their_spelling(ada: User) -> None:
    question = make_question(seo_keywords="cell,Action potential , 1,000 genomes")
    done(ada, Kind.ADD_KEYWORDS, [question], keywords="action-potential, Water")
    assert fresh(question).seo_keywords == "cell,Action potential , 1,000 genomes, Water"
    assert {tag.name for tag in question.tags.all()} >= {"Water", "cell"}
    done(ada, Kind.REMOVE_KEYWORDS, [question], keywords="CELL, action-potential")
    assert fresh(question).seo_keywords == "1,000 genomes, Water"
    assert {tag.name for tag in question.tags.all()} == {"1,000 genomes", "Water"}


def test_subject_that_is_gone_changes_nothing(ada: User) -> None:
    question, target = make_question(), make_subject()
    edit = tried(ada, Kind.SUBJECT, [question], subject=target.pk)
    Subject.objects.filter(pk=target.pk).delete()
    mass_edits.begin_running(edit)
    mass_edits.advance(edit)
    assert states(edit) == ["skipped"]


def test_trash_is_left_alone(ada: User) -> None:
    question = make_question(status=Question.Status.TRASHED, answer="A colour.")
    assert states(tried(ada, Kind.REPLACE, [question], **REPLACE)) == ["skipped"]


# --- other people's work


def test_answer_edited_meanwhile_is_skipped_and_its_editor_named(ada: User, grace: User) -> None:
    edited, other = make_question(answer="A colour."), make_question(answer="A colour.")
    edit = tried(ada, Kind.REPLACE, [edited, other], **REPLACE)
    row = fresh(edited)
    row.answer = "A colour, they say."
    publishing.save_question(row, by=grace)
    mass_edits.begin_running(edit)
    mass_edits.advance(edit)
    assert fresh(edited).answer == "A colour, they say."
    assert fresh(other).answer == "A color."
    assert edit.items.get(question=edited).note == "edited meanwhile by grace"


def test_undo_gives_back_the_very_bytes_and_leaves_later_edits_alone(
    ada: User, grace: User
) -> None:
    questions = [
        make_question(answer=f"A colour {i}.  \n\n * x", subject_label="x") for i in range(4)
    ]
    before = files()
    edit = done(ada, Kind.REPLACE, questions, **REPLACE)
    assert files() != before
    row = fresh(questions[3])
    row.answer = "Edited since."
    publishing.save_question(row, by=grace)
    undo(edit)
    after = files()
    assert [after[q.pk] == before[q.pk] for q in questions] == [True, True, True, False]
    assert fresh(questions[3]).answer == "Edited since."
    item = edit.items.get(question=questions[3])
    assert (item.state, item.note) == ("kept", "edited meanwhile by grace")


@pytest.mark.parametrize("kind", [Kind.SUBJECT, Kind.AUTHOR, Kind.ADD_KEYWORDS])
def test_undo_gives_back_files_whatever_was_changed(ada: User, kind: str) -> None:
    question = make_question(subject_label="Biology (as written)", seo_keywords="a,b")
    before, path = files(), str(question.path)
    parameters = {
        Kind.SUBJECT: {"subject": make_subject().pk},
        Kind.AUTHOR: {"author": Author.objects.create(name="Ada").pk},
        Kind.ADD_KEYWORDS: {"keywords": "new"},
    }[kind]
    edit = done(ada, kind, [question], **parameters)
    assert files() != before
    undo(edit)
    assert files() == before
    assert not Redirect.objects.filter(old_path=path).exists()


def test_undo_of_a_move_waits_for_no_address_that_is_taken(ada: User) -> None:
    question = make_question(slug="osmosis")
    home = question.subject
    edit = done(ada, Kind.SUBJECT, [question], subject=make_subject().pk)
    make_question(slug="osmosis", subject=home, uid="00000000-0000-0000-0000-000000000001")
    undo(edit)
    assert fresh(question).subject != home
    assert edit.items.get().note == "another question has its address now"


# --- copies


def test_copies_follow_their_canonical_page_there_and_back(ada: User) -> None:
    page = make_question(title="Same?", answer="A colour.")
    copy = make_question(title="Same?", answer="A colour.")
    publishing.settle_references()
    canonical = page if fresh(copy).canonical_id else copy
    other = copy if canonical is page else page
    edit = done(ada, Kind.REPLACE, [page, copy], **REPLACE)
    assert fresh(other).answer == fresh(canonical).answer == "A color."
    assert edit.items.get(question=other).note == "repeats another page and changes with that page"
    assert fresh(other).canonical_id == canonical.pk
    undo(edit)
    assert fresh(other).answer == fresh(canonical).answer == "A colour."


# --- in bulk as one by one


def rows() -> dict[str, list[tuple]]:
    """Everything that a save writes, without keys and moments."""
    columns = [
        field.attname
        for field in Question._meta.concrete_fields
        if field.attname not in {"modified_at", "updated_at", "created_at"}
    ]
    return {
        "questions": list(Question.objects.order_by("pk").values_list(*columns)),
        "revisions": list(
            Revision.objects.order_by("question", "number").values_list(
                "question", "number", "content", "created_by", "reason"
            )
        ),
        "tags": list(
            TaggedQuestion.objects.order_by("content_object", "pk").values_list(
                "content_object", "tag__key", "tag__count"
            )
        ),
        "related": list(
            RelatedQuestion.objects.order_by("question", "position").values_list(
                "question", "position", "target"
            )
        ),
        "redirects": list(
            Redirect.objects.order_by("old_path").values_list("old_path", "question", "origin")
        ),
    }


def test_bulk_writes_what_one_by_one_writes(ada: User) -> None:
    target = make_subject(slug="target")
    page = make_question(title="Same?", answer="A colour.", seo_keywords="a, b")
    make_question(title="Same?", answer="A colour.", seo_keywords="a")
    apart = make_question(title="Apart?", article_title="Not apart?", answer="Hue.")
    draft = make_question(answer="x", status=Question.Status.DRAFT, seo_keywords="a, c")
    make_related(page, apart, draft)
    make_related(draft, page)
    RelatedQuestion.objects.create(
        question=apart, position=9, title="t", url="/learn/target/questions/" + draft.slug
    )
    Redirect.objects.create(old_path=str(apart.path), question=apart)
    publishing.settle_references()

    def changed() -> list[Question]:
        found = [fresh(question) for question in (page, apart, draft)]
        for number, question in enumerate(found):
            question.answer += f" And more {number}."
            question.title = f"Title {number}?"
            question.seo_keywords += ", d"
        found[0].subject = found[2].subject = target
        return found

    results = []
    for save in (
        lambda: [publishing.save_question(q, by=ada, reason="why") for q in changed()],
        lambda: publishing.save_questions(changed(), by=ada, reason="why"),
    ):
        with transaction.atomic():
            save()
            results.append(rows())
            transaction.set_rollback(True)
    for name in results[0]:
        assert results[1][name] == results[0][name], name
    assert results[0]["redirects"] != []


@pytest.mark.parametrize("number", [1, 3])
def test_piece_needs_as_many_queries_for_three_as_for_one(
    ada: User, django_assert_max_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    edit = tried(
        ada,
        Kind.REPLACE,
        [make_question(answer=f"A colour {i}.") for i in range(number)],
        **REPLACE,
    )
    mass_edits.begin_running(edit)
    ContentType.objects.get_for_model(Question)  # remembered by the process, not asked for here
    with django_assert_max_num_queries(54):
        mass_edits.advance(edit)


# --- in pieces


def test_interrupted_change_goes_on_where_it_stopped(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "PIECE", 2)
    questions = [make_question(answer="A colour.") for _ in range(5)]
    edit = tried(ada, Kind.REPLACE, questions, **REPLACE)
    mass_edits.begin_running(edit)
    mass_edits.advance(edit, seconds=0)
    assert (edit.state, states(edit).count("changed")) == (State.RUNNING, 2)
    call_command("finishmassedits", verbosity=0)
    edit.refresh_from_db()
    assert (edit.state, states(edit).count("changed")) == (State.DONE, 5)
    assert set(Question.objects.values_list("answer", "version")) == {("A color.", 2)}


def test_second_click_begins_nothing(ada: User) -> None:
    edit = done(ada, Kind.REPLACE, [make_question(answer="A colour.")], **REPLACE)
    assert not mass_edits.begin_running(edit)
    undo(edit)
    assert not mass_edits.begin_undoing(edit)


def test_old_changes_are_forgotten_and_those_at_work_are_not(ada: User) -> None:
    old, working = (done(ada, Kind.REPLACE, [make_question()], **REPLACE) for _ in range(2))
    MassEdit.objects.update(created_at="2020-01-01T00:00:00Z")
    MassEdit.objects.filter(pk=working.pk).update(state=State.RUNNING)
    assert mass_edits.forget_old() == 1
    assert not MassEdit.objects.filter(pk=old.pk).exists()


# --- samples


def test_samples_show_what_goes_and_what_comes(ada: User) -> None:
    question = make_question(answer=f"{'x' * 80} colour {'y' * 80} colour")
    edit = tried(ada, Kind.REPLACE, [question], **REPLACE)
    (sample,) = mass_edits.samples(edit.items.all(), mass_edits.change_of(edit))
    first = sample.places[0]
    assert (first.removed, first.added) == ("colour", "color")
    assert first.before == f"… {'x' * 59} "
    assert len(sample.places) == 2


def test_samples_show_values_of_other_changes(ada: User) -> None:
    question = make_question(seo_keywords="a")
    edit = tried(ada, Kind.ADD_KEYWORDS, [question], keywords="b")
    (sample,) = mass_edits.samples(edit.items.all(), mass_edits.change_of(edit))
    assert sample.places == [("", "a", "a, b", "")]


# --- states


def test_status_is_set_and_put_back(ada: User) -> None:
    question = make_question()
    scheduled = make_question(status=Question.Status.SCHEDULED, publish_at=question.publish_at)
    moments = [(fresh(q).status, fresh(q).publish_at) for q in (question, scheduled)]
    edit = mass_edits.take_action([question.pk, scheduled.pk], "trash", ada)
    assert edit.state == State.DONE
    assert {fresh(q).status for q in (question, scheduled)} == {"trashed"}
    assert question.trashed.trashed_by == ada
    undo(edit)
    assert [(fresh(q).status, fresh(q).publish_at) for q in (question, scheduled)] == moments
    assert not hasattr(fresh(question), "trashed")


def test_undo_leaves_a_status_alone_that_was_changed_since(ada: User) -> None:
    question = make_question()
    edit = mass_edits.take_action([question.pk], "unpublish", ada)
    publishing.set_status(Question.objects.all(), "draft")
    undo(edit)
    assert fresh(question).status == "draft"
    assert edit.items.get().note == "its status was changed since"


def test_undo_of_the_trash_leaves_alone_what_lost_its_address(ada: User) -> None:
    question = make_question(slug="osmosis")
    edit = mass_edits.take_action([question.pk], "trash", ada)
    make_question(
        slug="osmosis", subject=question.subject, uid="00000000-0000-0000-0000-000000000001"
    )
    undo(edit)
    assert fresh(question).status == "trashed"
    assert edit.items.get().note == "another question has its address now"


def test_items_left_alone_say_by_a_code_whether_state_or_content_stood_in_the_way(
    ada: User,
) -> None:
    faulty = make_question(status="draft", publish_at=None, answer="![](/media/x.png)")
    public = make_question()
    edit = mass_edits.take_action([faulty.pk, public.pk], "publish", ada)
    reasons = {item.question_id: item.before["reason"] for item in edit.items.all()}
    assert reasons == {
        faulty.pk: mass_edits.Reason.NOT_READY,
        public.pk: mass_edits.Reason.WRONG_STATE,
    }

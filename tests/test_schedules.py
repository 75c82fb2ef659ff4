"""Updates that wait for their moment, and what time alone brings about."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from learn import publishing, schedules
from learn.models import Question, RelatedQuestion, ScheduledUpdate, Tag
from tests.admin.builders import make_question, make_subject, moment
from tests.admin.people import make_user

pytestmark = pytest.mark.django_db

Status = Question.Status
PAST = timezone.now() - datetime.timedelta(minutes=1)


def make_update(
    question: Question, *, by: User | None = None, **content: object
) -> ScheduledUpdate:
    return schedules.schedule_update(question, content, apply_at=PAST, by=by)


def run() -> None:
    call_command("applyschedule", verbosity=0)


def test_update_is_applied_when_due_with_a_revision(django_user_model) -> None:
    user = make_user("kim", "publisher")
    question = make_question()
    make_update(question, by=user, answer="New.", title="What is diffusion?")
    run()
    question.refresh_from_db()
    assert (question.answer, question.title, question.question) == (
        "New.",
        "What is diffusion?",
        "What is diffusion?",
    )
    assert question.revisions.first().created_by == user
    assert LogEntry.objects.get().get_change_message() == "Scheduled update applied"


def test_update_that_is_not_due_waits() -> None:
    question = make_question()
    schedules.schedule_update(question, {"answer": "New."}, apply_at=moment(days=1))
    run()
    question.refresh_from_db()
    assert question.version == 1


def test_two_runs_apply_it_once() -> None:
    question = make_question()
    update = make_update(question, answer="New.")
    run()
    run()
    assert not schedules.apply_update(update)
    question.refresh_from_db()
    assert (question.version, question.revisions.count()) == (2, 2)


def test_fields_that_it_does_not_change_stay_as_they_were_edited_since() -> None:
    question = make_question()
    make_update(question, answer="New.")
    question.seo_title = "Edited since"
    publishing.save_question(question)
    run()
    question.refresh_from_db()
    assert (question.answer, question.seo_title) == ("New.", "Edited since")


def test_every_field_comes_out_as_it_was_frozen() -> None:
    question = make_question()
    then = Question.objects.get()
    then.date = datetime.date(2026, 1, 2)
    then.subject = make_subject("physics")
    then.score, then.no_index, then.seo_keywords = 1.5, True, "tide"
    content = schedules.freeze(then, ["date", "subject", "score", "no_index", "seo_keywords"])
    make_update(question, **content)
    run()
    question.refresh_from_db()
    assert (question.date, question.subject.slug) == (datetime.date(2026, 1, 2), "physics")
    assert (question.score, question.no_index) == (1.5, True)
    assert [tag.name for tag in Tag.objects.filter(tagged_questions__isnull=False)] == ["tide"]
    assert question.redirects.get().old_path == "/learn/biology/questions/what-is-osmosis"


def test_related_questions_are_replaced_with_those_frozen() -> None:
    question = make_question()
    RelatedQuestion.objects.create(question=question, position=1, title="Old", url="/old")
    make_update(question, related=[[None, "New", "Biology", "/learn/biology/questions/new"]])
    run()
    assert [related.title for related in question.related_questions.all()] == ["New"]


def test_second_schedule_joins_the_first() -> None:
    question = make_question()
    make_update(question, answer="New.")
    make_update(question, title="What is diffusion?")
    assert ScheduledUpdate.objects.get().content == {
        "answer": "New.",
        "title": "What is diffusion?",
    }


def test_cancelled_update_is_never_applied() -> None:
    question = make_question()
    update = make_update(question, answer="New.")
    assert schedules.cancel(update)
    assert not schedules.cancel(update)
    run()
    question.refresh_from_db()
    assert question.version == 1


# --- failures


def test_failure_is_told_once_and_keeps_nothing_else_back(settings) -> None:
    settings.ADMINS = [("Ann", "ann@site.example")]
    trashed, fine = make_question("trashed"), make_question("fine")
    failing = make_update(trashed, by=make_user("kim", "publisher"), answer="New.")
    make_update(fine, answer="New.")
    publishing.set_status(Question.objects.filter(pk=trashed.pk), Status.TRASHED)
    with pytest.raises(CommandError, match=r"Trashed\?: The question is in the trash"):
        run()
    fine.refresh_from_db()
    assert fine.answer == "New."
    failing.refresh_from_db()
    assert failing.error.startswith("The question is in the trash.")
    assert sorted(message.to for message in mail.outbox) == [
        ["ann@site.example"],
        ["kim@site.example"],
    ]
    with pytest.raises(CommandError):
        run()
    assert len(mail.outbox) == 2


def test_update_to_an_address_that_is_taken_fails_with_the_reason() -> None:
    question = make_question()
    make_update(question, slug="taken")
    make_question("taken")
    with pytest.raises(CommandError, match="Another question has the address"):
        run()
    question.refresh_from_db()
    assert question.slug == "what-is-osmosis"


def test_unexpected_error_keeps_the_row_as_it_was() -> None:
    question = make_question()
    make_update(question, date="no date")
    with pytest.raises(CommandError):
        run()
    assert ScheduledUpdate.objects.due().get().error
    question.refresh_from_db()
    assert question.version == 1


def test_update_applies_after_its_reason_to_fail_is_gone() -> None:
    question = make_question()
    make_update(question, answer="New.")
    publishing.set_status(Question.objects.all(), Status.TRASHED)
    with pytest.raises(CommandError):
        run()
    publishing.set_status(Question.objects.all(), Status.UNPUBLISHED)
    run()
    question.refresh_from_db()
    assert question.answer == "New."
    assert ScheduledUpdate.objects.get().error == ""


# --- labels


def test_states_follow_what_appeared_and_what_ended() -> None:
    appeared = make_question("appeared", status=Status.SCHEDULED, publish_at=moment(days=-1))
    ended = make_question("ended", unpublish_at=moment(days=-1))
    both = make_question(
        "both", status=Status.SCHEDULED, publish_at=moment(days=-2), unpublish_at=moment(days=-1)
    )
    to_come = make_question("to-come", status=Status.SCHEDULED, publish_at=moment(days=1))
    run()
    states = dict(Question.objects.values_list("pk", "status"))
    assert states == {
        appeared.pk: Status.PUBLISHED,
        ended.pk: Status.UNPUBLISHED,
        both.pk: Status.UNPUBLISHED,
        to_come.pk: Status.SCHEDULED,
    }
    assert list(Question.objects.published()) == [appeared]


def test_topics_are_counted_anew_where_a_page_appeared() -> None:
    make_question()
    to_come = {"status": Status.SCHEDULED, "publish_at": moment(days=1)}
    publishing.save_question(make_question("late", seo_keywords="tide", **to_come))
    assert Tag.objects.get(name="tide").count == 0
    Question.objects.filter(slug="late").update(publish_at=moment(days=-1))
    run()
    assert Tag.objects.get(name="tide").count == 1

"""What each role may do in each state, through the one table."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.utils import timezone

from learn import publishing
from learn.models import Question
from learn.workflow.transitions import Action, reachable
from tests.admin.builders import make_question, make_subject
from tests.admin.people import make_user

pytestmark = pytest.mark.django_db

Status = Question.Status

# role -> state -> the states besides it that a form offers
REACHABLE = {
    "author": {
        Status.DRAFT: {Status.IN_REVIEW},
        Status.IN_REVIEW: {Status.DRAFT},
        Status.SCHEDULED: set(),
        Status.PUBLISHED: set(),
        Status.UNPUBLISHED: {Status.IN_REVIEW},
        Status.TRASHED: set(),
    },
    "editor": {
        Status.DRAFT: {Status.IN_REVIEW},
        Status.IN_REVIEW: {Status.DRAFT, Status.PUBLISHED, Status.SCHEDULED},
        Status.SCHEDULED: set(),
        Status.PUBLISHED: set(),
        Status.UNPUBLISHED: {Status.IN_REVIEW},
        Status.TRASHED: set(),
    },
    "publisher": {
        Status.DRAFT: {Status.IN_REVIEW, Status.SCHEDULED, Status.PUBLISHED, Status.TRASHED},
        Status.IN_REVIEW: {Status.DRAFT, Status.SCHEDULED, Status.PUBLISHED, Status.TRASHED},
        Status.SCHEDULED: {Status.PUBLISHED, Status.UNPUBLISHED, Status.TRASHED},
        Status.PUBLISHED: {Status.SCHEDULED, Status.UNPUBLISHED, Status.TRASHED},
        Status.UNPUBLISHED: {
            Status.IN_REVIEW,
            Status.SCHEDULED,
            Status.PUBLISHED,
            Status.TRASHED,
        },
        Status.TRASHED: {Status.UNPUBLISHED},
    },
}
REACHABLE["administrator"] = REACHABLE["publisher"]


@pytest.mark.parametrize("role", REACHABLE)
def test_states_that_a_role_can_reach(role: str) -> None:
    user = make_user("kim", role)
    found = {status: set(reachable(user, status)) - {status} for status in Status}
    assert found == REACHABLE[role]


def question_in(status: str, slug: str = "what-is-osmosis") -> Question:
    return make_question(slug, status=status)


def status_of(question: Question) -> str:
    return Question.objects.values_list("status", flat=True).get(pk=question.pk)


def perform(action: str, question: Question, user: User | None = None) -> str:
    publishing.perform(action, Question.objects.filter(pk=question.pk), by=user)
    return status_of(question)


def test_action_beyond_the_role_changes_nothing() -> None:
    question = question_in(Status.DRAFT)
    assert perform(Action.PUBLISH, question, make_user("kim", "editor")) == Status.DRAFT
    assert not LogEntry.objects.exists()


def test_action_of_another_subject_changes_nothing() -> None:
    question = question_in(Status.IN_REVIEW)
    editor = make_user("kim", "editor", make_subject("physics"))
    assert perform(Action.APPROVE, question, editor) == Status.IN_REVIEW


def test_somebody_limited_to_no_subject_can_do_nothing() -> None:
    subject = make_subject("physics")
    editor = make_user("kim", "editor", subject)
    editor.subject_access.subjects.clear()
    assert perform(Action.APPROVE, question_in(Status.IN_REVIEW), editor) == Status.IN_REVIEW


def test_approval_publishes_now() -> None:
    question = make_question(status=Status.IN_REVIEW, publish_at=None)
    assert perform(Action.APPROVE, question, make_user("kim", "editor")) == Status.PUBLISHED
    question.refresh_from_db()
    assert question.is_published


def test_approval_of_what_has_its_moment_to_come_schedules_it() -> None:
    moment = timezone.now() + datetime.timedelta(days=1)
    question = make_question(status=Status.IN_REVIEW, publish_at=moment)
    assert perform(Action.APPROVE, question, make_user("kim", "editor")) == Status.SCHEDULED
    question.refresh_from_db()
    assert question.publish_at == moment


def test_schedule_without_a_moment_to_come_changes_nothing() -> None:
    assert perform(Action.SCHEDULE, question_in(Status.UNPUBLISHED)) == Status.UNPUBLISHED


def test_act_is_kept_in_the_log_with_who_did_it() -> None:
    user = make_user("kim", "author")
    question = question_in(Status.DRAFT)
    perform(Action.SUBMIT, question, user)
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (user, str(question.pk))
    assert entry.get_change_message() == "Status: in review"


# --- with the setting that a text needs another's eyes


@pytest.fixture
def four_eyes(settings) -> None:
    settings.REVIEW_BY_ANOTHER = True


@pytest.mark.usefixtures("four_eyes")
def test_own_text_can_neither_be_approved_nor_published_from_review() -> None:
    publisher = make_user("kim", "publisher")
    question = question_in(Status.DRAFT)
    perform(Action.SUBMIT, question, publisher)
    for action in (Action.APPROVE, Action.PUBLISH, Action.REQUEST_CHANGES):
        assert perform(action, question, publisher) == Status.IN_REVIEW
    assert perform(Action.APPROVE, question, make_user("lee", "editor")) == Status.PUBLISHED


@pytest.mark.usefixtures("four_eyes")
def test_draft_cannot_be_published_past_the_review() -> None:
    question = question_in(Status.DRAFT)
    assert perform(Action.PUBLISH, question, make_user("kim", "publisher")) == Status.DRAFT


@pytest.mark.usefixtures("four_eyes")
def test_superuser_may_all() -> None:
    root = User.objects.create_superuser("root")
    question = question_in(Status.DRAFT)
    perform(Action.SUBMIT, question, root)
    assert perform(Action.APPROVE, question, root) == Status.PUBLISHED


def test_without_the_setting_own_text_can_be_approved() -> None:
    editor = make_user("kim", "editor")
    question = question_in(Status.DRAFT)
    perform(Action.SUBMIT, question, editor)
    assert perform(Action.APPROVE, question, editor) == Status.PUBLISHED

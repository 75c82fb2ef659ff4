"""The one table of what can be done with a question in each state, and who may do it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from learn.models import Question

AnyUser = User | AnonymousUser
Status = Question.Status


class Action(TextChoices):
    SUBMIT = "submit", _("submit for review")
    WITHDRAW = "withdraw", _("withdraw from review")
    APPROVE = "approve", _("approve")
    REQUEST_CHANGES = "request_changes", _("request changes")
    SCHEDULE = "schedule", _("schedule")
    PUBLISH = "publish", _("publish")
    UNPUBLISH = "unpublish", _("unpublish")
    TRASH = "trash", _("move to the trash")
    RESTORE = "restore", _("restore from the trash")


@dataclass(frozen=True, slots=True)
class Transition:
    to: str
    permission: str
    # The state instead of `to` where the moment of publication is still to come.
    to_come: str = ""


_SUBMIT = Transition(Status.IN_REVIEW, "learn.submit_question")
_SCHEDULE = Transition(Status.SCHEDULED, "learn.schedule_question")
_PUBLISH = Transition(Status.PUBLISHED, "learn.publish_question")
_UNPUBLISH = Transition(Status.UNPUBLISHED, "learn.unpublish_question")
_TRASH = Transition(Status.TRASHED, "learn.trash_question")

TRANSITIONS: dict[tuple[str, str], Transition] = {
    (Status.DRAFT, Action.SUBMIT): _SUBMIT,
    (Status.DRAFT, Action.SCHEDULE): _SCHEDULE,
    (Status.DRAFT, Action.PUBLISH): _PUBLISH,
    (Status.DRAFT, Action.TRASH): _TRASH,
    (Status.IN_REVIEW, Action.WITHDRAW): Transition(Status.DRAFT, "learn.submit_question"),
    (Status.IN_REVIEW, Action.APPROVE): Transition(
        Status.PUBLISHED, "learn.review_question", to_come=Status.SCHEDULED
    ),
    (Status.IN_REVIEW, Action.REQUEST_CHANGES): Transition(Status.DRAFT, "learn.review_question"),
    (Status.IN_REVIEW, Action.SCHEDULE): _SCHEDULE,
    (Status.IN_REVIEW, Action.PUBLISH): _PUBLISH,
    (Status.IN_REVIEW, Action.TRASH): _TRASH,
    (Status.SCHEDULED, Action.PUBLISH): _PUBLISH,
    (Status.SCHEDULED, Action.UNPUBLISH): _UNPUBLISH,
    (Status.SCHEDULED, Action.TRASH): _TRASH,
    (Status.PUBLISHED, Action.SCHEDULE): _SCHEDULE,
    (Status.PUBLISHED, Action.UNPUBLISH): _UNPUBLISH,
    (Status.PUBLISHED, Action.TRASH): _TRASH,
    (Status.UNPUBLISHED, Action.SUBMIT): _SUBMIT,
    (Status.UNPUBLISHED, Action.SCHEDULE): _SCHEDULE,
    (Status.UNPUBLISHED, Action.PUBLISH): _PUBLISH,
    (Status.UNPUBLISHED, Action.TRASH): _TRASH,
    (Status.TRASHED, Action.RESTORE): Transition(Status.UNPUBLISHED, "learn.restore_question"),
}
# Besides Django's own permission, what a change of the text needs in a state.
EDIT_PERMISSIONS: dict[str, str] = {
    Status.IN_REVIEW: "learn.review_question",
    Status.SCHEDULED: "learn.change_published_question",
    Status.PUBLISHED: "learn.change_published_question",
    Status.TRASHED: "learn.restore_question",
}
# What it takes to bring a text before readers, by the state that does so.
SHOWING: dict[str, str] = {
    Status.SCHEDULED: _SCHEDULE.permission,
    Status.PUBLISHED: _PUBLISH.permission,
}
# What would show readers a text that only one person has seen.
_WITHOUT_REVIEW = {(Status.DRAFT, Action.SCHEDULE), (Status.DRAFT, Action.PUBLISH)}
# What decides on a text in review.
DECISIONS = {Action.APPROVE, Action.REQUEST_CHANGES, Action.SCHEDULE, Action.PUBLISH}


def transitions_of(action: str, user: AnyUser | None = None) -> dict[str, Transition]:
    """State -> transition, for the states in which the user may take the action.

    Without a user it is the site itself that acts, which may all.
    """
    return {
        status: transition
        for (status, taken), transition in TRANSITIONS.items()
        if taken == action and (user is None or _may(user, status, action, transition))
    }


def may_take(user: AnyUser, action: str) -> bool:
    """Whether the user may take the action with some question at all."""
    return bool(transitions_of(action, user))


def reachable(user: AnyUser, status: str, *, submitted_it: bool = False) -> Iterator[str]:
    """The states that the user may bring a question into from `status`; that one first."""
    yield status
    for (start, action), transition in TRANSITIONS.items():
        if start != status or not _may(user, start, action, transition):
            continue
        if submitted_it and needs_another(user, start, action):
            continue
        yield transition.to
        if transition.to_come:
            yield transition.to_come


def action_between(user: AnyUser, before: str, after: str) -> str | None:
    """The first action by which the user can bring a question from one state into the other."""
    for (start, action), transition in TRANSITIONS.items():
        if (
            start == before
            and after in (transition.to, transition.to_come)
            and _may(user, start, action, transition)
        ):
            return action
    return None


def needs_another(user: AnyUser, status: str, action: str) -> bool:
    """Whether the action has to be somebody else's, if the user handed the text in."""
    return status == Status.IN_REVIEW and action in DECISIONS and needs_another_for(user)


def needs_another_for(user: AnyUser) -> bool:
    """Whether the user's own texts need the eyes of somebody else."""
    return settings.REVIEW_BY_ANOTHER and not user.is_superuser


def _may(user: AnyUser, status: str, action: str, transition: Transition) -> bool:
    if user.is_superuser:
        return True
    unreviewed = settings.REVIEW_BY_ANOTHER and (status, action) in _WITHOUT_REVIEW
    return not unreviewed and user.has_perm(transition.permission)

"""What somebody may see and change: by permission, subject and state."""

from typing import TypeVar

from django.db.models import Model, QuerySet

from learn.models import Question, SubjectAccess
from learn.workflow.transitions import (
    EDIT_PERMISSIONS,
    SHOWING,
    AnyUser,
    needs_another_for,
    transitions_of,
)

Rows = TypeVar("Rows", bound=Model)


def subject_ids(user: AnyUser) -> frozenset[int] | None:
    """The subjects that the user's rights end at; None: every subject. One query, once."""
    if user.is_superuser or user.pk is None:
        return None
    # Kept with the user, whom a request has its own of.
    kept = vars(user)
    if "subject_ids" not in kept:
        found = list(SubjectAccess.objects.filter(user=user.pk).values_list("pk", "subjects"))
        subjects = frozenset(subject for _pk, subject in found if subject)
        kept["subject_ids"] = subjects if found else None
    return kept["subject_ids"]


def limit(queryset: QuerySet[Rows], user: AnyUser, subject: str = "subject") -> QuerySet[Rows]:
    """Without the rows of subjects that are not the user's; `subject` leads from row to subject."""
    allowed = subject_ids(user)
    return queryset if allowed is None else queryset.filter(**{f"{subject}__in": allowed})


def known_to(user: AnyUser) -> QuerySet[Question]:
    """The questions that may be named to the user: of other subjects only what readers see."""
    allowed = subject_ids(user)
    questions = Question.objects.all()
    if allowed is None:
        return questions
    return questions.filter(subject__in=allowed) | questions.published()


def may_work_in(user: AnyUser, subject_id: int) -> bool:
    allowed = subject_ids(user)
    return allowed is None or subject_id in allowed


def may_edit(user: AnyUser, status: str, subject_id: int) -> bool:
    """Whether the user may change the text of a question in this state, of this subject.

    Where a text needs another's eyes, a live one is changed by a proposal only.
    """
    if status in Question.PUBLIC_STATUSES and needs_another_for(user):
        return False
    needed = EDIT_PERMISSIONS.get(status)
    return (
        may_work_in(user, subject_id)
        and user.has_perm("learn.change_question")
        and (needed is None or user.has_perm(needed))
    )


def may_put_back(
    user: AnyUser, action: str, status: str, subject_id: int, *, was_edited: bool
) -> bool:
    """Whether the user may undo the action, which brings the question back into `status`.

    Whoever may take it may take it back; but to show readers a text that they have not seen, as
    it was edited since, needs the right to do so.
    """
    shows = SHOWING.get(status) if was_edited else None
    return (
        may_work_in(user, subject_id)
        and status in transitions_of(action, user)
        and (shows is None or user.has_perm(shows))
    )

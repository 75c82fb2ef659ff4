"""Acts on the states of many questions: which questions each applies to, and what it does."""

from collections.abc import Iterable

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learn import publishing
from learn.bulk import chunked
from learn.models import Question

Status = Question.Status


class Action(TextChoices):
    PUBLISH = "publish", gettext_lazy("publish")
    UNPUBLISH = "unpublish", gettext_lazy("unpublish")
    TRASH = "trash", gettext_lazy("move to the trash")
    RESTORE = "restore", gettext_lazy("restore from the trash")


TARGETS = {
    Action.PUBLISH: Status.PUBLISHED,
    Action.UNPUBLISH: Status.UNPUBLISHED,
    Action.TRASH: Status.TRASHED,
    Action.RESTORE: Status.UNPUBLISHED,
}
ELIGIBLE = {
    Action.PUBLISH: ~Q(status__in=[Status.PUBLISHED, Status.TRASHED]),
    Action.UNPUBLISH: Q(status__in=Question.PUBLIC_STATUSES),
    Action.TRASH: ~Q(status=Status.TRASHED),
    Action.RESTORE: Q(status=Status.TRASHED),
}


def eligible(action: str, question_ids: Iterable[int]) -> list[Question]:
    """Of these questions those that the action applies to."""
    ids = list(question_ids)
    if action == Action.RESTORE:
        ids = _restorable(ids)
    return [
        question
        for chunk in chunked(ids)
        for question in Question.objects.filter(ELIGIBLE[Action(action)], pk__in=chunk)
        .only("title")
        .order_by("pk")
    ]


def perform(action: str, question_ids: Iterable[int], *, by: User | None) -> list[Question]:
    """Take the action with those of the questions that it applies to, and return these."""
    questions = eligible(action, question_ids)
    status = TARGETS[Action(action)]
    pks = [question.pk for question in questions]
    publishing.set_status(Question.objects.filter(pk__in=pks), status, by=by)
    if by is not None:
        message = _("Status: %s") % Status(status).label
        LogEntry.objects.log_actions(by.pk, questions, CHANGE, message)
    return questions


def _restorable(question_ids: list[int]) -> list[int]:
    """Of the trash, one question for each address that no other question has now."""
    holder = Question.objects.exclude(status=Status.TRASHED).filter(
        subject=OuterRef("subject"), slug=OuterRef("slug")
    )
    free = [
        row
        for chunk in chunked(question_ids)
        for row in Question.objects.filter(~Exists(holder), status=Status.TRASHED, pk__in=chunk)
        .order_by()
        .values_list("updated_at", "pk", "subject", "slug")
    ]
    # The one that was thrown away last overwrites the others.
    latest = {(subject, slug): pk for _moment, pk, subject, slug in sorted(free)}
    return list(latest.values())

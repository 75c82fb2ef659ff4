"""Changes of live questions that wait for their moment, and what time alone brings about."""

import datetime
import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from learn import publishing
from learn.models import Question, RelatedQuestion, ScheduledUpdate
from learn.models.question_queries import CONTENT_FIELDS

logger = logging.getLogger(__name__)

# What can be frozen: the text and its place. Status and moments have their own fields.
FROZEN_FIELDS = (
    *CONTENT_FIELDS,
    "slug",
    "subject",
    "author",
    "origin",
    "reviewer",
    "reviewed_on",
    "is_detached",
)
RELATED_COLUMNS = ("seed_id", "title", "subject", "url")

Status = Question.Status


class UpdateFailed(Exception):
    """A frozen change cannot be applied; the text says why, for whoever reads the desk."""


@dataclass
class Applied:
    """What a run did."""

    updates: int = 0
    appeared: int = 0
    ended: int = 0
    # Only those of this run that failed anew or again.
    failures: list[ScheduledUpdate] = field(default_factory=list)


def freeze(question: Question, names: Iterable[str]) -> dict[str, Any]:
    """These of the question's fields, as JSON types."""
    frozen: dict[str, Any] = {}
    for name in names:
        value = getattr(question, _field(name).attname)
        frozen[name] = value.isoformat() if isinstance(value, datetime.date) else value
    return frozen


def fill(question: Question, content: dict[str, Any]) -> None:
    """Set the fields that freeze() wrote."""
    for name, value in content.items():
        if name != "related":
            column = _field(name)
            setattr(question, column.attname, column.to_python(value))


def schedule_update(
    question: Question,
    content: dict[str, Any],
    *,
    apply_at: datetime.datetime,
    by: User | None = None,
    reason: str = "",
) -> ScheduledUpdate:
    """Freeze a change until its moment. What waits already takes it in, and the new moment."""
    with transaction.atomic():
        Question.objects.locked().only("pk").get(pk=question.pk)
        update = pending_update(question) or ScheduledUpdate(question=question, content={})
        update.content |= content
        update.apply_at, update.created_by = apply_at, by
        update.reason, update.error = reason or update.reason, ""
        update.save()
        return update


def add_to_update(question: Question, content: dict[str, Any]) -> None:
    """Put a change that was just made into the text that waits, too."""
    update = pending_update(question)
    if update is not None:
        update.content |= content
        update.save(update_fields=["content"])


def pending_update(question: Question) -> ScheduledUpdate | None:
    return ScheduledUpdate.objects.pending().filter(question=question.pk).first()


def cancel(update: ScheduledUpdate) -> bool:
    """Give the update up; False if it was applied or given up already."""
    pending = ScheduledUpdate.objects.pending().filter(pk=update.pk)
    return bool(pending.update(cancelled_at=timezone.now()))


def apply_schedule() -> Applied:
    """All that is due by now. Safe to repeat, and for two processes at once."""
    done = Applied()
    for update in ScheduledUpdate.objects.due().order_by("apply_at", "pk"):
        try:
            done.updates += apply_update(update)
        # Whatever is wrong with one must not keep the others back; it is told and tried again.
        except Exception as error:
            if not isinstance(error, UpdateFailed):
                logger.exception("Scheduled update %s failed", update.pk)
            update.error = str(error) or type(error).__name__
            ScheduledUpdate.objects.pending().filter(pk=update.pk).update(error=update.error)
            done.failures.append(update)
    done.ended, done.appeared = tidy_labels()
    return done


def apply_update(update: ScheduledUpdate) -> bool:
    """Write the frozen fields into the live row; False if that was done before."""
    with transaction.atomic():
        pending = ScheduledUpdate.objects.pending().filter(pk=update.pk)
        locked = pending.select_for_update(of=("self",)).select_related("created_by").first()
        if locked is None:
            return False
        question = Question.objects.locked().get(pk=locked.question_id)
        fill(question, locked.content)
        refuse_impossible(question)
        publishing.save_question(
            question,
            by=locked.created_by,
            reason=locked.reason or _("scheduled update"),
            save_related=lambda: _write_related(question, locked.content.get("related")),
        )
        locked.applied_at, locked.error = timezone.now(), ""
        locked.save()
        if locked.created_by is not None:
            message = _("Scheduled update applied")
            LogEntry.objects.log_actions(locked.created_by.pk, [question], CHANGE, message)
    return True


def tidy_labels() -> tuple[int, int]:
    """Let the states say what time has brought about: (how many ended, how many appeared).

    Readers see both at their very moment; this makes the desk's lists and the numbers of topics
    follow.
    """
    now = timezone.now()
    public = Question.objects.filter(status__in=Question.PUBLIC_STATUSES)
    ended = publishing.set_status(public.filter(unpublish_at__lte=now), Status.UNPUBLISHED)
    come = Question.objects.filter(status=Status.SCHEDULED, publish_at__lte=now)
    come = come.filter(Q(unpublish_at=None) | Q(unpublish_at__gt=now))
    return ended, publishing.set_status(come, Status.PUBLISHED)


def related_rows(instances: Collection[RelatedQuestion]) -> list[list[Any]]:
    """Related questions in their order, as `content["related"]` holds them."""
    ordered = sorted(instances, key=lambda related: related.position)
    return [[getattr(related, name) for name in RELATED_COLUMNS] for related in ordered]


def _write_related(question: Question, rows: list[list[Any]] | None) -> None:
    if rows is None:
        return
    question.related_questions.all().delete()
    RelatedQuestion.objects.bulk_create(
        RelatedQuestion(
            question=question,
            position=position,
            **dict(zip(RELATED_COLUMNS, row, strict=True)),
        )
        for position, row in enumerate(rows, start=1)
    )


def refuse_impossible(question: Question) -> None:
    """Raises UpdateFailed where a frozen change cannot be written into the row."""
    if question.status == Status.TRASHED:
        raise UpdateFailed(_("The question is in the trash. Restore it, or cancel the update."))
    holder = Question.objects.exclude(status=Status.TRASHED).exclude(pk=question.pk)
    holder = holder.filter(subject=question.subject_id, slug=question.slug)
    if holder.exists():
        raise UpdateFailed(
            _("Another question has the address %s by now. Change that slug, or cancel the update.")
            % str(question.path)
        )


def _field(name: str) -> models.Field:
    column = Question._meta.get_field(name)
    assert isinstance(column, models.Field)
    return column

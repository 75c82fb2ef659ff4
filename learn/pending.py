"""Steps over the whole content that a write has made necessary; see PendingStep."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from learn.bulk import analyze_changed_tables
from learn.copies import choose_canonicals
from learn.models import PendingStep, RelatedQuestion
from learn.publishing.effects import settle_copies
from learn.related import resolve_related
from learn.search import refresh_statistics
from learn.totals import forget_topics, store_totals


def _count() -> None:
    store_totals()
    forget_topics()


# In the order in which they are done.
STEPS: dict[str, Callable[[], object]] = {
    PendingStep.Step.RELATED: resolve_related,
    PendingStep.Step.COPIES: choose_canonicals,
    # After the copies, which do not count.
    PendingStep.Step.TOPICS: _count,
    PendingStep.Step.SEARCH: refresh_statistics,
}
# Up to so many changed questions, what follows from them is looked up for them alone.
FEW = 500
# Any constant does; importers on one PostgreSQL take turns by it.
ADVISORY_LOCK = 7_160_331


@dataclass(slots=True)
class Extent:
    """What a run has written, if its steps can be limited to that: a few questions that were
    there before and have kept their addresses."""

    questions: set[int] = field(default_factory=set)
    # Of their contents, as they were and as they are.
    hashes: set[str] = field(default_factory=set)
    # More than a few, or new ones, or somebody else's steps were noted too.
    is_whole: bool = False
    # When the run last noted its steps.
    noted: datetime.datetime | None = None

    def add(self, questions: Iterable[int], hashes: Iterable[str]) -> None:
        """In the transaction that writes them."""
        self.questions |= set(questions)
        self.is_whole |= len(self.questions) > FEW
        if not self.is_whole:
            self.hashes |= set(hashes)


def take_turns() -> None:
    """Wait, inside a transaction, for other importers' batches.

    SQLite's immediate transactions take turns of themselves.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def note_steps(extent: Extent | None = None) -> None:
    """Remember, in the caller's transaction, that every step is to be done: for all content, or
    for the extent if nobody else's note stands there."""
    with transaction.atomic(savepoint=False):
        take_turns()
        now = timezone.now()
        if extent is not None and not extent.is_whole:
            others = PendingStep.objects.exclude(since=extent.noted or now)
            extent.is_whole = others.exists()
            extent.noted = now
        PendingStep.objects.bulk_create(
            [PendingStep(step=step, since=now) for step in STEPS],
            update_conflicts=True,
            unique_fields=["step"],
            update_fields=["since"],
        )


def finish_steps(extent: Extent | None = None) -> None:
    """Do the steps that are noted, then remove their notes; where all notes are those of the
    extent, for that alone.

    A step may be interrupted anywhere and done again. A note made while its step ran stays.
    """
    noted = dict(PendingStep.objects.values_list("step", "since"))
    if not noted:
        return
    is_limited = extent is not None and not extent.is_whole
    if extent and extent.noted and is_limited and noted == dict.fromkeys(STEPS, extent.noted):
        resolve_related(RelatedQuestion.objects.filter(question__in=extent.questions))
        settle_copies(extent.hashes)
        refresh_statistics()
        PendingStep.objects.filter(since=extent.noted).delete()
        return
    analyze_changed_tables()
    for step, run in STEPS.items():
        if step in noted:
            run()
            PendingStep.objects.filter(step=step, since=noted[step]).delete()
    # They change whole columns: the targets of references, the counts of tags.
    analyze_changed_tables()

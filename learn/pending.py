"""Steps over the whole content that a write has made necessary; see PendingStep."""

from collections.abc import Callable

from learn.bulk import analyze_changed_tables
from learn.copies import choose_canonicals
from learn.models import PendingStep
from learn.related import resolve_related
from learn.search import refresh_statistics
from learn.topics import count_questions

# In the order in which they are done.
STEPS: dict[str, Callable[[], object]] = {
    PendingStep.Step.RELATED: resolve_related,
    PendingStep.Step.COPIES: choose_canonicals,
    # After the copies, which do not count.
    PendingStep.Step.TOPICS: count_questions,
    PendingStep.Step.SEARCH: refresh_statistics,
}


def note_steps() -> None:
    """Remember, in the caller's transaction, that every step is to be done."""
    PendingStep.objects.bulk_create(
        [PendingStep(step=step) for step in STEPS],
        update_conflicts=True,
        unique_fields=["step"],
        update_fields=["since"],
    )


def finish_steps() -> None:
    """Do the steps that are noted, then remove their notes.

    A step may be interrupted anywhere and done again. A note made while its step ran stays.
    """
    noted = dict(PendingStep.objects.values_list("step", "since"))
    if not noted:
        return
    analyze_changed_tables()
    for step, run in STEPS.items():
        if step in noted:
            run()
            PendingStep.objects.filter(step=step, since=noted[step]).delete()
    # They change whole columns: the targets of references, the counts of tags.
    analyze_changed_tables()

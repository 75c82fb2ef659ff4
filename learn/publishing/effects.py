"""What follows from changed content or states: references, canonical pages, the counts of topics,
and who threw a question away."""

from collections.abc import Iterable

from django.contrib.auth.models import User

from learn.bulk import chunked
from learn.copies import choose_canonicals
from learn.counting import FormerTags
from learn.models import Question, TrashedQuestion
from learn.related import resolve_related
from learn.totals import follow_changes, store_totals


def settle_references() -> None:
    """After a change that concerns many pages (of a subject, of redirects): all references,
    canonical pages and counts anew."""
    resolve_related()
    choose_canonicals()
    store_totals()


def settle_copies(
    hashes: set[str],
    *,
    former_tags: FormerTags | None = None,
    former_subjects: Iterable[int] = (),
) -> None:
    """Canonical pages of these contents anew, and the counts of the topics and subjects that this
    concerns, with those that had the questions before."""
    choose_canonicals(hashes)
    alike = Question.objects.filter(content_hash__in=hashes)
    # Asked for one after the other: together, no index would serve.
    copies = Question.objects.filter(canonical__in=alike.values("pk"))
    follow_changes([alike, copies], former_tags=former_tags, former_subjects=former_subjects)


def note_trash(question_ids: Iterable[int], status: str, by: User | None) -> None:
    """Who threw away what comes into the trash; nothing about what leaves it."""
    for chunk in chunked(list(question_ids)):
        TrashedQuestion.objects.filter(question__in=chunk).delete()
        if status == Question.Status.TRASHED:
            TrashedQuestion.objects.bulk_create(
                TrashedQuestion(question_id=pk, trashed_by=by) for pk in chunk
            )

"""Related questions from the text: kept for each question, shown after its file's own."""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from learn.models import Question, SimilarQuestion
from learn.pages import touch_pages
from learn.search import Frequencies, similar_to

# As many as a page shows, in case its file names none.
KEPT = 6
CHUNK = 50


def relate_questions(
    *, every: bool = False, progress: Callable[[int], None] = lambda count: None
) -> int:
    """Fill what the text leads to, for the questions where that is not done since their content
    changed (or for all); returns how many were filled.

    Some dozens to a transaction: interrupted, it goes on where it stopped (with `every`, it
    begins again).
    """
    questions = (
        Question.objects.exclude(status=Question.Status.TRASHED)
        .filter(canonical=None)
        .select_related("subject")
        .only("title", "answer", "slug", "content_hash", "subject__slug")
        .order_by("pk")
    )
    if not every:
        filled = SimilarQuestion.objects.filter(
            question=OuterRef("pk"), position=1, filled_at__gte=OuterRef("modified_at")
        )
        questions = questions.filter(~Exists(filled))
    known = Frequencies()
    done, after = 0, 0
    while chunk := list(questions.filter(pk__gt=after)[:CHUNK]):
        found = {question.pk: similar_to(question, KEPT, known) for question in chunk}
        _write(found)
        done += len(chunk)
        after = chunk[-1].pk
        progress(len(chunk))
    return done


def fill_similar(question: Question) -> None:
    """Find anew what one question's text leads to."""
    _write({question.pk: similar_to(question, KEPT)})


def _write(found: dict[int, list[int]]) -> None:
    now = timezone.now()
    with transaction.atomic():
        # Some may have been deleted while their texts were compared.
        keys = {*found, *(pk for targets in found.values() for pk in targets)}
        present = set(Question.objects.filter(pk__in=keys).values_list("pk", flat=True))
        touch_pages(found)
        SimilarQuestion.objects.filter(question__in=found).delete()
        SimilarQuestion.objects.bulk_create(
            SimilarQuestion(question_id=pk, position=position, target_id=target, filled_at=now)
            for pk, targets in found.items()
            if pk in present
            for position, target in enumerate(
                [target for target in targets if target in present] or [None], start=1
            )
        )

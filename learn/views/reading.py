"""What stands around an answer: its outline, and the questions before and after it."""

import datetime
from typing import Any

from django.db.models import Q, Subquery
from django.utils import timezone

from learn.models import Question
from learn.rendering.outline import outline


def reading_context(question: Question) -> dict[str, Any]:
    previous, following = neighbours(question)
    return {
        "outline": outline(question.answer_html),
        "updated_on": updated_on(question),
        "previous_question": previous,
        "next_question": following,
    }


def updated_on(question: Question) -> datetime.date | None:
    """The day of the last change, if it is later than that of posting."""
    day = timezone.localdate(question.modified_at)
    return day if day > question.date else None


def neighbours(question: Question) -> tuple[Question | None, Question | None]:
    """The pages before and after in the subject's list, without copies; one query."""
    pages = Question.objects.indexable().filter(subject=question.subject, canonical=None)
    before = pages.filter(slug__lt=question.slug).order_by("-slug").values("pk")[:1]
    after = pages.filter(slug__gt=question.slug).order_by("slug").values("pk")[:1]
    found = Question.objects.filter(Q(pk=Subquery(before)) | Q(pk=Subquery(after)))
    previous = following = None
    for neighbour in found.select_related("subject").only("title", "slug", "subject__slug"):
        if neighbour.slug < question.slug:
            previous = neighbour
        else:
            following = neighbour
    return previous, following

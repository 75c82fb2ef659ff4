"""What stands around an answer: its outline, and the questions that its page leads to."""

import datetime
from typing import Any

from django.utils import timezone

from learn.models import Question
from learn.related import links_of
from learn.rendering.outline import outline


def reading_context(question: Question) -> dict[str, Any]:
    links = links_of(question)
    return {
        "related": links.related,
        "previous_question": links.previous,
        "next_question": links.next,
        "outline": outline(question.answer_html),
        "updated_on": updated_on(question),
    }


def updated_on(question: Question) -> datetime.date | None:
    """The day of the last change, if it is later than that of posting."""
    day = timezone.localdate(question.modified_at)
    return day if day > question.date else None

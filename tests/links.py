"""What a question's page links to, for tests that ask for no page."""

from django.utils import timezone

from learn.models import Question
from learn.readerpages import TAGS, Keyword
from learn.related import LINKS, Links, links_from


def links_of(question: Question) -> Links:
    """The questions before and after are those of `with_neighbours`."""
    previous, following = (getattr(question, name, None) for name in ("previous_id", "next_id"))
    values = {"question": question.pk, "previous": previous, "following": following}
    return links_from(question, LINKS.rows(**values, now=timezone.now()))


def tags_of(question: Question) -> list[Keyword]:
    return [Keyword(*row) for row in TAGS.rows(question=question.pk)]

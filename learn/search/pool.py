"""Candidates for a query: all its words, then ever fewer of them, until there are enough."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from learn.models import Question
from learn.models.question import QuestionQuerySet
from learn.search.engine import engine
from learn.search.ranking import Candidate

# Candidates are read and compared one by one, which bounds the time of any query.
ENOUGH = 60
# Of what all subjects have, in the hope of enough from the one that is asked for.
WITHIN_SUBJECT = 4
COLUMNS = ("pk", "title", "answer", "subject__slug")


def findable() -> QuestionQuerySet:
    """What readers can be shown: the pages of unlisted subjects too, of copies the canonical."""
    return Question.objects.published().filter(canonical=None)


def relaxed(words: Sequence[str]) -> Iterator[list[Sequence[str]]]:
    """Sets of words, one of which a page must have whole; `words` are the rarest first."""
    yield [words]
    if len(words) > 2:
        yield list(combinations(words[:6], min(len(words), 6) - 1))
    if len(words) > 4:
        yield list(combinations(words[:5], 3))
    if len(words) > 2:
        yield list(combinations(words[:4], 2))
    if len(words) > 1:
        yield [[word] for word in words[:2]]


def candidates(words: Sequence[str], subject: str = "") -> list[Candidate]:
    """At most `engine().compared` questions that have many of the words."""
    limit = engine().compared
    found: dict[int, Candidate] = {}
    questions = findable()
    if subject:
        questions = questions.filter(subject__slug=subject)
    for sets in relaxed(words):
        keys = engine().having(sets, limit=limit if not subject else WITHIN_SUBJECT * limit)
        for row in questions.filter(pk__in=keys).values_list(*COLUMNS)[:limit]:
            found.setdefault(row[0], Candidate(*row))
        if len(found) >= ENOUGH:
            break
    return list(found.values())[:limit]

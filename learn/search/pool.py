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
# Keys read beyond the limit, for those that readers cannot be shown.
SPARE = 10
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
    questions = findable()
    if subject:
        questions = questions.filter(subject__slug=subject)
    found: list[Candidate] = []
    known: set[int] = set()
    waiting: list[int] = []
    for sets in relaxed(words):
        keys = engine().having(sets, limit=WITHIN_SUBJECT * limit if subject else limit)
        waiting += [key for key in keys if key not in known]
        known.update(keys)
        # Rows cost more than keys: they are read when there may be enough, and each once.
        if subject or len(found) + len(waiting) >= ENOUGH:
            read = len(waiting) if subject else limit - len(found) + SPARE
            found += _read(questions, waiting[:read], limit - len(found))
            waiting = waiting[read:]
            if len(found) >= ENOUGH:
                return found
    return found + _read(questions, waiting, limit - len(found))


def _read(questions: QuestionQuerySet, keys: list[int], most: int) -> list[Candidate]:
    """The first of them that readers can be shown."""
    if not keys:
        return []
    chosen = questions.filter(pk__in=keys).values_list(*COLUMNS)[: most + SPARE]
    rows = {row[0]: row for row in chosen}
    return [Candidate(*rows[key]) for key in keys if key in rows][:most]

"""Candidates for a query: all its words, then ever fewer of them, until there are enough."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import combinations
from typing import Any

from django.db import connection
from django.utils import timezone

from learn.models import Question
from learn.models.question_queries import QuestionQuerySet
from learn.search.engine import engine
from learn.search.ranking import Candidate

# Candidates are read and compared one by one, which bounds the time of any query.
ENOUGH = 60
# Of what all subjects have, in the hope of enough from the one that is asked for.
WITHIN_SUBJECT = 4
# Keys read beyond the limit, for those that readers cannot be shown.
SPARE = 10
# Stands for the moment of a search.
ANY_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
COLUMNS = ("pk", "title", "answer", "subject__slug")


def findable(moment: datetime | None = None) -> QuestionQuerySet:
    """What readers can be shown now, or at another moment: the pages of unlisted subjects too, of
    copies the canonical."""
    return Question.objects.published(moment).filter(canonical=None)


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
            found += _read(waiting[:read], subject, limit - len(found))
            waiting = waiting[read:]
            if len(found) >= ENOUGH:
                return found
    return found + _read(waiting, subject, limit - len(found))


def _read(keys: list[int], subject: str, most: int) -> list[Candidate]:
    """The first of them that readers can be shown."""
    if not keys:
        return []
    sql, parameters = _findable_sql()
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    values = [now if value is None else value for value in parameters]
    if subject:
        sql += " AND learn_subject.slug = %s"
        values.append(subject)
    sql += f" AND learn_question.id IN ({', '.join(map(str, keys))}) LIMIT {most + SPARE}"
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = {row[0]: row for row in cursor.fetchall()}
    return [Candidate(*rows[key]) for key in keys if key in rows][:most]


@cache
def _findable_sql() -> tuple[str, list[Any]]:
    """What `findable` becomes, and its parameters, None where the moment must be. Django takes as
    long to write it as the database to answer."""
    sql, parameters = findable(ANY_MOMENT).values_list(*COLUMNS).query.sql_with_params()
    moment = connection.ops.adapt_datetimefield_value(ANY_MOMENT)
    return sql, [None if value == moment else value for value in parameters]

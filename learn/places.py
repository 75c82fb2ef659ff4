"""Where the pages and the letters of a subject's list from A to Z begin.

To count the rows before a page takes the longer the further back it is; a page that knows its first
slug is found in the index, wherever it is. The first slugs are read in one go, from the index
alone, and kept in Django's cache.
"""

import datetime
from collections import Counter
from typing import NamedTuple

from django.core.cache import cache

from learn.models import Question, Subject
from learn.models.prepared import SOME_MOMENT, PreparedQuery, some_number

KEPT_SECONDS = 86_400


class Places(NamedTuple):
    """First letter of a slug -> how many questions have it, in the list's order; and the slug at
    the top of each page, a line for each: a cache gives one text in a seventh of the time that it
    takes over a thousand."""

    letters: dict[str, int]
    starts: str

    @property
    def number(self) -> int:
        """How many questions the list has."""
        return sum(self.letters.values())

    def start(self, page: int) -> str:
        """The first slug of a page, which are counted from 1; "" if the list is empty."""
        return self.starts.split("\n", page)[page - 1]


def places_of(subject: Subject, now: datetime.datetime, size: int) -> Places:
    """Of pages of so many questions; read once for each version of the list (learn.totals).

    A database that was restored may come to the same version again, but not to the same moment
    with it.
    """
    if subject.changed_at is None:
        return _read(subject, now, size)
    state = f"{subject.list_version}:{subject.changed_at.timestamp()}"
    found: Places | None = cache.get_or_set(
        f"list-places:{subject.pk}:{size}:{state}", lambda: _read(subject, now, size), KEPT_SECONDS
    )
    return found or _read(subject, now, size)


def _read(subject: Subject, now: datetime.datetime, size: int) -> Places:
    slugs = [slug for (slug,) in _SLUGS.rows(subject=subject.pk, now=now)]
    return Places(dict(Counter(slug[0] for slug in slugs)), "\n".join(slugs[::size]))


_SLUGS = PreparedQuery(
    lambda: (
        Question.objects.indexable(SOME_MOMENT)
        .filter(subject=some_number(0))
        .order_by("slug")
        .values_list("slug")
    ),
    plain=True,
    subject=some_number(0),
    now=SOME_MOMENT,
)

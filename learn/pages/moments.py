"""The moments at which time alone changes pages: planned publications, and the ends of others."""

import threading
import time
from collections.abc import Collection
from typing import NamedTuple

from django.utils import timezone

from learn.models import Question
from learn.pages import names

# The next so many are known; a page that lives on until then is made again, and knows more.
KNOWN = 500
# Seconds after which they are asked for again, though nothing has changed.
LIFETIME = 60
NEVER = float("inf")


class Moment(NamedTuple):
    """Seconds since 1970, and the names of what may change then."""

    at: float
    names: frozenset[str]


class Moments:
    """The next moments, remembered until the journal has learnt of a change."""

    def __init__(self) -> None:
        self._known: list[Moment] = []
        self._horizon = NEVER
        # For which generation, and when by either clock.
        self._asked: tuple[int | None, float, float] = (None, 0.0, 0.0)
        self._lock = threading.Lock()

    def next(self, shown: Collection[str], generation: int) -> float:
        """When the first of these moments changes a page that bears these names."""
        self._refresh(generation)
        now = time.time()
        # Which topics a question is to be listed by is not worth a query: any moment may change
        # any topic.
        is_about_topics = any(name.startswith("t") for name in shown)
        for moment in self._known:
            if moment.at > now and (is_about_topics or not moment.names.isdisjoint(shown)):
                return moment.at
        return self._horizon

    def _refresh(self, generation: int) -> None:
        with self._lock:
            before, at, moment = self._asked
            is_recent = time.monotonic() - at < LIFETIME and time.time() >= moment
            if before == generation and is_recent:
                return
            self._known, self._horizon = _load()
            self._asked = (generation, time.monotonic(), time.time())


def _load() -> tuple[list[Moment], float]:
    """The next moments, in order, and the last of them if there may be more."""
    now = timezone.now()
    public = Question.objects.filter(status__in=Question.PUBLIC_STATUSES)
    found: list[Moment] = []
    horizon = NEVER
    for column in ("publish_at", "unpublish_at"):
        rows = list(
            public.filter(**{f"{column}__gt": now})
            .order_by(column)
            .values_list(column, "pk", "subject")[:KNOWN]
        )
        found += [Moment(at.timestamp(), _names_of(pk, subject)) for at, pk, subject in rows]
        if len(rows) == KNOWN:
            horizon = min(horizon, rows[-1][0].timestamp())
    return sorted(found), horizon


def _names_of(pk: int, subject: int) -> frozenset[str]:
    return frozenset(
        (
            names.page(pk),
            names.link(pk),
            # The questions before and after it link to it.
            names.order(subject),
            names.listing(subject),
            names.SITE,
        )
    )

"""What readers asked for and did not find, noted for the desk: no word about who.

Cheap and bounded: a flood of addresses costs a few writes a minute, and a database that is busy
costs the reader nothing but the note.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.utils import timezone

from learn.models import EmptySearch, MissingPage, Question
from learn.models.demand import Demand
from learn.models.path import parse_path
from learn.search.words import query_words
from learn.validators import SLUG

logger = logging.getLogger(__name__)

# Of each kind; what was asked for least and longest ago makes room.
KEPT = 5_000
WRITES_A_MINUTE = 120
# What a reader's page waits for a database that someone else writes to.
BUSY_MILLISECONDS = 50
WORDS_MAX_LENGTH = 100
# What nobody looks for but what may tell who somebody is: addresses, telephone numbers.
_PERSONAL = re.compile(r"[@/]|\d{5}|\d[\d ().-]{6,}\d")
_LIST = re.compile(rf"/(?:learn|topics)/(?:{SLUG.pattern})")


def note_missing(request: HttpRequest) -> None:
    """Count the address of a question, subject or topic that answered with 404.

    What else programs try is none of the readers' business.
    """
    if request.method != "GET":
        return
    path = request.path_info.lower().rstrip("/").removesuffix(".html").removesuffix(".md")
    # With a query a list may well be there, and only the page of it is not.
    is_list = _LIST.fullmatch(path) and not request.META.get("QUERY_STRING")
    if len(path) <= 600 and (parse_path(path) or is_list):
        _note(MissingPage, path=path)


def note_empty_search(text: str) -> None:
    """Count the telling words of a search that found nothing, in the order of the alphabet."""
    if _PERSONAL.search(text):
        return
    words = " ".join(sorted(query_words(text)))
    if words and len(words) <= WORDS_MAX_LENGTH:
        _note(EmptySearch, words=words)


def forget_answered() -> int:
    """Drop the missing pages that readers can see by now; returns how many."""
    asked = {path: parse_path(path) for path in MissingPage.objects.values_list("path", flat=True)}
    slugs = {path.slug for path in asked.values() if path}
    there = set(
        Question.objects.published().filter(slug__in=slugs).values_list("subject__slug", "slug")
    )
    answered = [text for text, path in asked.items() if path and tuple(path) in there]
    return MissingPage.objects.filter(path__in=answered).delete()[0]


def _note(model: type[Demand], **key: str) -> None:
    """One statement: it counts on, or begins to count."""
    if not _has_room_this_minute():
        return
    ((column, value),) = key.items()
    table, now = model._meta.db_table, timezone.now()
    statement = (
        f"INSERT INTO {table} ({column}, hits, first_at, last_at) VALUES (%s, 1, %s, %s)"
        f" ON CONFLICT ({column}) DO UPDATE SET hits = {table}.hits + 1,"
        " last_at = excluded.last_at RETURNING hits"
    )
    try:
        with _not_waiting_long(), connection.cursor() as cursor:
            cursor.execute(statement, [value, now, now])
            (hits,) = cursor.fetchone()
            if hits == 1:
                _make_room(model)
    except DatabaseError:
        logger.info("A page or search that found nothing was not noted", exc_info=True)


def _make_room(model: type[Demand]) -> None:
    rows = model._default_manager
    if rows.order_by("pk")[KEPT:].exists():
        # Not the newest of those asked for once, or nothing new would ever stay.
        least = rows.order_by("hits", "last_at").values_list("pk", flat=True)[:1]
        rows.filter(pk__in=list(least)).delete()


def _has_room_this_minute() -> bool:
    """In the cache, which several processes may share or not: a rough bound is enough."""
    key = f"demand:{timezone.now():%H:%M}"
    if cache.add(key, 1, 90):
        return True
    try:
        return cache.incr(key) <= WRITES_A_MINUTE
    except ValueError:
        return True


@contextmanager
def _not_waiting_long() -> Iterator[None]:
    """SQLite has one writer at a time; a reader's page does not queue behind an import."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        try:
            yield
        finally:
            usual = connection.settings_dict["OPTIONS"]["timeout"] * 1000
            cursor.execute(f"PRAGMA busy_timeout = {usual}")

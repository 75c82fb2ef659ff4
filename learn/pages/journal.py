"""The journal of changes: what wrote it, and what a process knows of it."""

import threading
import time
from collections.abc import Collection, Iterable
from itertools import chain
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from learn.models import PageChange
from learn.outages import file_of
from learn.pages.names import EVERYTHING

# How long a process may go on with what it knows: a tenth of the second that a reader may wait.
INTERVAL = 0.02
# After the database failed to answer.
RETRY = 1.0
# How long a reader waits for a database that does not even fail.
WAIT = 0.25
# Rows that are kept, looked after once in so many.
KEPT, TIDIED = 5_000, 500
# Names that a process remembers: some three megabytes.
REMEMBERED = 20_000
# Above so many names a change counts as one of everything: each process reads them all.
MOST_NAMES = 5_000

TABLE = PageChange._meta.db_table


def touch(names: Iterable[str]) -> None:
    """Make all pages stale that bear one of the names, from the moment on at which the
    transaction is committed; if none is open, at once."""
    found = sorted(set(names))
    if not found:
        return
    text = " ".join(found) if len(found) <= MOST_NAMES else EVERYTHING
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            number = "pg_current_xact_id()::text::bigint"
        else:
            number = "NULL"
        cursor.execute(
            f"INSERT INTO {TABLE} (xact, names) VALUES ({number}, %s) RETURNING id", [text]
        )
        (key,) = cursor.fetchone()
        if key % TIDIED == 0:
            _tidy(key)


def _tidy(newest: int) -> None:
    """Forget the oldest rows; by what orders them, so that every row that is left is newer."""
    oldest = PageChange.objects.filter(pk__lte=newest - KEPT).order_by("-pk").first()
    if oldest is None:
        return
    if oldest.xact is None:
        PageChange.objects.filter(pk__lt=oldest.pk).delete()
    else:
        PageChange.objects.filter(xact__lt=oldest.xact).delete()


class Snapshot(NamedTuple):
    """Which changes a page has in it: those below `end`, but for the ones still open at the time.

    On PostgreSQL numbers of transactions, which need not be committed in their order; on SQLite
    keys of the journal, as there one writes at a time.
    """

    # All below have ended.
    start: int
    end: int
    is_open: frozenset[int] = frozenset()

    def has(self, change: int) -> bool:
        return change < self.end and change not in self.is_open


class Journal:
    """What this process knows of the journal.

    `snapshot` is what it has read, None until it could be read; `generation` grows with each change
    that is learnt of, not with the transactions of others that PostgreSQL's snapshots count.
    """

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None
        self.generation = 0
        # What changed below is not known by name.
        self.floor = 0
        # Of these changes, those known by number; below `_horizon` not even that, but for what was
        # still open at `_horizon_drawn`: it is read of when it ends.
        self._unnamed: set[int] = set()
        self._horizon, self._horizon_drawn = 0, Snapshot(0, 0)
        self._changes: dict[str, set[int]] = {}
        self._due = 0.0
        self._lock = threading.Lock()
        self._connection: BaseDatabaseWrapper | None = None
        self._file: tuple[int, int, bool] | None = None

    def refresh(self, *, at_once: bool = False) -> None:
        """Read on, if the last time is longer ago than INTERVAL. Threads wait for the one that
        reads. While the database does not answer, what is known stays as it is."""
        asked_at = time.monotonic()
        if (asked_at < self._due and not at_once) or not self._lock.acquire(timeout=WAIT):
            return
        try:
            if asked_at < self._due - INTERVAL or (asked_at < self._due and not at_once):
                return
            try:
                self._read()
            except DatabaseError:
                self.close()
                self._due = time.monotonic() + RETRY
            else:
                self._due = time.monotonic() + INTERVAL
        finally:
            self._lock.release()

    def is_ahead(self, made: Snapshot) -> bool:
        """Whether the page is from after what is known here."""
        return self.snapshot is not None and made.end > self.snapshot.end

    def is_unchanged_since(self, made: Snapshot) -> bool:
        """Whether nothing at all has changed since then, so that no name need be looked at."""
        snapshot = self.snapshot
        return (
            snapshot is not None
            and made.end == snapshot.end
            and made.start >= self.floor
            and not made.is_open
        )

    def is_fresh(self, made: Snapshot, names: Collection[str]) -> bool:
        """Whether a page that was made then, and bears these names, is as it would be made now."""
        if self.snapshot is None:
            return True
        if self.is_ahead(made) or self._may_lack_unnamed(made):
            return False
        known = self._changes
        return all(map(made.has, chain.from_iterable(known[n] for n in names if n in known)))

    def _may_lack_unnamed(self, made: Snapshot) -> bool:
        """Somebody's transaction may stay open for hours: that alone makes no page stale."""
        if made.start >= self.floor:
            return False
        if made.end < self.floor or not self._unnamed.isdisjoint(made.is_open):
            return True
        return any(
            number < self._horizon and self._horizon_drawn.has(number) for number in made.is_open
        )

    def _read(self) -> None:
        if self._is_moved():
            self.close()
        if self._connection is None:
            self._file = file_of(connections[DEFAULT_DB_ALIAS])
            self._connection = connections[DEFAULT_DB_ALIAS].copy()
            self._connection.inc_thread_sharing()
        before = self.snapshot
        with self._connection.cursor() as cursor:
            snapshot, rows = _rows_since(cursor, self._connection.vendor, before)
        if before is None:
            self.floor = self._horizon = _floor(rows)
            self._horizon_drawn = snapshot
        if before is None or snapshot.end < before.end:
            # The first, or one of a database that was restored: pages may be ahead of it.
            self.generation += 1
        for number, names in rows:
            self._note(number, names.split(), snapshot)
        self.snapshot = snapshot

    def _is_moved(self) -> bool:
        """Whether another file stands where SQLite's was (a restored backup), or none."""
        connection = self._connection
        return connection is not None and file_of(connection) != self._file

    def _note(self, number: int, names: list[str], snapshot: Snapshot) -> None:
        if EVERYTHING in names:
            # First, for threads that look meanwhile.
            self._unnamed.add(number)
            if number >= self.floor:
                self.floor = number + 1
            self.generation += 1
            return
        for name in names:
            changes = self._changes.get(name, set())
            if number not in changes:
                # A new set: other threads may be reading the old one.
                self._changes[name] = {*changes, number}
                self.generation += 1
        if len(self._changes) > REMEMBERED:
            self._forget(snapshot)

    def _forget(self, snapshot: Snapshot) -> None:
        """Of the names the half that changed longest ago; pages from before that count as
        stale."""
        newest = sorted(self._changes.items(), key=lambda item: max(item[1]))
        half = len(newest) // 2
        floor = max(self.floor, max(newest[half - 1][1]) + 1)
        below = {number for changes in self._changes.values() for number in changes}
        unnamed = sorted(self._unnamed | {number for number in below if number < floor})
        if len(unnamed) > REMEMBERED:
            unnamed = unnamed[-REMEMBERED // 2 :]
            self._horizon, self._horizon_drawn = unnamed[0], snapshot
        self._unnamed = set(unnamed)
        self.floor = floor
        # A change of many names may lie in both halves: none of it is left then.
        self._changes = {
            name: left
            for name, changes in newest[half:]
            if (left := {number for number in changes if number >= floor})
        }

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _rows_since(
    cursor: Any, vendor: str, before: Snapshot | None
) -> tuple[Snapshot, list[tuple[int, str]]]:
    """The snapshot now, and the rows that the one before did not have, in the numbers' order.

    On PostgreSQL what was open the last time may have been committed since, below what is known
    already.
    """
    end = before.end if before else 0
    if vendor == "postgresql":
        was_open = list(before.is_open) if before else []
        cursor.execute(
            "SELECT pg_current_snapshot()::text, xact, names FROM (SELECT 1) AS one"
            f" LEFT JOIN {TABLE} ON xact >= %s OR xact = ANY(%s) ORDER BY xact",
            [end, was_open],
        )
        found = cursor.fetchall()
        first, end, is_open = found[0][0].split(":")
        numbers = frozenset(map(int, is_open.split(","))) if is_open else frozenset[int]()
        snapshot = Snapshot(int(first), int(end), numbers)
    else:
        cursor.execute(
            f"SELECT (SELECT coalesce(max(id), 0) + 1 FROM {TABLE}), id, names"
            f" FROM (SELECT 1) AS one LEFT JOIN {TABLE} ON id >= %s ORDER BY id",
            [end],
        )
        found = cursor.fetchall()
        snapshot = Snapshot(found[0][0], found[0][0])
    return snapshot, [(number, names) for _snapshot, number, names in found if names]


def _floor(rows: list[tuple[int, str]]) -> int:
    """Of a journal that begins: what was before its first row may have been tidied away."""
    return rows[0][0] if rows else 0

"""What the processes of a site share of its pages: a SQLite file, or Redis."""

import hashlib
import os
import random
import sqlite3
import threading
import time
from pathlib import Path
from typing import Protocol

import redis

# Seconds after which a process that makes a page is believed dead, and another makes it.
LEASE = 5.0
# Seconds of rest for a store that failed.
REST = 1.0


class Store(Protocol):
    """Bytes by key. What fails is a page that is not there; no method raises."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, packed: bytes) -> None: ...

    def lease(self, key: str) -> bool:
        """Whether the caller is the one to make the page now; others wait for it, or for LEASE
        seconds."""

    def release(self, key: str) -> None: ...

    def clear(self) -> None:
        """Forget all pages: what positions meant is no longer so (a restored database)."""


def _number(key: str) -> int:
    """64 bits of the key, signed, as SQLite has them."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), signed=True)


class SQLiteStore:
    """A file of its own beside the site's database: what is lost with it is made again.

    Each thread has a connection. Nothing is synchronised to the disk; a damaged file is
    thrown away.
    """

    # One write in so many looks whether the file has grown too large.
    LOOKED_AFTER = 200
    # Most pages fit into one of the file's: read in a half of the time.
    SCHEMA = """
        PRAGMA page_size=16384;
        PRAGMA journal_mode=WAL;
        PRAGMA synchronous=OFF;
        PRAGMA cache_size=-1000;
        CREATE TABLE IF NOT EXISTS page (
            number INTEGER PRIMARY KEY, key TEXT NOT NULL, packed BLOB NOT NULL
        );
        CREATE TABLE IF NOT EXISTS lease (number INTEGER PRIMARY KEY, until REAL NOT NULL);
    """

    def __init__(self, path: Path, limit: int) -> None:
        self._path, self._limit = path, limit
        self._local = threading.local()
        self._writes = 0
        self._failed_at = float("-inf")

    def get(self, key: str) -> bytes | None:
        row = self._execute("SELECT key, packed FROM page WHERE number = ?", (_number(key),))
        return row[1] if row and row[0] == key else None

    def put(self, key: str, packed: bytes) -> None:
        self._execute("INSERT OR REPLACE INTO page VALUES (?, ?, ?)", (_number(key), key, packed))
        self._writes += 1
        if self._writes % self.LOOKED_AFTER == 0:
            self._make_room()

    def lease(self, key: str) -> bool:
        asked_at, now = time.monotonic(), time.time()
        taken = self._execute(
            "INSERT INTO lease VALUES (?, ?) ON CONFLICT DO UPDATE SET until = excluded.until"
            " WHERE until < ? RETURNING 1",
            (_number(key), now + LEASE, now),
        )
        # Nobody can be waited for in a file that does not answer.
        return taken is not None or self._failed_at > asked_at - REST

    def release(self, key: str) -> None:
        self._execute("DELETE FROM lease WHERE number = ?", (_number(key),))

    def clear(self) -> None:
        self._execute("DELETE FROM page")

    def _make_room(self) -> None:
        """Pages anywhere among the keys, which are as good as drawn by lot."""
        start = random.randint(-(2**63), 2**63 - 1)
        while self._used() > self._limit:
            gone = self._execute(
                "DELETE FROM page WHERE number IN (SELECT number FROM page WHERE number >= ?"
                " ORDER BY number LIMIT ?) RETURNING number",
                (start, 2 * self.LOOKED_AFTER),
            )
            if gone is None:
                if start == -(2**63):
                    return
                # Past the last one: on from the first.
                start = -(2**63)

    def _used(self) -> int:
        pages = self._pragma("page_count") - self._pragma("freelist_count")
        return pages * self._pragma("page_size")

    def _pragma(self, name: str) -> int:
        row = self._execute(f"PRAGMA {name}")
        return int(row[0]) if row else 0

    def _execute(self, sql: str, values: tuple[object, ...] = ()) -> tuple | None:
        """The first row of the answer."""
        if time.monotonic() - self._failed_at < REST:
            return None
        try:
            rows = self._connection().execute(sql, values).fetchall()
            return rows[0] if rows else None
        except (sqlite3.OperationalError, OSError):
            # Locked for too long, a full disk, a folder that cannot be made.
            self._failed_at = time.monotonic()
        except sqlite3.DatabaseError:
            self._throw_away()
        return None

    def _connection(self) -> sqlite3.Connection:
        local = self._local
        if getattr(local, "process", None) != os.getpid():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=0.2, isolation_level=None)
            connection.executescript(self.SCHEMA)
            local.connection, local.process = connection, os.getpid()
        return local.connection

    def _throw_away(self) -> None:
        """A file that is no database, or a broken one."""
        self._failed_at = time.monotonic()
        self._local = threading.local()
        for ending in ("", "-wal", "-shm"):
            Path(f"{self._path}{ending}").unlink(missing_ok=True)


class RedisStore:
    """Keys of this site in the Redis of its cache; they go after a day, or as Redis needs room."""

    LIFETIME = 86_400
    # Seconds that a page may wait for Redis. Making it takes less.
    TIMEOUT = 0.25

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(
            url, socket_timeout=self.TIMEOUT, socket_connect_timeout=self.TIMEOUT
        )
        self._failed_at = float("-inf")

    def get(self, key: str) -> bytes | None:
        return self._ask("GET", f"page:{key}")

    def put(self, key: str, packed: bytes) -> None:
        self._ask("SET", f"page:{key}", packed, "EX", self.LIFETIME)

    def lease(self, key: str) -> bool:
        asked_at = time.monotonic()
        taken = self._ask("SET", f"lease:{key}", "", "NX", "PX", int(LEASE * 1000))
        # Nobody can be waited for in a Redis that is not there.
        return taken is not None or self._failed_at > asked_at - REST

    def release(self, key: str) -> None:
        self._ask("DEL", f"lease:{key}")

    def clear(self) -> None:
        try:
            for key in self._client.scan_iter("page:*", count=1_000):
                self._client.unlink(key)
        except redis.RedisError:
            self._failed_at = time.monotonic()

    def _ask(self, *command: str | bytes | int) -> bytes | None:
        if time.monotonic() - self._failed_at < REST:
            return None
        try:
            return self._client.execute_command(*command)
        except redis.RedisError:
            self._failed_at = time.monotonic()
            return None

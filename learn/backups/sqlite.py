"""SQLite by its own backup interface, both ways: one read transaction, one write transaction."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection

from learn.backups.archive import BackupError
from learn.backups.engines import MIGRATIONS, compare

PART = "database.sqlite3"
# For how long another process may hold the database while it is to be written.
PATIENCE = 60


def dump(target: Path) -> tuple[dict[str, int], list[str]]:
    try:
        with closing(sqlite3.connect(target)) as copy:
            # All pages in one step: in one read transaction, which no writer has to wait for.
            _site().backup(copy, pages=-1)
            # The copy is one file, not three.
            copy.execute("PRAGMA journal_mode=DELETE")
            return count(copy), [name for (name,) in copy.execute(MIGRATIONS)]
    except sqlite3.Error as error:
        raise BackupError(f"SQLite cannot write a copy of the database: {error}") from None


def check(copy: Path) -> None:
    try:
        with closing(sqlite3.connect(copy)) as database:
            ((result,),) = database.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.Error as error:
        result = str(error)
    if result != "ok":
        raise BackupError(f"the database in it is damaged: {result}")


def load(copy: Path, rows: dict[str, int]) -> None:
    with closing(sqlite3.connect(copy)) as database:
        compare(rows, lambda: count(database))
        deadline = time.monotonic() + PATIENCE

        def give_up(status: int, remaining: int, total: int) -> None:
            if status != sqlite3.SQLITE_DONE and time.monotonic() > deadline:
                raise BackupError(
                    f"another process has been writing for {PATIENCE} seconds. Stop it, and "
                    "restore again"
                )

        try:
            database.backup(_site(), pages=-1, progress=give_up)
        except sqlite3.Error as error:
            raise BackupError(f"SQLite cannot write the database: {error}") from None


def rows() -> dict[str, int]:
    return count(_site())


def count(database: sqlite3.Connection) -> dict[str, int]:
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite#_%' ESCAPE '#' AND sql NOT LIKE 'CREATE VIRTUAL %'"
        " ORDER BY name"
    ).fetchall()
    return {
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names
    }


def _site() -> Any:
    connection.ensure_connection()
    return connection.connection

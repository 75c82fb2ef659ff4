"""What a database must be able to do for backups; one module for each kind."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol

from django.db import connection

from learn.backups.archive import BackupError

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Engine(Protocol):
    """Functions of the modules `sqlite` and `postgresql`."""

    PART: str
    """The name of the database's file in the archive."""

    def dump(self, target: Path) -> tuple[dict[str, int], list[str]]:
        """Write a consistent copy; gives the copy's numbers of rows and its migrations."""

    def check(self, copy: Path) -> None:
        """Refuse a copy that cannot be restored here."""

    def load(self, copy: Path, rows: dict[str, int]) -> None:
        """Put the copy in place of what the database holds, in one transaction."""

    def rows(self) -> dict[str, int]:
        """Of each table the number of its rows now."""


def engine() -> Engine:
    if connection.vendor not in NAMES:
        raise BackupError(f"backups know SQLite and PostgreSQL, not {connection.vendor}")
    module: Engine = import_module(f"learn.backups.{connection.vendor}")
    return module


# Migrations as both kinds of databases are asked for them.
MIGRATIONS = "SELECT app || '.' || name FROM django_migrations ORDER BY id"


def compare(rows: dict[str, int], count: Callable[[], dict[str, int]]) -> None:
    """Refuse a copy that does not have the rows that its manifest states."""
    found = count()
    for table in sorted(rows.keys() | found.keys()):
        if rows.get(table) != found.get(table):
            raise BackupError(
                f"the table {table} has {found.get(table)} rows instead of {rows.get(table)}"
            )

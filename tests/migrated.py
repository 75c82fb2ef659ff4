"""Databases with all tables: copies of one that was migrated, once in a run. To migrate takes four
seconds of a processor, and many tests have a site of their own.

Also a pytest plugin, which removes what was made.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.environment import ROOT, RUN_FOLDER, is_worker

# Of this run alone: runs of two checkouts may share a server.
TEMPLATE = f"quicktakes_{RUN_FOLDER.name}".replace("-", "_")


def fill(url: str) -> None:
    """Give the empty database of this URL all tables."""
    server, _, name = url.rpartition("/")
    if url.startswith("sqlite"):
        shutil.copyfile(sqlite_template(), url.removeprefix("sqlite:///"))
        return
    template = postgresql_template(server)
    with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def fill_memory(uri: str) -> sqlite3.Connection:
    """The same for a database of SQLite in memory, which lasts while a connection to it does."""
    memory = sqlite3.connect(uri, uri=True)
    with sqlite3.connect(sqlite_template()) as template:
        template.backup(memory)
    template.close()
    return memory


def sqlite_template() -> Path:
    path = RUN_FOLDER / "migrated.sqlite3"
    with (RUN_FOLDER / "sqlite.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            making = path.with_name("making.sqlite3")
            _migrate(f"sqlite:///{making}")
            making.rename(path)
    return path


def postgresql_template(server: str) -> str:
    is_made = RUN_FOLDER / "postgresql"
    with (RUN_FOLDER / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_made.exists():
            with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{TEMPLATE}"')
            _migrate(f"{server}/{TEMPLATE}")
            is_made.touch()
    return TEMPLATE


def _migrate(url: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "quicktakes.settings"},
        check=True,
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    if is_worker:
        return
    if (RUN_FOLDER / "postgresql").exists():
        with psycopg.connect(os.environ["TEST_DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{TEMPLATE}" WITH (FORCE)')
    shutil.rmtree(RUN_FOLDER, ignore_errors=True)

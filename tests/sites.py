"""Sites with databases of their own, worked on by processes only, as operators work on them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import migrated
from tests.environment import ROOT


class Site:
    """A site with a database of its own, worked on by processes only."""

    def __init__(self, url: str, *, migrate: bool = True, **environment: str) -> None:
        self.url = url
        self.environment = os.environ | {
            "DATABASE_URL": url,
            "DEBUG": "true",
            "DJANGO_SETTINGS_MODULE": "quicktakes.settings",
            **environment,
        }
        if migrate:
            migrated.fill(url)

    def start(self, *arguments: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, *map(str, arguments)]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments: object) -> tuple[int, str, str]:
        """(exit status, output, errors) of a command."""
        process = self.start("manage.py", *arguments)
        out, err = process.communicate()
        return process.returncode, out.decode(), err.decode()

    def manage(self, *arguments: object) -> str:
        status, out, err = self.run(*arguments)
        assert status == 0, err
        return out

    def kill_after(self, seconds: float, *arguments: object) -> bool:
        """Run a command and kill it; whether it was still running then. One that ends before must
        end well."""
        process = self.start("manage.py", *arguments)
        try:
            _, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return True
        assert process.returncode == 0, err.decode()
        return False

    def dump(self) -> list[str]:
        process = self.start("-m", "tests.seeds.natural_dump")
        out, err = process.communicate()
        assert process.returncode == 0, err.decode()
        return out.decode().splitlines()


@contextmanager
def databases(folder: Path) -> Iterator[Callable[[str], str]]:
    """A function that makes an empty database of the kind under test, in place of one of the same
    name, and gives its URL; they are removed at the end of the block."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    made: set[str] = set()
    if not server.startswith("postgres"):

        def create_file(name: str) -> str:
            for path in folder.glob(f"{name}.sqlite3*"):
                path.unlink()
            return f"sqlite:///{folder}/{name}.sqlite3"

        yield create_file
        return

    import psycopg

    def create(name: str) -> str:
        database = f"quicktakes_{name}_{os.getpid()}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{database}"')
        made.add(database)
        return f"{server.rpartition('/')[0]}/{database}"

    yield create
    with psycopg.connect(server, autocommit=True) as connection:
        for database in made:
            connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    with databases(tmp_path) as create:
        yield create

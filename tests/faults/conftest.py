"""A site whose database can be taken away: PostgreSQL behind a wire, or the folder of its file."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from learn.outages import LOOK_EVERY
from tests.servers import Wire, gunicorn
from tests.sites import Site, databases

CONTENT = """
from django.contrib.auth.models import User
from tests.admin.builders import make_question
User.objects.create_superuser("ada", password="a-good-password")
for number in range(3):
    make_question(f"tide-{number}", answer="The moon pulls the water.")
"""
QUESTION = "/learn/biology/questions/tide-0"
CHANGE = "/admin/learn/question/1/change/"


class Reach:
    """A site, and whether it reaches its database."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder, self.served_times = folder, 0
        parts = urlsplit(url)
        self.wire = None
        through = url
        if parts.scheme.startswith("postgres"):
            self.wire = Wire(parts.hostname or "127.0.0.1", parts.port or 5432)
            place = parts.netloc.rpartition("@")[0] + f"@127.0.0.1:{self.wire.port}"
            through = urlunsplit(parts._replace(netloc=place))
        self.site = Site(url)
        self.site.manage("shell", "-v0", "-c", CONTENT)
        self.environment = self.site.environment | {
            "DATABASE_URL": through,
            "PAGE_STORE": "true",
            "PAGE_STORE_FILE": str(folder / "pages.sqlite3"),
            "CACHE_URL": "locmemcache://",
            "MEDIA_ROOT": str(folder / "media"),
        }

    def cut(self) -> None:
        if self.wire:
            self.wire.cut()
        else:
            self._database.rename(self._elsewhere)
            self._let_it_be_noticed()

    def mend(self) -> None:
        if self.wire:
            self.wire.mend()
        else:
            # What the site made in its place while it was gone would be in the way.
            self._elsewhere.rename(self._database)
            self._let_it_be_noticed()

    def _let_it_be_noticed(self) -> None:
        """Who only reads looks for the file now and then."""
        time.sleep(2 * LOOK_EVERY)

    @property
    def _database(self) -> Path:
        return self.folder / "database"

    @property
    def _elsewhere(self) -> Path:
        return self.folder / "elsewhere"

    @contextmanager
    def served(self, *options: str, **environment: str) -> Iterator[str]:
        self.served_times += 1
        self.log = self.folder / f"gunicorn-{self.served_times}.log"
        values = self.environment | environment
        with gunicorn(values, self.log, "--threads=2", *options) as (_, site):
            yield site


@pytest.fixture(scope="session")
def reached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Reach, str]]:
    """The site and its address; a test leaves it as it found it."""
    folder = tmp_path_factory.mktemp("faults")
    (folder / "database").mkdir()
    with databases(folder / "database") as create:
        reach = Reach(create("faults"), folder)
        with reach.served() as address:
            yield reach, address
        if reach.wire:
            reach.wire.cut()


@pytest.fixture
def reach(reached: tuple[Reach, str]) -> Reach:
    return reached[0]


@pytest.fixture
def site(reached: tuple[Reach, str]) -> str:
    return reached[1]

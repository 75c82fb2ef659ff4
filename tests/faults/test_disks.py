"""Disks that are full, and disks that cannot be written any more."""

import io
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from PIL import Image

from tests.desk_client import Desk, changed
from tests.factories import make_question
from tests.faults.conftest import CHANGE, QUESTION, Reach
from tests.faults.disks import Disk, disk
from tests.pages.conftest import Site as StoredSite
from tests.seeds.builders import seed_file, write_seeds
from tests.servers import fetch, gunicorn
from tests.sites import Site

sqlite_only = pytest.mark.skipif(
    os.environ.get("TEST_DATABASE_URL", "").startswith("postgres"),
    reason="PostgreSQL's disk is its server's",
)


@contextmanager
def full(place: Disk) -> Iterator[None]:
    place.fill()
    yield
    place.empty()


FAULTS: dict[str, Callable[[Disk], AbstractContextManager[None]]] = {
    "full": full,
    "read-only": Disk.read_only,
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.django_db(transaction=True)
def test_page_store_goes_on_in_memory_while_its_disk_cannot_be_written(
    fault: str, tmp_path: Path
) -> None:
    address = str(make_question().path)
    with disk(tmp_path / "disk", 1) as place, FAULTS[fault](place):
        site = StoredSite(place.path / "pages.sqlite3")
        assert [site.get(address).status for _ in range(3)] == [200] * 3
        assert site.asked == [address]
        site.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Disk]:
    with disk(tmp_path / "disk", 24) as place:
        yield place


@pytest.fixture
def small(reach: Reach, place: Disk) -> Site:
    """A copy of the site, all of it on the small disk."""
    file = place.path / "site.sqlite3"
    source = reach.site.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(file)) as new:
        old.backup(new)
    return Site(
        f"sqlite:///{file}",
        migrate=False,
        CACHE_URL="locmemcache://",
        MEDIA_ROOT=str(place.path / "media"),
        PAGE_STORE="true",
        PAGE_STORE_FILE=str(place.path / "pages.sqlite3"),
    )


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((400, 400), 90).save(buffer, "PNG")
    return buffer.getvalue()


@sqlite_only
@pytest.mark.parametrize("fault", FAULTS)
def test_readers_go_on_and_editors_are_told_while_the_disk_cannot_be_written(
    fault: str, small: Site, place: Disk, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with gunicorn(small.environment, log, "--threads=2") as (_, site):
        desk = Desk(site)
        desk.log_in("ada", "a-good-password")
        before = fetch(site + QUESTION)[1]
        form = changed(desk.form(CHANGE, "question_form"), answer=f"Written on a {fault} disk.")
        data = picture()
        with FAULTS[fault](place):
            assert fetch(site + QUESTION)[:2] == (200, before)
            assert fetch(f"{site}/learn/biology/questions/tide-2")[0] == 200
            assert fetch(f"{site}/search?q=moon")[0] == 200
            answer = desk.ask(CHANGE, form)
            assert (answer.status, "was not saved" in answer.text) == (503, True)
            answer = desk.upload("/admin/learn/question/upload/", CHANGE, data)
            assert (answer.status, "could not be stored" in answer.text) == (400, True)
        assert desk.ask(CHANGE, form).status == 200
        assert f"Written on a {fault} disk." in fetch(site + QUESTION)[1]
        # Nothing that was half written is taken for the picture.
        answer = desk.upload("/admin/learn/question/upload/", CHANGE, data)
        assert answer.status == 200
        (stored,) = (place.path / "media").rglob("*.png")
        Image.open(stored).load()


@sqlite_only
@pytest.mark.parametrize("fault", FAULTS)
def test_import_stops_with_a_sentence_and_the_database_as_before_and_runs_to_its_end_later(
    fault: str, small: Site, place: Disk, tmp_path: Path
) -> None:
    files = (seed_file(f"question-{number}", title=f"Is it {number}?") for number in range(300))
    seeds = write_seeds(tmp_path / "seeds", *files)
    before = small.dump()
    with FAULTS[fault](place):
        status, _, err = small.run("loadseeds", seeds, "-v0")
    assert status == 3
    assert err.count("\n") == 1
    assert "run the command again" in err
    assert small.dump() == before
    small.manage("loadseeds", seeds, "-v0")
    assert sum("Is it " in line and '"question"' in line for line in small.dump()) == 300


@sqlite_only
@pytest.mark.parametrize("fault", FAULTS)
def test_backup_that_cannot_be_written_says_so_and_leaves_nothing(
    fault: str, reach: Reach, place: Disk
) -> None:
    with FAULTS[fault](place):
        there = sorted(path.name for path in place.path.iterdir())
        for name in ("site.tar", "site.tar.gz"):
            status, out, err = reach.site.run("backup", place.path / name)
            assert (status, out) == (1, "")
            assert "no backup was written" in err
            assert "Traceback" not in err
        assert sorted(path.name for path in place.path.iterdir()) == there

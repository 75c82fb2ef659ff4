"""A backup that was taken while somebody writes is a state that the site really had."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.sites import Site, new_database  # noqa: F401 - a fixture

SEEDS = ROOT / "fixtures" / "seeds"


def wait_for_steps(log: Path, writer: subprocess.Popen[bytes], number: int) -> list[str]:
    """The states of the site so far, once there are as many."""
    deadline = time.monotonic() + 120
    while len(states := states_of(log)) < number:
        assert writer.poll() is None, writer.communicate()[1].decode()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return states


def states_of(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def busy_site(new_database: Callable[[str], str], tmp_path: Path):  # noqa: F811
    """A site with content, and the process that writes into it."""
    site = Site(new_database("busy"), MEDIA_ROOT=str(tmp_path / "media"))
    site.manage("loadseeds", SEEDS, "-v0")
    log, stop = tmp_path / "log", tmp_path / "stop"
    writer = site.start("-m", "tests.backups.writer", log, stop)
    yield site, writer, log, stop
    writer.kill()
    writer.communicate()


@pytest.fixture
def restored(new_database: Callable[[str], str], tmp_path: Path) -> Site:  # noqa: F811
    return Site(
        new_database("restored"), migrate=False, MEDIA_ROOT=str(tmp_path / "restored-media")
    )


def test_restored_backup_has_every_row_as_one_moment_of_the_busy_site_had_it(
    busy_site, restored: Site, tmp_path: Path
) -> None:
    site, writer, log, stop = busy_site
    before = wait_for_steps(log, writer, 3)
    site.manage("backup", tmp_path / "one.tar")
    during = wait_for_steps(log, writer, len(before) + 3)
    site.manage("backup", tmp_path / "two.tar.gz")
    # The writer went on all the time.
    wait_for_steps(log, writer, len(during) + 3)
    stop.touch()
    assert writer.wait(30) == 0
    states = states_of(log)
    assert len(states) == len(set(states))

    moments = []
    for archive in ("one.tar", "two.tar.gz"):
        restored.manage("restore", tmp_path / archive, "--force", "-v0")
        moments.append(states.index(rows_of(restored)[-1]))
    assert 2 <= moments[0] < moments[1]
    assert rows_of(site)[-1] == states[-1]

    restored.manage("rebuildsearch", "--check", "-v0")
    # The drafts of the writer are not published.
    restored.manage("dumpseeds", SEEDS, "--check", "-v0")
    restored.manage("migrate", "--check")
    crawled = output(restored, "-m", "tests.backups.crawl")
    assert sum("/questions/" in line and "/cite" not in line for line in crawled) >= 40
    assert sum(line.startswith("/media/") for line in crawled) == moments[1]


def rows_of(site: Site) -> list[str]:
    return output(site, "-m", "tests.backups.rows")


def output(site: Site, *arguments: object) -> list[str]:
    process = site.start(*arguments)
    out, err = process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode().splitlines()

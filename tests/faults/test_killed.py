"""Processes that are killed, or work at the same time: workers, importers, migrations."""

import os
import random
import shutil
import signal
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

import pytest

from bench.servers import tree
from tests.faults.conftest import QUESTION, Reach
from tests.seeds.natural_dump import differences
from tests.servers import fetch, gunicorn, wait_until
from tests.sites import Site, new_database  # noqa: F401 - a fixture
from tests.test_restart import Load


def test_killed_worker_is_replaced_and_only_what_it_was_answering_is_lost(
    reach: Reach, tmp_path: Path
) -> None:
    values = reach.environment
    with gunicorn(values, tmp_path / "log", "--workers=2", "--threads=2") as (master, site):
        wait_until(lambda: len(tree(master.pid)) == 3, "there are no two workers")
        before = fetch(site + QUESTION)[1]
        with Load(site) as load:
            load.wait_for_more()
            killed = tree(master.pid)[1]
            os.kill(killed, signal.SIGKILL)
            load.wait_for_more(40)
            wait_until(
                lambda: len(tree(master.pid)) == 3 and killed not in tree(master.pid),
                "the killed worker is not replaced",
            )
            load.wait_for_more()
        # Connections that it had taken are reset, or end within a page; at most one for each of the
        # readers.
        assert len(load.failures) <= 4
        assert all(isinstance(failure, OSError | HTTPException) for failure in load.failures)
        assert fetch(site + QUESTION)[:2] == (200, before)


@pytest.fixture
def seeds(fixtures_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fixtures_dir, tmp_path / "seeds"))


def test_two_importers_at_once_end_as_one_after_the_other(
    new_database: Callable[[str], str],  # noqa: F811
    seeds: Path,
) -> None:
    files = sorted(seeds.rglob("*.md"))
    # Overlapping halves, so that both want some of the same rows.
    one, other = files[:30], files[20:]
    calm, busy = Site(new_database("calm")), Site(new_database("busy"))
    for part in (one, other):
        calm.manage("loadseeds", *part, "-v0")
    both = [busy.start("manage.py", "loadseeds", *part, "-v0") for part in (one, other)]
    for process in both:
        _, err = process.communicate()
        assert (process.returncode, err) == (0, b"")
    assert differences(busy.dump(), calm.dump()) == []


def test_migration_killed_at_random_moments_and_run_again_ends_well(
    new_database: Callable[[str], str],  # noqa: F811
    seeds: Path,
) -> None:
    site = Site(new_database("killed"), migrate=False)
    moments = random.Random(20261129)
    # Until one run comes to its end; each later one begins where the one before was stopped.
    kills = 0
    while site.kill_after(moments.uniform(1.5, 4) + kills, "migrate", "-v0"):
        kills += 1
    assert kills
    site.manage("migrate", "-v0", "--check")
    site.manage("loadseeds", seeds, "-v0")
    site.manage("checkcontent")
    calm = Site(new_database("calm"))
    calm.manage("loadseeds", seeds, "-v0")
    assert differences(site.dump(), calm.dump()) == []

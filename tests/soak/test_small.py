"""The long runs of `make soak`, small: the same code for some seconds."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from soak.kills import kill_imports
from soak.load import Load, mixed_load
from tests.conftest import ROOT
from tests.servers import free_port, redis_server
from tests.sites import Site, new_database  # noqa: F401 - a fixture


@pytest.fixture
def seeds(fixtures_dir: Path, tmp_path: Path) -> Path:
    """Copies: files are changed."""
    return Path(shutil.copytree(fixtures_dir, tmp_path / "seeds"))


def test_editor_publishes_during_imports_and_no_edit_is_lost_and_no_page_is_stale(
    new_database: Callable[[str], str],  # noqa: F811
    seeds: Path,
    tmp_path: Path,
) -> None:
    port = free_port()
    with redis_server(tmp_path, port):
        result = mixed_load(
            Site(new_database("load")), seeds, tmp_path, nodes=2, seconds=4, readers=2,
            searchers=1, cache=f"redis://127.0.0.1:{port}/0",
        )  # fmt: skip
    assert result.failures == [], str(result)
    assert result.publications
    assert result.imports
    assert result.times


def test_what_fails_under_load_is_reported(tmp_path: Path, seeds: Path) -> None:
    site = Site(f"sqlite:///{tmp_path}/none.sqlite3", migrate=False)
    load = Load(site, ["http://127.0.0.1:9"], {1: "/"}, seeds)
    result = load.run(0.1, readers=1, searchers=1, edited=[1])
    # The reader, the searcher, the editor and the import, each with its own words.
    assert len(result.failures) >= 4


def test_import_killed_and_run_again_ends_as_undisturbed(
    new_database: Callable[[str], str],  # noqa: F811
    seeds: Path,
) -> None:
    result = kill_imports(new_database, seeds, 1)
    assert result.failures == []
    assert (result.wanted, result.files) == (1, 49)


def test_server_that_is_not_there_is_named_before_anything_runs() -> None:
    url = "postgres://nobody@127.0.0.1:1/nowhere"
    process = subprocess.run(
        [sys.executable, "-m", "soak", "kills"],
        cwd=ROOT,
        env=os.environ | {"TEST_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert process.returncode == 1
    assert "TEST_DATABASE_URL cannot be used: " in process.stderr
    assert "createdb" in process.stderr
    assert process.stdout == ""

"""Restores by processes: onto new and old sites, broken off, by an older version's backup."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections

from learn.backups import BackupError, postgresql
from tests.backups.test_backup_under_load import rows_of
from tests.conftest import ROOT
from tests.sites import Site, new_database  # noqa: F401 - a fixture

NewDatabase = Callable[[str], str]
WRITE = "from learn.models import Author; Author.objects.create(name='Of the old site')"
BEFORE = "0009_editors_list_trash_and_uploads"
MIGRATIONS = ROOT / "learn" / "migrations"


def make_site(new_database: NewDatabase, name: str, folder: Path, **options: bool) -> Site:  # noqa: F811
    return Site(new_database(name), MEDIA_ROOT=str(folder / f"media-{name}"), **options)  # type: ignore[arg-type]


@pytest.fixture
def site(new_database: NewDatabase, tmp_path: Path) -> Site:  # noqa: F811
    """With content of its own, and a backup of it, `site.tar`."""
    site = make_site(new_database, "site", tmp_path)
    site.manage("loadsample", "-v0")
    site.manage("backup", tmp_path / "site.tar", "-v0")
    return site


def test_restore_that_is_killed_leaves_the_old_site_or_the_new_one(
    site: Site,
    new_database: NewDatabase,  # noqa: F811
    tmp_path: Path,
) -> None:
    other = make_site(new_database, "other", tmp_path)
    start = time.monotonic()
    other.manage("restore", tmp_path / "site.tar", "-v0")
    duration = time.monotonic() - start
    new = rows_of(site)
    assert rows_of(other) == new

    other.manage("shell", "-v0", "-c", WRITE)
    whole = {rows_of(other)[-1], new[-1]}
    assert len(whole) == 2
    kills = 0
    # A machine that was busy may have made the first one slow: then sooner.
    for part in (0.9, 0.8, 0.7, 0.5, 0.2, 0.1):
        if part >= 0.5 or not kills:
            kills += other.kill_after(part * duration, "restore", tmp_path / "site.tar", "--force")
            assert rows_of(other)[-1] in whole
    assert kills >= 1
    other.manage("restore", tmp_path / "site.tar", "--force", "-v0")
    assert rows_of(other) == new


def test_backup_of_an_older_version_replaces_a_newer_site_and_is_migrated(
    site: Site,
    new_database: NewDatabase,  # noqa: F811
    tmp_path: Path,
) -> None:
    older = make_site(new_database, "older", tmp_path)
    older.manage("restore", tmp_path / "site.tar", "-v0")
    older.manage("migrate", "learn", BEFORE, "-v0")
    older.manage("backup", tmp_path / "older.tar", "-v0")
    site.manage("shell", "-v0", "-c", WRITE)

    out = site.manage("restore", tmp_path / "older.tar", "--force")
    missing = sum(path.stem > BEFORE for path in MIGRATIONS.glob("[0-9]*.py"))
    assert f"of an older version ({missing} migrations are missing). Now run: manage.py" in out
    assert rows_of(site) == rows_of(older)
    assert site.run("migrate", "--check")[0] == 1
    site.manage("migrate", "-v0")
    site.manage("rebuildsearch", "--check", "-v0")


def test_backup_that_does_not_fit_on_the_disk_says_so_and_leaves_nothing(
    site: Site, tmp_path: Path
) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    limited = f"ulimit -f 100; exec {sys.executable} manage.py backup {folder}/site.tar"
    process = subprocess.run(
        ["sh", "-c", limited], cwd=ROOT, env=site.environment, capture_output=True, check=False
    )
    assert process.returncode == 1
    assert b"no backup was written" in process.stderr
    assert os.listdir(folder) == []


def test_password_is_not_on_the_command_line_of_a_program(monkeypatch) -> None:
    values = {"NAME": "site", "PASSWORD": "secret-word", "OPTIONS": {}}
    monkeypatch.setattr(connections["default"], "settings_dict", values)
    with postgresql._start("sh", "-c", "echo $PGPASSWORD") as process:
        out, _ = process.communicate()
    assert "secret-word" not in " ".join(map(str, process.args))
    assert out == b"secret-word\n"


def test_missing_program_is_named_with_its_package(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackupError, match=r"^pg_dump is not installed.*postgresql-client"):
        postgresql._start("pg_dump", site=False)

"""The settings as a server starts with them: in a process of its own."""

import os
import sqlite3
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection

from tests.conftest import ROOT

SECRET = "a-long-random-text-of-more-than-fifty-characters-0123456789"


def start(**environment: str) -> tuple[int, str]:
    """(exit status, last line of the errors) of Django's start with this environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env=kept | {"DJANGO_SETTINGS_MODULE": "quicktakes.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return process.returncode, (process.stderr.strip().splitlines() or [""])[-1]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (
            {"DEBUG": "false"},
            "SECRET_KEY is not set. Set it to a long random text that you keep to yourself, for "
            "example the output of: python -c 'import secrets; "
            "print(secrets.token_urlsafe(50))'. On a machine of your own you can set DEBUG=true "
            "instead.",
        ),
        (
            {"DEBUG": "false", "SECRET_KEY": SECRET},
            "ALLOWED_HOSTS is not set. Set it to the names that the site answers to, for example "
            "ALLOWED_HOSTS=quicktakes.example,www.quicktakes.example. On a machine of your own "
            "you can set DEBUG=true instead.",
        ),
        (
            {"DEBUG": "true", "LANGUAGE_CODE": "tlh"},
            "LANGUAGE_CODE is “tlh”, but only these languages are shipped: en, es. "
            "docs/translating.md says how to add one.",
        ),
        (
            {"DEBUG": "true", "CONTENT_LANGUAGE": "Old English"},
            "CONTENT_LANGUAGE must be the tag of a language, for example “en” or “pt-BR”.",
        ),
    ],
)
def test_missing_or_wrong_setting_stops_the_start_and_says_what_to_set(
    environment: dict[str, str], sentence: str
) -> None:
    status, error = start(**environment)
    assert status == 1
    assert error == f"django.core.exceptions.ImproperlyConfigured: {sentence}"


def test_complete_environment_starts() -> None:
    assert start(DEBUG="false", SECRET_KEY=SECRET, ALLOWED_HOSTS="quicktakes.example") == (0, "")


@pytest.mark.parametrize("language", ["en", "es"])
def test_shipped_language_starts(language: str) -> None:
    assert start(DEBUG="true", LANGUAGE_CODE=language, CONTENT_LANGUAGE="pt-BR") == (0, "")


def test_debug_needs_nothing_else() -> None:
    assert start(DEBUG="true") == (0, "")


def test_cache_that_the_environment_names_answers() -> None:
    key = uuid.uuid4().hex
    cache.set(key, "kept", timeout=10)
    assert cache.get(key) == "kept"
    cache.delete(key)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="is about SQLite's file")
def test_new_file_of_sqlite_has_large_pages_and_one_that_is_there_keeps_its_own(
    tmp_path: Path,
) -> None:
    options = connection.settings_dict["OPTIONS"]["init_command"]
    new, old = (sqlite3.connect(tmp_path / name) for name in ("new.sqlite3", "old.sqlite3"))
    old.execute("CREATE TABLE one (id INTEGER)")
    for file, size in ((new, 16_384), (old, 4_096)):
        file.executescript(options)
        file.execute("CREATE TABLE another (id INTEGER)")
        assert file.execute("PRAGMA page_size").fetchone() == (size,)
        file.close()

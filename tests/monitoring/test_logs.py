"""What stands in the log of a real server, and what must never stand there."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.servers import fetch, gunicorn, wait_until
from tests.sites import Site

CONFIGURATION = """
import os
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")
logconfig_dict = settings.LOGGING
"""


class Log:
    """A running site and its log."""

    def __init__(self, address: str, path: Path) -> None:
        self.address, self.path = address, path

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], dict[str, Any]]:
        """(status, headers, access record)."""
        status, _, answered = fetch(self.address + path, **headers)
        number = answered["X-Request-ID"]
        # It is written after the last byte has gone.
        wait_until(lambda: self.access(number) != [], "no access record")
        (record,) = self.access(number)
        return status, answered, record

    def records(self) -> list[dict[str, Any]]:
        whole = self.path.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def access(self, number: str) -> list[dict[str, Any]]:
        found = [record for record in self.records() if record["logger"] == "quicktakes.access"]
        return [record for record in found if record["request_id"] == number]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    folder = tmp_path_factory.mktemp("log")
    (folder / "gunicorn.conf.py").write_text(CONFIGURATION)
    site = Site(
        f"sqlite:///{folder}/site.sqlite3",
        CACHE_URL="locmemcache://",
        LOG_FORMAT="json",
        LOG_ACCESS="true",
    )
    options = ("-c", str(folder / "gunicorn.conf.py"))
    with gunicorn(site.environment, folder / "out", *options) as (_, address):
        yield Log(address, folder / "out")


def test_request_gives_one_record_with_the_id_that_the_answer_bears(log: Log) -> None:
    status, headers, record = log.ask("/learn")
    assert status == 200
    assert record["request_id"] == headers["X-Request-ID"]
    assert len(record["request_id"]) == 32
    assert record["level"] == "INFO"
    assert (record["method"], record["path"], record["status"]) == ("GET", "/learn", 200)
    assert record["bytes"] == int(headers["Content-Length"])
    assert record["ms"] > 0
    assert "user" not in record


def test_id_of_the_proxy_is_taken_over(log: Log) -> None:
    _, headers, record = log.ask("/healthz", **{"X-Request-ID": "proxy-0123_abc"})
    assert headers["X-Request-ID"] == "proxy-0123_abc" == record["request_id"]


@pytest.mark.parametrize("given", ["short", "a" * 65, 'a"},{"level":"ERROR', "two words here"])
def test_id_that_is_none_is_replaced(log: Log, given: str) -> None:
    _, headers, record = log.ask("/healthz", **{"X-Request-ID": given})
    assert headers["X-Request-ID"] == record["request_id"] != given


def test_neither_search_words_nor_cookies_nor_tokens_are_written(log: Log) -> None:
    status, _, record = log.ask("/search?q=my+illness", Cookie="sessionid=secret-cookie")
    assert (status, record["path"]) == (200, "/search")
    status, _, record = log.ask("/preview/secret-token")
    assert (status, record["path"]) == (404, "/preview/…")
    log.ask("/none?password=secret-query")
    for word in ("illness", "secret"):
        assert word not in log.path.read_text()


def test_line_break_in_an_address_makes_no_second_record(log: Log) -> None:
    before = len(log.records())
    status, _, record = log.ask("/none%0A%7B%22level%22:%22ERROR%22%7D")
    assert (status, len(log.records())) == (404, before + 1)
    assert record["path"].startswith("/none%0A")


def test_everything_of_gunicorn_is_json_too(log: Log) -> None:
    assert {"gunicorn.error", "quicktakes.access"} <= {record["logger"] for record in log.records()}


def test_error_has_its_traceback_and_the_id_of_its_request(tmp_path: Path) -> None:
    """A real one: the database has no tables."""
    (tmp_path / "new.sqlite3").touch()
    site = Site(
        f"sqlite:///{tmp_path}/new.sqlite3", migrate=False, LOG_FORMAT="json", LOG_ACCESS="true"
    )
    (tmp_path / "gunicorn.conf.py").write_text(CONFIGURATION)
    options = ("-c", str(tmp_path / "gunicorn.conf.py"))
    with gunicorn(site.environment, tmp_path / "out", *options) as (_, address):
        log = Log(address, tmp_path / "out")
        status, headers, record = log.ask("/learn?q=secret")
        (error,) = [record for record in log.records() if record["level"] == "ERROR"]
    assert status == record["status"] == 500
    assert error["request_id"] == headers["X-Request-ID"]
    assert error["traceback"].startswith("Traceback (most recent call last)")
    assert "no such table" in error["traceback"]
    assert "request" not in error
    assert "secret" not in log.path.read_text()


def test_text_for_people_is_a_line_each(tmp_path: Path) -> None:
    site = Site(f"sqlite:///{tmp_path}/site.sqlite3", migrate=False, LOG_ACCESS="true")
    with gunicorn(site.environment, tmp_path / "out") as (_, address):
        _, _, headers = fetch(f"{address}/healthz")
        number = headers["X-Request-ID"]
        wait_until(lambda: number in (tmp_path / "out").read_text(), "no access record")
        line = (tmp_path / "out").read_text().splitlines()[-1]
    assert f"INFO quicktakes.access {number}: GET /healthz 200 " in line

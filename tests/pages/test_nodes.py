"""Two real servers that share a database: what one process changes, both show."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.db import connection

from learn.models import Question
from tests.conftest import ROOT
from tests.factories import make_question

pytestmark = pytest.mark.django_db(transaction=True)

EDIT = """
import django; django.setup()
from learn.models import Question
from learn import publishing
question = Question.objects.get()
question.answer = "It moves sodium out."
publishing.save_question(question)
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a server for the tests' database: SQLite's lives in this process and is copied."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "CACHE_URL") if name in os.environ}
    if connection.vendor == "sqlite":
        url = f"sqlite:///{tmp_path}/site.sqlite3"
    else:
        values = connection.settings_dict
        url = f"postgres://{values['USER']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "quicktakes.settings",
        "DEBUG": "true",
        "DATABASE_URL": url,
        "SITE_URL": settings.SITE_URL,
        "PAGE_STORE": "true",
        "PAGE_STORE_FILE": str(tmp_path / "pages.sqlite3"),
    }


@pytest.fixture
def nodes(environment: dict[str, str], tmp_path: Path) -> Iterator[list[str]]:
    make_question(slug="pump")
    if connection.vendor == "sqlite":
        with sqlite3.connect(tmp_path / "site.sqlite3") as copy:
            connection.connection.backup(copy)
        copy.close()
    ports = [free_port() for _node in range(2)]
    servers = [
        subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "quicktakes.wsgi", "--bind", f"127.0.0.1:{port}"],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for port in ports
    ]
    try:
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        for address in addresses:
            wait_for(address)
        yield addresses
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(30)


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            return urlopen(f"{address}/robots.txt").close()
        except URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def get(address: str) -> str:
    with urlopen(Request(address, headers={"Accept-Encoding": "identity"})) as answer:
        return str(answer.read().decode())


def test_what_another_process_publishes_both_nodes_show(
    nodes: list[str], environment: dict[str, str]
) -> None:
    question = Question.objects.select_related("subject").get()
    shown = [str(question.path), question.subject.get_absolute_url(), "/feed.atom"]
    for node in nodes:
        for address in shown:
            assert "sodium" not in get(node + address)
    subprocess.run([sys.executable, "-c", EDIT], env=environment, cwd=ROOT, check=True)
    # The deadline is 0.25 s; twice the interval in which a process reads what has changed.
    time.sleep(0.05)
    for node in nodes:
        for address in shown:
            assert "It moves sodium out." in get(node + address), address

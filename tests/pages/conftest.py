"""A page store before the real Django, and a reader who asks it."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import RequestFactory

from learn.pages import journal
from learn.pages.stores import SQLiteStore
from learn.pages.wsgi import PageStore
from tests.factories import make_question


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Site:
    """The site with a page store; counts what Django is asked for."""

    def __init__(self, file: Path) -> None:
        self.django = get_wsgi_application()
        self.asked: list[str] = []
        self.store = SQLiteStore(file, 50_000_000)
        self.processes: list[PageStore] = []
        self.application = self.process()

    def process(self) -> PageStore:
        """The store as another process has it, which shares the file."""
        process = PageStore(self._count, self.store, 10_000_000, "release")
        self.processes.append(process)
        return process

    def close(self) -> None:
        for process in self.processes:
            process.close()

    def _count(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        self.asked.append(environ["PATH_INFO"])
        return self.django(environ, start_response)

    def get(
        self,
        address: str,
        *,
        method: str = "GET",
        application: Callable[..., Any] | None = None,
        **headers: str,
    ) -> Answer:
        return ask(application or self.application, address, method=method, **headers)

    def fresh(self, address: str) -> Answer:
        """As Django makes it now."""
        return ask(self.django, address)


def ask(
    application: Callable[..., Any], address: str, *, method: str = "GET", **headers: str
) -> Answer:
    parts = urlsplit(address)
    given = {"QUERY_STRING": parts.query, "HTTP_HOST": "127.0.0.1", **headers}
    environ = RequestFactory(SERVER_NAME="127.0.0.1").generic(method, parts.path, **given).environ
    environ["wsgi.input"] = BytesIO()
    said: list[Any] = []
    answer = application(environ, lambda *arguments: said.extend(arguments[:2]))
    try:
        body = b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return Answer(int(said[0].split()[0]), dict(said[1]), body)


@pytest.fixture
def pages(
    tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Site]:
    """Changes are known at once, not only after the interval. The connection is kept from request
    to request, as on a site: to open one takes PostgreSQL as long as to answer five."""
    monkeypatch.setattr(journal, "INTERVAL", -1)
    # Itself, not the proxy, from which monkeypatch would take the attribute away in the end.
    connection = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    monkeypatch.setattr(connection, "close_at", None)
    site = Site(tmp_path / "pages.sqlite3")
    yield site
    site.close()


@pytest.fixture
def address(pages: Site) -> str:
    return str(make_question(slug="pump", title="What does the pump do?").path)

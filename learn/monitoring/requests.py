"""The outermost layer around the application: an id for each request, and what is noted of it.

It stands before Django and before stored pages, so that nothing is answered unseen.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from random import getrandbits
from time import perf_counter
from typing import Any
from urllib.parse import quote

from django.db import DatabaseError
from django.http import HttpRequest

from learn.monitoring.counting import count_request
from learn.monitoring.logs import request_id

logger = logging.getLogger("quicktakes.access")

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
FindStored = Callable[[Environ], tuple[str, list[tuple[str, str]], list[bytes]] | None]

# What a proxy may hand on as an id: nothing that could be anything else than an id in a log.
SANE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Where a name stands that is a secret by itself: everybody who knows it may read.
SECRET_PATHS = ("/preview/",)
LONGEST_PATH = 300

# What is known only inside of Django, handed outwards in the request's own dictionary.
STAFF, ROUTE = "quicktakes.staff", "quicktakes.route"


def note_request(request: HttpRequest) -> None:
    """Hand outwards the name of the route, and at the desk the user. Called as the view is known:
    readers' pages ask for no session, and this does not either."""
    match = request.resolver_match
    assert match is not None  # the view is known
    request.META[ROUTE] = match.view_name
    if match.namespace == "admin":
        user = getattr(request, "user", None)
        # A database that is gone is for the view to find.
        with suppress(DatabaseError):
            request.META[STAFF] = user.pk if user is not None else None


class Monitored:
    """A WSGI application whose requests are noted: the id in the answer's header `X-Request-ID` and
    in every record, and one access record when the last byte has gone.

    Where no access records are written, stored pages bear no id: there is no record of them.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self._stored: FindStored | None = getattr(application, "stored", None)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began = perf_counter()
        if self._stored is not None and not logger.isEnabledFor(logging.INFO):
            # A stored page leaves no record that an id could lead to, and its answer is at hand: to
            # note more of it would take as long as to find it.
            stored = self._stored(environ)
            if stored is not None:
                status, headers, parts = stored
                start_response(status, headers)
                seconds = perf_counter() - began
                count_request("stored", environ["REQUEST_METHOD"], int(status[:3]), seconds)
                return parts
        note = Note(environ, began)
        # Of this thread, which answers one request after the other.
        request_id.set(note.id)

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            note.status = int(status[:3])
            note.headers = headers
            # A list of its own: a stored page gives the same one with every answer.
            return start_response(status, [*headers, ("X-Request-ID", note.id)], *more)

        try:
            body = self.application(environ, start)
        except BaseException:
            note.status = 500
            note.close()
            raise
        file_wrapper = environ.get("wsgi.file_wrapper")
        if isinstance(file_wrapper, type) and isinstance(body, file_wrapper):
            # The server sends it by itself only if it is handed on as it is.
            note.close()
            return body
        return Body(body, note)


class Note:
    """What is noted of a request."""

    __slots__ = ("began", "environ", "headers", "id", "size", "status")

    def __init__(self, environ: Environ, began: float) -> None:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        self.id = given if SANE_ID.fullmatch(given) else f"{getrandbits(128):032x}"
        self.environ, self.began = environ, began
        self.status, self.size = 0, 0
        self.headers: list[tuple[str, str]] = []

    def close(self) -> None:
        """The request is over."""
        seconds = perf_counter() - self.began
        route = self.environ.get(ROUTE, "none")
        count_request(route, self.environ["REQUEST_METHOD"], self.status, seconds)
        if logger.isEnabledFor(logging.INFO):
            self._write(seconds)
        request_id.set("")

    def _write(self, seconds: float) -> None:
        method, path = self.environ["REQUEST_METHOD"], self.path
        ms = round(seconds * 1000, 1)
        size = self.size or self._stated_size
        values = {"method": method, "path": path, "status": self.status, "ms": ms, "bytes": size}
        if staff := self.environ.get(STAFF):
            values["user"] = staff
        text = "%s %s %s %s ms %s bytes"
        logger.info(text, method, path, self.status, ms, size, extra=values)

    @property
    def path(self) -> str:
        """As it was asked for. Without the query: what people search for is theirs."""
        path = self.environ.get("RAW_URI", "").partition("?")[0] or quote(
            self.environ.get("PATH_INFO", ""), encoding="latin-1"
        )
        for beginning in SECRET_PATHS:
            if path.startswith(beginning):
                return f"{beginning}…"
        return path[:LONGEST_PATH]

    @property
    def _stated_size(self) -> int:
        for name, value in self.headers:
            if name.lower() == "content-length":
                return int(value)
        return 0


class Body:
    """The parts of an answer, counted; with the last one the request is over."""

    __slots__ = ("_body", "_note")

    def __init__(self, body: Iterable[bytes], note: Note) -> None:
        self._body, self._note = body, note

    def __iter__(self) -> Iterator[bytes]:
        for part in self._body:
            self._note.size += len(part)
            yield part

    def close(self) -> None:
        try:
            if close := getattr(self._body, "close", None):
                close()
        finally:
            self._note.close()

"""The layer before Django that answers readers with stored pages."""

import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError
from django.http.request import split_domain_port, validate_host
from django.utils.http import parse_http_date_safe

from learn.monitoring.counting import count_page_store
from learn.monitoring.requests import ROUTE
from learn.pages import ENVIRON_KEY
from learn.pages.address import chosen_encoding, chosen_parameters
from learn.pages.entry import Entry, Headers, make_entry
from learn.pages.journal import Journal
from learn.pages.memory import Memory
from learn.pages.moments import Moments
from learn.pages.stores import LEASE, Store

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
# Status, headers (not to be changed) and body.
Stored = tuple[str, Headers, list[bytes]]
# In a request's dictionary: the key that was looked for without success, None if it has none.
MISSED = "quicktakes.missed"

# What views may `keep`. Only these wait for each other; what is no page among them (a redirect,
# a 404) is made anew each time.
STORED = re.compile(
    r"/(?:|learn|topics|newest|how-answers-are-made|robots\.txt|llms\.txt|opensearch\.xml"
    r"|feed\.(?:atom|json)|sitemap[a-z0-9-]*\.xml)"
    r"|/learn/[a-z0-9-]+(?:|/feed\.atom|/flashcards|/questions/[^/]+)"
    r"|/topics/[^/]+(?:|/flashcards)"
)
# Seconds between two looks for a page that another process makes.
PAUSE = 0.005
HOSTS_REMEMBERED = 1_000


class Made(NamedTuple):
    """What Django answered."""

    status: str
    headers: Headers
    body: bytes


class PageStore:
    """Answers GET and HEAD from memory, then from what the processes share, then from Django.

    No page is given from the moment on at which the journal, read at most
    `learn.pages.journal.INTERVAL` ago, says that it is stale. Of several requests for a page that
    is not there one makes it; the others wait for that.
    """

    def __init__(self, application: Application, store: Store, memory: int, release: str) -> None:
        self._application = application
        self._store = store
        self._memory = Memory(memory)
        self._release = release
        self._journal = Journal()
        self._moments = Moments()
        self._making: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._hosts: dict[str, bool] = {}
        header = settings.SECURE_PROXY_SSL_HEADER or ("", "")
        self._secure_header, self._secure_value = header

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        stored = None if MISSED in environ else self.stored(environ)
        if stored is None:
            key = environ.pop(MISSED)
            if key is None:
                return self._application(environ, start_response)
            count_page_store("made")
            made = self._make(key, environ)
            if isinstance(made, Made):
                start_response(made.status, made.headers)
                return [made.body] if environ["REQUEST_METHOD"] == "GET" else []
            stored = _answer(made, environ)
        environ.setdefault(ROUTE, "stored")
        status, headers, body = stored
        start_response(status, headers)
        return body

    def stored(self, environ: Environ) -> Stored | None:
        """What is answered if the page is there. If it is not, calling the store with the same
        `environ` looks no further for it."""
        key = self._key(environ)
        if key is not None:
            self._journal.refresh()
            entry = self._memory.get(key)
            if entry is not None and self._is_fresh(entry):
                count_page_store("memory")
                return _answer(entry, environ)
            if (entry := self._find_shared(key)) is not None:
                count_page_store("shared")
                return _answer(entry, environ)
        environ[MISSED] = key
        return None

    def close(self) -> None:
        """Let go of the connection that the journal is read by."""
        self._journal.close()

    def _key(self, environ: Environ) -> str | None:
        """None for what is never stored."""
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not STORED.fullmatch(path):
            return None
        if not self._is_allowed(environ.get("HTTP_HOST", "")):
            return None
        is_secure = environ["wsgi.url_scheme"] == "https" or (
            environ.get(self._secure_header) == self._secure_value != ""
        )
        if not is_secure and settings.SECURE_SSL_REDIRECT:
            return None
        parameters = chosen_parameters(path, environ.get("QUERY_STRING", ""))
        encoding = chosen_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        return f"{self._release} {encoding} {is_secure:d} {path} {parameters}"

    def _is_allowed(self, host: str) -> bool:
        """Whether Django would answer to this name: it refuses those of others with 400."""
        known = self._hosts.get(host)
        if known is None:
            if len(self._hosts) > HOSTS_REMEMBERED:
                self._hosts.clear()
            domain, _port = split_domain_port(host)
            known = self._hosts[host] = bool(domain) and validate_host(
                domain, settings.ALLOWED_HOSTS
            )
        return known

    def _is_fresh(self, entry: Entry) -> bool:
        generation = self._journal.generation
        if entry.checked != generation and not self._journal.is_unchanged_since(entry.made_in):
            if not self._journal.is_fresh(entry.made_in, entry.names.split()):
                return False
            entry.checked = generation
        # What is from the future was made before the clock was set back: other moments count now.
        return entry.made_at <= time.time() < entry.until

    def _find(self, key: str) -> Entry | None:
        """The page as another thread or process may have stored it."""
        entry = self._memory.get(key)
        if entry is not None and self._is_fresh(entry):
            return entry
        return self._find_shared(key)

    def _find_shared(self, key: str) -> Entry | None:
        packed = self._store.get(key)
        if packed is not None:
            entry = Entry.unpack(packed)
            if self._journal.is_ahead(entry.made_in):
                self._journal.refresh(at_once=True)
            if self._is_fresh(entry):
                self._memory.offer(key, entry)
                return entry
        return None

    def _make(self, key: str, environ: Environ) -> Entry | Made:
        """Let Django make the page, unless somebody else is about to."""
        with self._lock:
            making = self._making.get(key)
            if making is None:
                self._making[key] = threading.Event()
        if making is not None:
            making.wait(LEASE)
            return self._find(key) or self._render(key, environ)
        try:
            return self._wait_for_others(key) or self._render(key, environ)
        finally:
            self._store.release(key)
            with self._lock:
                self._making.pop(key).set()

    def _wait_for_others(self, key: str) -> Entry | None:
        """What another process made meanwhile; None as soon as it is ours to make."""
        deadline = time.monotonic() + LEASE
        while not self._store.lease(key) and time.monotonic() < deadline:
            time.sleep(PAUSE)
            self._journal.refresh()
            if entry := self._find(key):
                return entry
        # Who had the lease may have stored it after our last look.
        return self._find(key)

    def _render(self, key: str, environ: Environ) -> Entry | Made:
        # From before the page is made: what is changed meanwhile may be in it or not.
        made_in, generation = self._journal.snapshot, self._journal.generation
        made, shown = self._ask(environ, generation)
        if shown is None or made_in is None:
            return made
        until, names = shown
        encoding = key.split(" ", 2)[1]
        entry = make_entry(made.body, made.headers, encoding, made_in, until, names)
        self._memory.put(key, entry)
        self._store.put(key, entry.pack())
        return entry

    def _ask(
        self, environ: Environ, generation: int
    ) -> tuple[Made, tuple[float, frozenset[str]] | None]:
        """Django's answer, and if it may be kept until when, and what it shows."""
        said: list[Any] = []

        def start_response(status: str, headers: Headers, exc_info: object = None) -> None:
            said[:] = [status, headers]

        # The whole page, for whoever asks for it next, and as it is.
        asked = {**environ, "REQUEST_METHOD": "GET", ENVIRON_KEY: None}
        for name in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"):
            asked.pop(name, None)
        parts = self._application(asked, start_response)
        try:
            body = b"".join(parts)
            status, headers = said
            if ROUTE in asked:
                environ[ROUTE] = asked[ROUTE]
            names = asked[ENVIRON_KEY]
            kept = None
            if names is not None and _is_for_everybody(headers):
                kept = self._until(names, generation)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return Made(status, headers, body), kept

    def _until(self, names: frozenset[str], generation: int) -> tuple[float, frozenset[str]] | None:
        try:
            return self._moments.next(names, generation), names
        except DatabaseError:
            # It went while the page was made.
            return None


def _is_for_everybody(headers: Headers) -> bool:
    """A second look at what a view said: nothing personal in it."""
    given = {name.lower(): value.lower() for name, value in headers}
    return "set-cookie" not in given and given.get("vary", "accept-encoding") == "accept-encoding"


def _answer(entry: Entry, environ: Environ) -> Stored:
    body: list[bytes] = []
    if _is_known(entry, environ):
        status, headers = "304 Not Modified", entry.not_modified
    else:
        status, headers = "200 OK", entry.headers
        if environ["REQUEST_METHOD"] == "GET":
            body = [entry.body]
    if "HTTP_X_FORWARDED_PROTO" in environ:
        # For nginx, which keeps it to itself: until the end of this second. "1" would mean the
        # next two seconds in part, as nginx counts whole ones. A second takes the load off.
        expiry = ("X-Accel-Expires", f"@{int(time.time())}")
        return status, [*headers, expiry], body
    return status, headers, body


def _is_known(entry: Entry, environ: Environ) -> bool:
    """Whether the client has just this page (RFC 9110, 13.2.2)."""
    tags = environ.get("HTTP_IF_NONE_MATCH")
    if tags is not None:
        # A proxy that compresses anew marks them as weak.
        return any(tag.strip().removeprefix("W/") in (entry.etag, "*") for tag in tags.split(","))
    date = environ.get("HTTP_IF_MODIFIED_SINCE")
    since = parse_http_date_safe(date) if date else None
    return since is not None and since >= entry.made_at

"""What load balancers and operators ask a running process: does it live, can it answer readers.

Answered before anything else of a request: by any host name, on plain HTTP, without a session.
"""

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import cache as remember

from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

logger = logging.getLogger(__name__)

# For how long a balancer had better not ask again, in seconds.
RETRY_AFTER = 5

# Of every answer. What guards other pages comes from middleware that these do without.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}

Probe = Callable[[HttpRequest], HttpResponse | None]
# What readyz looks at; each of its lines begins with one of them.
PARTS = ("database", "migrations", "cache")


def healthz(request: HttpRequest) -> HttpResponse:
    """The process lives. Touches nothing: a restart mends no database."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Database and cache answer, and the tables are those of this version; else 503 with what
    fails. Why it fails is in the log alone: errors of drivers name hosts and accounts."""
    found = list(failures())
    if not found:
        return HttpResponse("ready\n", content_type="text/plain")
    text = "".join(f"{failure}\n" for failure in found)
    headers = {"Retry-After": str(RETRY_AFTER)}
    return HttpResponse(text, status=503, content_type="text/plain", headers=headers)


PROBES: dict[str, Probe] = {"/healthz": healthz, "/readyz": readyz}


def answer(request: HttpRequest, probes: Mapping[str, Probe]) -> HttpResponse | None:
    """Of a probe; None for any other address."""
    probe = probes.get(request.path_info)
    if probe is None:
        return None
    methods = ("GET", "HEAD")
    response = probe(request) if request.method in methods else HttpResponseNotAllowed(methods)
    if response is not None:
        for name, value in HEADERS.items():
            response[name] = value
    return response


def failures() -> Iterator[str]:
    """A line for each part that fails."""
    # Whatever a driver raises means the same here.
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Exception:
        logger.warning("The database does not answer", exc_info=True)
        yield "database: does not answer"
    else:
        if missing := len(_migrations() - applied.keys()):
            yield f"migrations: {missing} not applied; run manage.py migrate"
    try:
        # Of one that goes on without Redis: what Redis itself says.
        asked = getattr(cache, "redis", cache)
        key = f"readyz-{uuid.uuid4().hex}"
        asked.set(key, key, timeout=10)
        if asked.get(key) != key:
            yield "cache: does not keep what it is given"
        asked.delete(key)
    except Exception:
        logger.warning("The cache does not answer", exc_info=True)
        yield "cache: does not answer"


@remember
def _migrations() -> frozenset[tuple[str, str]]:
    """Those that this version has; they lie in files, which do not change while it runs."""
    return frozenset(MigrationLoader(None).disk_migrations)

"""When the database does not answer: which errors mean that, and what whoever asked is told."""

import logging
import os
import sqlite3
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.signals import request_started
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

# Seconds between two looks for SQLite's file on behalf of who only reads. Each is two calls of the
# system, after which a thread waits for its turn again.
LOOK_EVERY = 0.05
logger = logging.getLogger(__name__)

# Seconds until a program had better come again.
RETRY_AFTER = 10
# Classes of SQL states: no connection, no resources (a full disk among them), an operator stops
# the server. And a transaction that may not write: a server that became a standby, or restarts.
POSTGRESQL = ("08", "53", "57P", "25006")
# The file cannot be opened, read or written, or somebody else holds it for longer than we wait.
SQLITE = tuple(
    f"SQLITE_{name}" for name in ("BUSY", "CANTOPEN", "FULL", "IOERR", "LOCKED", "READONLY")
)


def is_outage(error: BaseException | None) -> bool:
    """Whether the database is not there, as opposed to a statement that is wrong."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", "").startswith(SQLITE)
    # A connection that broke or was never made has no state.
    state = getattr(cause, "sqlstate", None)
    return state is None or state.startswith(POSTGRESQL)


def unavailable(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503 with a page that needs no database; why it is so is in the log alone."""
    logger.warning("The database does not answer: %s", error)
    is_sent_to_desk = request.method == "POST" and request.path_info.startswith("/admin/")
    html = render_to_string("503.html", {"is_sent_to_desk": is_sent_to_desk})
    headers = {"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"}
    return HttpResponse(html, status=503, headers=headers)


def never_create_database() -> None:
    """Let this process open SQLite's file, but not make a new one where it is missing.

    A site whose file was moved away would go on with an empty one under the same name, and with
    the write-ahead log of the old one, which would be lost.
    """
    file = _database_file()
    if file is not None:
        options = connections.settings[DEFAULT_DB_ALIAS]["OPTIONS"]
        options["database"] = f"file:{quote(str(file.absolute()))}?mode=rw"


def leave_moved_database() -> None:
    """Let no request of this process go on with a file of SQLite that is not there any more.

    A connection is kept from request to request, and the file with it, wherever it is moved, and
    though the disk at its place may not be written any more.
    """
    if _database_file() is not None:
        request_started.connect(_leave_moved_file)


def file_of(connection: BaseDatabaseWrapper) -> tuple[int, int, bool] | None:
    """Which file stands where SQLite's database is to be, and whether it may be written; None
    where there is none, for one in memory, and on a server."""
    if connection.vendor != "sqlite":
        return None
    name = connection.settings_dict["NAME"]
    try:
        status = os.stat(name)
    except OSError:
        return None
    return status.st_dev, status.st_ino, os.access(name, os.W_OK)


def _database_file() -> Path | None:
    values = connections.settings[DEFAULT_DB_ALIAS]
    name = str(values["NAME"])
    return Path(name) if values["ENGINE"].endswith(".sqlite3") and ":" not in name else None


def _leave_moved_file(environ: dict[str, Any] | None = None, **_: Any) -> None:
    connection: Any = connections[DEFAULT_DB_ALIAS]
    now = time.monotonic()
    is_reading = environ is not None and environ.get("REQUEST_METHOD") in ("GET", "HEAD")
    if is_reading and now - getattr(connection, "file_looked_for", 0) < LOOK_EVERY:
        return
    connection.file_looked_for = now
    file = file_of(connection)
    is_same = file is not None and file == getattr(connection, "file_before", None)
    if connection.connection is not None and not is_same:
        connection.close()
    if connection.connection is None:
        # Before it is opened: a file that takes its place meanwhile is noticed the next time.
        connection.file_before = file

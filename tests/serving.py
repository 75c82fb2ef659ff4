"""Real servers for tests: gunicorn with the project's configuration, and a plain HTTP client."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.servers import free_port, started
from tests.conftest import ROOT

SECRET = "a-long-random-text-of-more-than-fifty-characters-0123456789"


@contextmanager
def gunicorn(
    folder: Path, *arguments: str, port: int = 0, **environment: str
) -> Iterator[tuple[int, int]]:
    """(process, port) of gunicorn as gunicorn.conf.py has it, two workers, plain HTTP; its log is
    gunicorn.log in the folder. The arguments are gunicorn's, first the application."""
    port = port or free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    settings = {
        "DEBUG": "true",
        "DATABASE_URL": f"sqlite:///{folder}/site.sqlite3",
        "CACHE_URL": "locmemcache://",
        "SECRET_KEY": SECRET,
        "ALLOWED_HOSTS": "127.0.0.1,localhost,quicktakes.example",
        "BIND": f"127.0.0.1:{port}",
        "WEB_CONCURRENCY": "2",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "gunicorn", *arguments]
    log = folder / "gunicorn.log"
    with started(
        command, port, cwd=ROOT, environment=kept | settings | environment, log=log, patience=120
    ) as pid:
        yield pid, port


def exchange(port: int, request: bytes, *, timeout: float = 30) -> bytes:
    """All that the server sends on one connection after these bytes, until it closes it."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.sendall(request)
        received = b""
        try:
            while part := connection.recv(65_536):
                received += part
        except ConnectionResetError:
            # After an answer: of a request that the server does not want to hear to its end.
            if not received:
                raise
        return received


def get(
    port: int,
    path: str,
    headers: dict[str, str] | None = None,
    *,
    method: str = "GET",
    host: str = "quicktakes.example",
    body: bytes = b"",
    timeout: float = 30,
) -> tuple[int, dict[str, str], bytes]:
    """(status, headers by small letters, body) of a request of its own, the path as it is."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    answer = exchange(port, "\r\n".join([*lines, "", ""]).encode() + body, timeout=timeout)
    head, _blank, content = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":")[::2] for line in rest]
    named = {name.lower(): value.strip() for name, value in pairs}
    if named.get("transfer-encoding") == "chunked":
        content = _joined(content)
    return int(first.split()[1]), named, content


def _joined(chunks: bytes) -> bytes:
    """The body of a chunked answer."""
    body = b""
    while chunks:
        size, _newline, rest = chunks.partition(b"\r\n")
        length = int(size, 16)
        body, chunks = body + rest[:length], rest[length + 2 :]
    return body

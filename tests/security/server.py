"""A real gunicorn with the settings of a public site, and requests to it byte by byte."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from http.client import HTTPResponse
from pathlib import Path

from tests import migrated
from tests.conftest import ROOT

HOST = "site.example"
# As a proxy that ends HTTPS states it.
PROXY = {"Host": HOST, "X-Forwarded-Proto": "https"}
CONTENT = """
from django.contrib.auth.models import User
from tests.factories import make_question, make_subject
User.objects.create_superuser("ada", password="a-good-password")
make_question(slug="tide", subject=make_subject(slug="physics"))
"""


class Server:
    def __init__(self, folder: Path, **settings: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.env = kept | {
            "DJANGO_SETTINGS_MODULE": "tests.security.production_settings",
            "PYTHONPATH": str(ROOT),
            "DEBUG": "false",
            "SECRET_KEY": "a-long-random-text-of-more-than-fifty-characters-0123456789",
            "ALLOWED_HOSTS": HOST,
            "SITE_URL": f"https://{HOST}",
            "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
            "MEDIA_ROOT": str(folder / "media"),
            "TEST_STATIC_ROOT": str(folder / "static"),
            **settings,
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )

    def fill(self) -> None:
        migrated.fill(self.env["DATABASE_URL"])
        for arguments in (
            ("collectstatic", "--noinput", "--verbosity", "0"),
            ("shell", "--verbosity", "0", "-c", CONTENT),
        ):
            done = self.manage(*arguments)
            assert done.returncode == 0, done.stderr

    def start(self) -> None:
        address = f"127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "gunicorn", "quicktakes.wsgi", "--bind", address]
        self.process = subprocess.Popen(
            [*command, "--threads", "2", "--log-level", "critical"], cwd=ROOT, env=self.env
        )
        for _ in range(300):
            try:
                self._connect().close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the server did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def send(self, raw: bytes) -> HTTPResponse:
        """What the server answers to just these bytes; its body is read."""
        with self._connect() as connection:
            # It may hang up on what it will not read; its answer is there all the same.
            with contextlib.suppress(OSError):
                connection.sendall(raw)
            response = HTTPResponse(connection)
            response.begin()
            response.body = response.read()  # type: ignore[attr-defined]
        return response

    def ask(self, target: str, method: str = "GET", **headers: str) -> HTTPResponse:
        lines = [f"{method} {target} HTTP/1.1"]
        given = PROXY | {name.replace("_", "-"): value for name, value in headers.items()}
        lines += [f"{name}: {value}" for name, value in given.items()]
        lines += ["Connection: close", "", ""]
        return self.send("\r\n".join(lines).encode("latin-1"))

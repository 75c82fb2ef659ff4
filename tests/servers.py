"""Real servers for tests, each a process on a port of its own: gunicorn, Redis; and a way to cut
a connection off."""

import os
import select
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.conftest import ROOT, leave_out

# For a machine on which much else runs.
PATIENCE = 240


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def fetch(address: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    """(status, text, headers) of an answer, whatever its status."""
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return response.status, response.read().decode(), dict(response.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), dict(error.headers)


@contextmanager
def gunicorn(
    environment: dict[str, str], log: Path, *options: str, port: int = 0
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The site as it is served, and its address; what it writes is in `log`."""
    port = port or free_port()
    # A configuration of the test's own: not the one that lies in the project's folder.
    plain = log.with_name("plain.conf.py")
    plain.touch()
    command = [sys.executable, "-m", "gunicorn", "-c", str(plain), *options]
    command += ["-b", f"127.0.0.1:{port}"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "quicktakes.wsgi"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
        try:
            wait_until(lambda: answers(port) or process.poll() is not None, log.read_text())
            assert process.poll() is None, log.read_text()
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def redis_server(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    program = shutil.which("redis-server")
    if program is None:
        leave_out("there is no redis-server (Debian: apt-get install redis-server)")
    command = [program, "--port", str(port), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: answers(port), "redis-server does not answer")
        yield process
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Wire:
    """A port that leads to a server until it is cut."""

    def __init__(self, host: str, port: int) -> None:
        self.target, self.port = (host, port), free_port()
        self.mend()

    def mend(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self.port))
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def cut(self) -> None:
        for end in (self._server, *self._ends):
            # A thread that waits for it wakes up.
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                near, _ = server.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            self._ends += [near, far]
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        try:
            while True:
                for end in select.select([near, far], [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    (far if end is near else near).sendall(data)
        except (OSError, ValueError):
            return
        finally:
            near.close()
            far.close()


def environment(**changes: str) -> dict[str, str]:
    return os.environ | {"DEBUG": "true", "DJANGO_SETTINGS_MODULE": "quicktakes.settings"} | changes

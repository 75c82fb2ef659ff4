"""gunicorn is restarted under load, and no request fails."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from http.client import IncompleteRead
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.servers import PATIENCE, fetch, gunicorn, wait_until
from tests.sites import Site


class Load:
    """Readers who ask again and again, each over a connection of its own."""

    def __init__(self, address: str, readers: int = 4) -> None:
        self.address = address
        self.answers: list[object] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read) for _ in range(readers)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE)

    def _read(self) -> None:
        while not self._stop.is_set():
            try:
                self.answers.append(fetch(f"{self.address}/learn")[0])
            except (OSError, IncompleteRead) as error:
                self.answers.append(error)

    def wait_for_more(self, number: int = 12) -> None:
        goal = len(self.answers) + number
        wait_until(lambda: len(self.answers) >= goal, "the site does not answer")

    @property
    def failures(self) -> list[object]:
        return [answer for answer in self.answers if answer != 200]


def ended(log: Path) -> set[str]:
    """The workers that have ended."""
    return set(re.findall(r"Worker exiting \(pid: (\d+)\)", log.read_text()))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(f"sqlite:///{tmp_path}/site.sqlite3", CACHE_URL="locmemcache://")


def test_reload_loses_no_request(site: Site, tmp_path: Path) -> None:
    log = tmp_path / "out"
    with gunicorn(site.environment, log, "--workers=2", "--threads=2") as (master, address):
        with Load(address) as load:
            for number in (1, 2):
                load.wait_for_more()
                master.send_signal(signal.SIGHUP)
                wait_until(lambda n=number: len(ended(log)) == 2 * n, "old workers go on")
            load.wait_for_more()
        assert load.failures == []
        assert master.poll() is None


def test_restart_behind_a_socket_that_stays_open_loses_no_request(
    site: Site, tmp_path: Path
) -> None:
    """As `systemctl restart` does it with quicktakes.socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        process = start(site, listening, tmp_path / "first")
        try:
            with Load(address) as load:
                for name in ("second", "third"):
                    load.wait_for_more()
                    process.terminate()
                    assert process.wait(PATIENCE) == 0
                    process = start(site, listening, tmp_path / name)
                load.wait_for_more()
            assert load.failures == []
        finally:
            with suppress(ProcessLookupError):
                process.terminate()
            process.wait(PATIENCE)


def start(site: Site, listening: socket.socket, log: Path) -> subprocess.Popen[bytes]:
    """gunicorn with the socket handed over as systemd does: descriptor 3, and two variables."""
    number = listening.fileno()
    command = f'exec 3<&{number}; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@"'
    plain = log.with_name("plain.conf.py")
    plain.touch()
    gunicorn_command = [sys.executable, "-m", "gunicorn", "-c", str(plain)]
    gunicorn_command += ["--workers=2", "--threads=2"]
    with log.open("wb") as out:
        return subprocess.Popen(
            ["bash", "-c", command, "bash", *gunicorn_command, "quicktakes.wsgi"],
            cwd=ROOT,
            env=site.environment | {"PATH": os.environ["PATH"]},
            pass_fds=[number],
            stdout=out,
            stderr=out,
        )

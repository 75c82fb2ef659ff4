"""Servers on this machine, started for a measurement or a test, and what they cost."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
# Fields of /proc/PID/stat after the name: utime, stime, and those of children that have ended.
TIMES = slice(11, 15)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(
    command: Iterable[str | os.PathLike[str]],
    port: int,
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    patience: float = 30,
) -> Iterator[int]:
    """The server while the block runs, from when it answers on `port`; the id of its process."""
    output = log.open("wb") if log else subprocess.DEVNULL
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(environment) if environment is not None else None,
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until_open(port, process, patience)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if log:
            output.close()  # type: ignore[union-attr]


def _wait_until_open(port: int, process: subprocess.Popen[bytes], patience: float) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}: {process.args!r} (see its log)")


def tree(pid: int) -> list[int]:
    """The process and all that come from it."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [pid, *(found for child in text.split() for found in tree(int(child)))]


def cpu_seconds(pid: int) -> float:
    """Of the process and all that come from it, those that have ended included."""
    total = 0
    for each in tree(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[TIMES]))
    return total / TICKS


def pss_megabytes(pid: int) -> float:
    """What the process takes of the memory: what it shares with others counts in parts."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/{pid}/smaps_rollup has no line Pss")

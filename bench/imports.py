"""Loading seed files: cold, dry run, unchanged, one file changed; and giving them back.

Each figure is the CPU time of the whole process tree, from start to end of the command, divided
by the yardstick's: the mean of the two yardstick runs that stand before and after it. With two
processes it is the time by the clock. On PostgreSQL the server's own processes do not count.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WALL = "load, cold, --jobs 2, by the clock"
POSTGRESQL = "load, cold, on PostgreSQL"
# Ratios that this project has set itself; 0 where none is set.
LIMITS = {
    "dry run, cold": 0.6,
    "load, cold": 2.7,
    WALL: 2.0,
    "load, unchanged": 0.2,
    "load, one file changed": 0.25,
    "dump": 0.0,
    POSTGRESQL: 3.5,
}
MEMORY_LIMIT_MB = 300


@dataclass
class Figure:
    """Ratios and peak memory (MB, of the largest process) of one operation, a value a round."""

    ratios: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


@dataclass
class Cost:
    cpu_seconds: float
    seconds: float
    megabytes: float


def run(arguments: list[str], environment: dict[str, str]) -> Cost:
    """Run a command to its end; its CPU time with that of its children, its time by
    the clock, and its peak memory."""
    start = time.monotonic()
    process = subprocess.Popen(
        arguments, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{errors.decode()}")
    seconds = time.monotonic() - start
    return Cost(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / 1024)


def yardstick(folder: Path) -> float:
    output = subprocess.run(
        [sys.executable, "-m", "bench.yardstick", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    return float(output)


@contextmanager
def one_file_changed(folder: Path) -> Iterator[None]:
    path = next(folder.rglob("*.md"))
    before = path.read_bytes()
    path.write_bytes(before.replace(b"page_keywords: >-\n    ", b"page_keywords: >-\n    new, ", 1))
    try:
        yield
    finally:
        path.write_bytes(before)


class Rounds:
    """Operations and yardstick in turn, so that a slower moment touches both."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder, self.scratch = folder, scratch
        self.figures = {name: Figure() for name in LIMITS}
        self.yardsticks: list[float] = []

    def manage(self, database_url: str, *arguments: str) -> Cost:
        environment = os.environ | {"DATABASE_URL": database_url, "DEBUG": "true"}
        return run([sys.executable, "manage.py", *arguments], environment)

    def measure(self, name: str, operation: Callable[[], Cost]) -> None:
        cost = operation()
        self.yardsticks.append(yardstick(self.folder))
        unit = statistics.mean(self.yardsticks[-2:])
        spent = cost.seconds if name == WALL else cost.cpu_seconds
        self.figures[name].ratios.append(spent / unit)
        self.figures[name].megabytes.append(cost.megabytes)

    def play(self, number: int, postgresql: str | None) -> None:
        """One round, on new databases."""
        url, other = (f"sqlite:///{self.scratch}/{name}-{number}.sqlite3" for name in "ab")
        load = ("loadseeds", str(self.folder), "-v0")
        self.manage(url, "migrate", "-v0")
        self.yardsticks.append(yardstick(self.folder))
        self.measure("dry run, cold", lambda: self.manage(url, *load, "--dry-run"))
        self.measure("load, cold", lambda: self.manage(url, *load))
        self.measure("load, unchanged", lambda: self.manage(url, *load))
        with one_file_changed(self.folder):
            self.measure("load, one file changed", lambda: self.manage(url, *load))
        dump = str(self.scratch / f"dump-{number}")
        self.measure("dump", lambda: self.manage(url, "dumpseeds", dump, "-v0"))
        self.manage(other, "migrate", "-v0")
        self.measure(WALL, lambda: self.manage(other, *load, "--jobs", "2"))
        if postgresql:
            self.manage(postgresql, "flush", "--no-input", "-v0")
            self.measure(POSTGRESQL, lambda: self.manage(postgresql, *load))


def benchmark(source: Path, rounds: int, postgresql: str | None) -> dict[str, Any]:
    """Play the rounds on SQLite, and in an empty database of PostgreSQL where its URL is given;
    the results as they are written to bench/results.json."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "seeds"
        shutil.copytree(source, folder)
        played = Rounds(folder, Path(scratch))
        if postgresql:
            played.manage(postgresql, "migrate", "-v0")
        for number in range(rounds):
            print(f"  round {number + 1} of {rounds}", flush=True)
            played.play(number, postgresql)
    files = sum(1 for _ in source.rglob("*.md"))
    return {
        "files": files,
        "rounds": rounds,
        "yardstick_cpu_seconds": summary(played.yardsticks),
        "figures": {
            name: {
                "ratio": summary(figure.ratios),
                "limit": LIMITS[name] or None,
                "peak_mb": max(figure.megabytes),
            }
            for name, figure in played.figures.items()
            if figure.ratios
        },
    }


def summary(values: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 3),
        "min": round(min(values), 3),
        "max": round(max(values), 3),
    }


def table(results: dict[str, Any]) -> str:
    """The results for people."""
    unit = results["yardstick_cpu_seconds"]
    lines = [
        f"Import of {results['files']:,} files, {results['rounds']} rounds. 1 = CSafeLoader "
        f"parsing their YAML: {unit['median']} CPU seconds ({unit['min']} to {unit['max']}).",
        "",
        f"{'':38}{'ratio':>8}{'min':>8}{'max':>8}{'limit':>8}{'peak MB':>10}",
    ]
    for name, figure in results["figures"].items():
        ratio, limit = figure["ratio"], figure["limit"]
        over = limit is not None and ratio["median"] > limit
        lines.append(
            f"{name:38}{ratio['median']:8.3f}{ratio['min']:8.3f}{ratio['max']:8.3f}"
            f"{limit or '':>8}{figure['peak_mb']:10.0f}"
            + ("  over the limit" if over or figure["peak_mb"] > MEMORY_LIMIT_MB else "")
        )
    return "\n".join(lines)

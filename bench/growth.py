"""How the site grows: the same measurements on 10,000, 36,000 and 1,000,000 questions.

The three databases are made by `bench.generator`; a process for each waits for its turn, so that a
slow moment of the machine touches all. Figures are seconds of the processor, divided by those of
the smallest in the same round. On PostgreSQL the database server's work is in them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.imports import ROOT, summary

SIZES = (10_000, 36_000, 1_000_000)
# The largest against the smallest, at most.
LIMITS = {
    "question page": 1.1,
    "first list page": 1.3,
    "last list page": 1.3,
    "search, p95": 3.0,
    "suggestions, p95": 3.0,
    "admin list": 1.5,
    "publish": 1.2,
}


def environment(database_url: str) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": database_url,
        "DEBUG": "false",
        "HTTPS": "false",
        "SECRET_KEY": "only-for-this-benchmark-0123456789-0123456789-0123456789",
        "ALLOWED_HOSTS": "testserver",
        "CACHE_URL": "locmemcache://",
        "PAGE_STORE": "off",
        "SEARCH_LIMIT": "1000000000",
        "SUGGEST_LIMIT": "1000000000",
    }


def make(database_url: str, number: int) -> None:
    given = environment(database_url)
    for command in (
        ["manage.py", "migrate", "-v0"],
        ["-m", "bench.generator", str(number)],
        ["manage.py", "collectstatic", "--noinput", "-v0"],
    ):
        subprocess.run([sys.executable, *command], cwd=ROOT, env=given, check=True)


@contextmanager
def worker(database_url: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.growth_worker"],
        cwd=ROOT,
        env=environment(database_url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate()


def benchmark(urls: dict[int, str], rounds: int) -> dict[str, Any]:
    """`urls`: size -> the database of that size, which is filled."""
    found: dict[int, list[dict[str, float]]] = {size: [] for size in urls}
    with ExitStack() as stack:
        workers = {size: stack.enter_context(worker(url)) for size, url in urls.items()}
        # Once for nothing: caches of the database and of the process.
        for number in range(rounds + 1):
            print(f"  round {number} of {rounds}", flush=True)
            for size, process in workers.items():
                assert process.stdin
                assert process.stdout
                process.stdin.write(f"{number}\n")
                process.stdin.flush()
                answer = process.stdout.readline()
                if not answer:
                    raise RuntimeError(f"the worker for {size:,} questions has stopped")
                if number:
                    found[size].append(json.loads(answer))
    return results_of(found, rounds)


def results_of(found: dict[int, list[dict[str, float]]], rounds: int) -> dict[str, Any]:
    smallest = min(found)
    names = found[smallest][0]
    return {
        "rounds": rounds,
        "sizes": sorted(found),
        "milliseconds": {
            name: summary([1000 * figures[name] for figures in found[smallest]]) for name in names
        },
        "growth": {
            str(size): {
                name: summary(
                    [
                        figures[name] / unit[name]
                        for figures, unit in zip(found[size], found[smallest], strict=True)
                    ]
                )
                for name in names
            }
            for size in sorted(found)
            if size != smallest
        },
        "limits": LIMITS,
    }


def table(results: dict[str, Any], title: str) -> str:
    """The results for people, as a table of the documents."""
    smallest, *others = results["sizes"]
    heads = "".join(f" {size:,} |" for size in others)
    lines = [
        f"{title}, {results['rounds']} rounds; times as multiples of those at {smallest:,}.",
        "",
        f"| What | ms at {smallest:,} |{heads} At most |",
        "| --- | --- |" + " --- |" * len(others) + " --- |",
    ]
    for name, unit in results["milliseconds"].items():
        growth = [results["growth"][str(size)][name] for size in others]
        cells = "".join(f" {g['median']:.2f} ({g['min']:.2f}–{g['max']:.2f}) |" for g in growth)
        limit = results["limits"].get(name)
        over = " **over**" if limit and growth[-1]["median"] > limit else ""
        lines.append(f"| {name} | {unit['median']:.1f} |{cells} {limit or ''}{over} |")
    return "\n".join(lines)


def database_url(vendor: str, size: int, folder: Path) -> str:
    """On PostgreSQL databases that `createdb` has made: those of BENCH_DATABASE_URL, with the size
    after their name."""
    if vendor == "sqlite":
        return f"sqlite:///{folder}/growth-{size}.sqlite3"
    return f"{os.environ['BENCH_DATABASE_URL']}_{size}"

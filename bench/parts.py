"""The parts of `make bench`: name -> what measures it, with its results and a table for people."""

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from bench import growth, importing, imports, memory, reading, visible


def import_part(options: argparse.Namespace, source: Path, folder: Path) -> tuple[Any, str]:
    """On SQLite, and on the empty database `name_import` of BENCH_DATABASE_URL."""
    url = os.environ.get("BENCH_DATABASE_URL")
    results = imports.benchmark(source, min(options.rounds, 3), f"{url}_import" if url else None)
    return results, imports.table(results)


def page_part(options: argparse.Namespace, source: Path, folder: Path) -> tuple[Any, str]:
    missing = [name for name in ("wrk", "nginx") if not shutil.which(name)]
    if missing:
        sys.exit(f"The pages need {' and '.join(missing)}: apt-get install {' '.join(missing)}")
    url = reading.prepare(folder, source)
    set_up(url)
    results = reading.benchmark(
        folder, url, rounds=options.rounds, seconds=options.seconds, most=None
    )
    if options.chart:
        options.chart.write_text(reading.chart(results))
    return results, reading.table(results)


def growth_part(options: argparse.Namespace, source: Path, folder: Path) -> tuple[Any, str]:
    """On SQLite, and on PostgreSQL where BENCH_DATABASE_URL names a server's database."""
    results, tables = {}, []
    vendors = ["sqlite", *(["postgresql"] if "BENCH_DATABASE_URL" in os.environ else [])]
    for vendor in vendors:
        urls = {size: growth.database_url(vendor, size, folder) for size in options.sizes}
        for size, url in urls.items():
            growth.make(url, size)
        results[vendor] = growth.benchmark(urls, options.rounds)
        tables.append(growth.table(results[vendor], vendor))
    return results, "\n\n".join(tables)


def memory_part(options: argparse.Namespace, source: Path, folder: Path) -> tuple[Any, str]:
    url = reading.prepare(folder, source)
    set_up(url)
    results = memory.benchmark(folder, url)
    return results, memory.table(results)


def importing_part(options: argparse.Namespace, source: Path, folder: Path) -> tuple[Any, str]:
    url = importing.prepare_half(folder, source)
    set_up(url)
    results = importing.benchmark(folder, source, url)
    return results, importing.table(results)


def visible_part(options: argparse.Namespace, source: Path, folder: Path) -> tuple[Any, str]:
    """On the database `name_visible` of BENCH_DATABASE_URL, and the Redis of BENCH_CACHE_URL."""
    missing = [name for name in ("BENCH_DATABASE_URL", "BENCH_CACHE_URL") if name not in os.environ]
    if missing:
        print(f"left out: {' and '.join(missing)} not set (PostgreSQL and Redis for this alone)")
        return None, ""
    url, cache_url = f"{os.environ['BENCH_DATABASE_URL']}_visible", os.environ["BENCH_CACHE_URL"]
    reading.load(url, source)
    set_up(url, CACHE_URL=cache_url)
    results = visible.benchmark(folder, url, cache_url, times=options.publications)
    return results, visible.table(results)


def set_up(database_url: str, **environment: str) -> None:
    """Django in this process, for reading what is in the database. Once in a process."""
    os.environ |= environment | {
        "DATABASE_URL": database_url,
        "DEBUG": "true",
        "DJANGO_SETTINGS_MODULE": "quicktakes.settings",
    }
    django.setup()


PARTS: dict[str, Callable[[argparse.Namespace, Path, Path], tuple[Any, str]]] = {
    "import": import_part,
    "page": page_part,
    "memory": memory_part,
    "importing": importing_part,
    "visible": visible_part,
    "growth": growth_part,
}


def run_part(name: str, *arguments: Any) -> tuple[Any, str]:
    return PARTS[name](*arguments)

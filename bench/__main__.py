"""`make bench`: all benchmarks, tables at the end, bench/results.json for machines."""

import argparse
import json
import os
import platform
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

from bench import desk, growth, imports, reading, search

RESULTS = Path(__file__).with_name("results.json")
CORPUS = imports.ROOT.parent / "shared" / "corpus" / "questions.tar.xz"
SAMPLE = imports.ROOT / "fixtures" / "seeds"


def main() -> None:
    options = parse()
    if options.desk:
        desk.main()
        return
    if options.search:
        search.main()
        return
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results["machine"] = f"{platform.machine()}, Python {platform.python_version()}"
    tables = []
    with tempfile.TemporaryDirectory(prefix="bench") as scratch:
        source = options.folder or (unpacked(Path(scratch)) if CORPUS.exists() else SAMPLE)
        for name in options.part or PARTS:
            print(f"{name}:", flush=True)
            folder = Path(scratch) / name
            folder.mkdir()
            results[name], table = PARTS[name](options, source, folder)
            tables.append(table)
            # After each part: an hour's work is not lost with the next.
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print("\n" + "\n\n".join(tables))
    print(f"\nWritten to {RESULTS.relative_to(imports.ROOT)}.")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--folder",
        type=Path,
        help="seed files to measure with (default: ../shared/corpus if it is there, else the "
        "fixtures, which are too few for figures that mean much)",
    )
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be repeated")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of asking for one page, a round")
    parser.add_argument("--chart", type=Path, help="write the chart of the pages there, as SVG")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=growth.SIZES, help="of the growth, in questions"
    )
    parser.add_argument(
        "--search",
        action="store_true",
        help="instead, search the database of DATABASE_URL, which must hold the corpus",
    )
    parser.add_argument(
        "--desk",
        action="store_true",
        help="instead, open the desk's pages on the database of DATABASE_URL, which must hold the "
        "corpus",
    )
    return parser.parse_args()


def unpacked(scratch: Path) -> Path:
    folder = scratch / "corpus"
    with tarfile.open(CORPUS) as archive:
        archive.extractall(folder, filter="data")
    return folder


def import_part(options: argparse.Namespace, source: Path, folder: Path) -> tuple[Any, str]:
    results = imports.benchmark(source, min(options.rounds, 3))
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


def set_up(database_url: str) -> None:
    """Django in this process, for reading what is in the database."""
    os.environ |= {
        "DATABASE_URL": database_url,
        "DEBUG": "true",
        "DJANGO_SETTINGS_MODULE": "quicktakes.settings",
    }
    django.setup()


PARTS: dict[str, Callable[[argparse.Namespace, Path, Path], tuple[Any, str]]] = {
    "import": import_part,
    "page": page_part,
    "growth": growth_part,
}

if __name__ == "__main__":
    main()

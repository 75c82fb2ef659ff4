"""`python -m soak [PART ...]`: all parts, or fuzz, corpus, crawl, load, kills. A line for each.

The seed files are those of ../shared/corpus where they are, else the project's own. On PostgreSQL
(`TEST_DATABASE_URL`) and Redis (`TEST_CACHE_URL`) too where they are given. `SOAK_KILLS` (50),
`SOAK_SECONDS` (600) and `SOAK_FILES` (20000; texts a quarter) make it shorter.
"""

import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
KILLS = int(os.environ.get("SOAK_KILLS", 50))
SECONDS = float(os.environ.get("SOAK_SECONDS", 600))
FILES = int(os.environ.get("SOAK_FILES", 20_000))
POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "")
REDIS = os.environ.get("TEST_CACHE_URL", "")

Part = Callable[[Path, Path], Iterator[tuple[str, list[str]]]]


def kills(seeds: Path, folder: Path) -> Iterator[tuple[str, list[str]]]:
    from soak.kills import kill_imports

    for database in kinds():
        with databases_of(database, folder) as create:
            result = kill_imports(create, seeds, KILLS)
        yield str(result), result.failures


def load(seeds: Path, folder: Path) -> Iterator[tuple[str, list[str]]]:
    from soak.load import mixed_load
    from tests.sites import Site

    for database in kinds():
        nodes = 2 if database else 1
        own = folder / f"load-{nodes}"
        shutil.copytree(seeds, own / "seeds")
        with databases_of(database, own) as create:
            result = mixed_load(
                Site(create("load")), own / "seeds", own, nodes=nodes, seconds=SECONDS,
                readers=6, searchers=2, cache=REDIS if database and REDIS else "locmemcache://",
            )  # fmt: skip
        name = "PostgreSQL" if database else "SQLite"
        yield f"{name}: {result}", result.failures


def crawl(seeds: Path, folder: Path) -> Iterator[tuple[str, list[str]]]:
    from tests.sites import Site

    for database in kinds():
        with databases_of(database, folder) as create:
            site = Site(create("crawl"))
            site.manage("loadseeds", seeds, "-v0")
            process = site.start("-m", "tests.backups.crawl")
            out, err = process.communicate()
        name = "PostgreSQL" if database else "SQLite"
        failures = [err.decode()] if process.returncode else []
        yield f"crawl on {name}: {len(out.splitlines()):,} addresses", failures


def fuzz(seeds: Path, folder: Path) -> Iterator[tuple[str, list[str]]]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")
    django.setup()
    from soak.fuzz import fuzz_seed_files, fuzz_texts

    paths = sorted(seeds.rglob("*.md"))
    files = [path.read_bytes() for path in paths[:: max(1, len(paths) // 1_000)]]
    for result in (fuzz_seed_files(files, range(FILES)), fuzz_texts(range(FILES // 4))):
        yield str(result), result.failures


def corpus(seeds: Path, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The tests that read every fourth real file in `make test`, over all of them."""
    modules = ("corpus", "rendering/test_corpus.py", "frontmatter", "seeds/test_reading.py")
    for database in kinds():
        process = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *(f"tests/{module}" for module in modules)],
            cwd=ROOT,
            env=os.environ | {"WHOLE_CORPUS": "1", "TEST_DATABASE_URL": database},
            capture_output=True,
            text=True,
        )
        name = "PostgreSQL" if database else "SQLite"
        failures = process.stdout.splitlines() if process.returncode else []
        yield f"corpus on {name}: {process.stdout.strip().splitlines()[-1]}", failures


PARTS: dict[str, Part] = {
    "fuzz": fuzz,
    "corpus": corpus,
    "crawl": crawl,
    "load": load,
    "kills": kills,
}


def kinds() -> list[str]:
    """The servers to try; "" is SQLite."""
    return ["", POSTGRESQL] if POSTGRESQL else [""]


@contextmanager
def databases_of(server: str, folder: Path) -> Iterator[Callable[[str], str]]:
    from tests.sites import databases

    os.environ["TEST_DATABASE_URL"] = server
    with databases(folder) as create:
        yield create


def unpacked_seeds(folder: Path) -> Path:
    archive = ROOT.parent / "shared" / "corpus" / "questions.tar.xz"
    if not archive.exists():
        return ROOT / "fixtures" / "seeds"
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "corpus", filter="data")
    return folder / "corpus"


def check_server() -> None:
    """Now rather than after an hour on SQLite."""
    if POSTGRESQL:
        try:
            psycopg.connect(POSTGRESQL, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            sys.exit(
                f"TEST_DATABASE_URL cannot be used: {error}\nThe database that it names must be "
                "there (createdb); each part makes others beside it, and drops them."
            )


def main(names: list[str]) -> int:
    if unknown := set(names) - PARTS.keys():
        sys.exit(f"unknown: {', '.join(sorted(unknown))}. The parts are {', '.join(PARTS)}.")
    check_server()
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    print(f"{time.strftime('%Y-%m-%d')}, {commit}, Python {platform.python_version()}, "
          f"{len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    status = 0
    for name in names or PARTS:
        with tempfile.TemporaryDirectory(prefix="soak-") as folder:
            seeds = unpacked_seeds(Path(folder))
            began = time.monotonic()
            for text, failures in PARTS[name](seeds, Path(folder)):
                word = "FAILED" if failures else "ok"
                print(f"{word:6} {text} ({time.monotonic() - began:.0f} s)", flush=True)
                for failure in failures[:20]:
                    print(f"       {failure}")
                status |= bool(failures)
    return status


if __name__ == "__main__":
    os.environ.setdefault("DEBUG", "true")
    sys.exit(main(sys.argv[1:]))

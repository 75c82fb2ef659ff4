"""Readers while an import runs, on SQLite: how many requests a second they are answered.

The site holds one half of the seed files. Readers ask for its pages at random, first with nothing
else going on, then while `loadseeds` takes all of the files.
"""

import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.imports import ROOT
from bench.reading import Machine, addresses, prepare, site_environment
from bench.wrk import RANDOM

LEAST = 0.5
QUIET_SECONDS = 15


def halve(source: Path, folder: Path) -> Path:
    """Every second seed file, in a folder of their own."""
    half = folder / "half"
    for path in sorted(source.rglob("*.md"))[::2]:
        target = half / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return half


def benchmark(folder: Path, source: Path, database_url: str) -> dict[str, Any]:
    """Django is set up for the database, which holds one half."""
    pages, _listing = addresses()
    (folder / "pages.txt").write_text("\n".join(pages))
    (folder / "pages.lua").write_text(RANDOM)
    environment = site_environment() | {"DATABASE_URL": database_url}
    with ExitStack() as stack:
        site = Machine(stack, folder, database_url).site(
            "importing", PAGE_STORE="on", PAGE_STORE_FILE=str(folder / "pages.sqlite3")
        )
        _read(site.port, folder, QUIET_SECONDS)
        quiet = _read(site.port, folder, QUIET_SECONDS)
        importing = subprocess.Popen(
            [sys.executable, "manage.py", "loadseeds", str(source), "-v0"],
            cwd=ROOT,
            env=environment,
        )
        busy = []
        while importing.poll() is None:
            busy.append(_read(site.port, folder, 2))
        if importing.returncode != 0:
            raise RuntimeError(f"loadseeds ended with {importing.returncode}")
        # The last look may reach beyond the end of the import.
        during = busy[:-1] or busy
    ratios = [speed / quiet for speed in during]
    return {"quiet": quiet, "during": during, "ratio": sum(ratios) / len(ratios), "least": LEAST}


def prepare_half(folder: Path, source: Path) -> str:
    """The URL of a new database with one half of the files."""
    return prepare(folder, halve(source, folder))


def _read(port: int, folder: Path, seconds: int) -> float:
    """Requests a second; whatever is not answered well ends the benchmark."""
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "--timeout", "10s", "-s"]
    command += [str(folder / "pages.lua"), f"http://127.0.0.1:{port}/", "--"]
    command += [str(folder / "pages.txt"), "1"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if re.search(r"Non-2xx|Socket errors", output):
        raise RuntimeError(f"readers got errors:\n{output}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert found
    return float(found[1])


def table(results: dict[str, Any]) -> str:
    short = "" if results["ratio"] >= results["least"] else " **short**"
    slowest = min(results["during"]) / results["quiet"]
    return (
        f"Readers while an import runs: {results['ratio']:.2f}{short} of the quiet site's "
        f"{results['quiet']:.0f} requests a second (slowest two seconds {slowest:.2f}; at least "
        f"{results['least']}); no errors."
    )

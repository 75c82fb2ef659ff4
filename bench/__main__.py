"""`make bench`: all benchmarks, tables at the end, bench/results.json for machines."""

import argparse
import json
import multiprocessing
import platform
import tarfile
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from bench import desk, growth, imports, search
from bench.parts import PARTS, run_part

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
            results[name], table = in_process(name, options, source, folder)
            tables.append(table)
            # After each part: an hour's work is not lost with the next.
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print("\n" + "\n\n".join(tables))
    print(f"\nWritten to {RESULTS.relative_to(imports.ROOT)}.")


def in_process(name: str, *arguments: Any) -> tuple[Any, str]:
    """A part in a process of its own: Django is set up for one database in each."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(run_part, name, *arguments).result()


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
    parser.add_argument("--publications", type=int, default=500)
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


if __name__ == "__main__":
    main()

"""`make bench`: all benchmarks, a table at the end, bench/results.json for machines."""

import argparse
import json
import platform
import tarfile
import tempfile
from pathlib import Path

from bench import desk, imports, search

RESULTS = Path(__file__).with_name("results.json")
CORPUS = imports.ROOT.parent / "shared" / "corpus" / "questions.tar.xz"
SAMPLE = imports.ROOT / "fixtures" / "seeds"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--folder",
        type=Path,
        help="seed files to measure with (default: ../shared/corpus if it is there, else the "
        "fixtures, which are too few for figures that mean much)",
    )
    parser.add_argument("--rounds", type=int, default=3)
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
    options = parser.parse_args()
    if options.desk:
        desk.main()
        return
    if options.search:
        search.main()
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.folder or SAMPLE
        if options.folder is None and CORPUS.exists():
            folder = Path(scratch)
            with tarfile.open(CORPUS) as archive:
                archive.extractall(folder, filter="data")
        results = imports.benchmark(folder, options.rounds)
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    RESULTS.write_text(json.dumps({"machine": machine, "import": results}, indent=1) + "\n")
    print(f"\n{imports.table(results)}\n\nWritten to {RESULTS.relative_to(imports.ROOT)}.")


if __name__ == "__main__":
    main()

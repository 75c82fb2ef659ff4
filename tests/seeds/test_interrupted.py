"""An import that is killed and run again ends in the same database as an undisturbed one.

The importer runs as a process of its own, on a database of its own, and is killed for real.
"""

import random
import shutil
import time
from pathlib import Path

import pytest

from tests.seeds.natural_dump import differences
from tests.sites import Site, new_database  # noqa: F401 - a fixture

# Some 1,600 files with copies, moves and references between them.
SUBJECTS = ("biology", "biotechnology", "biochemistry", "environmental-studies", "ecology")
# Parts of the undisturbed run's time; the first is early enough to come before the end.
KILLED_AFTER = (0.3, 0.45, 0.6, 0.75)


@pytest.fixture
def seeds(corpus_dir: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "seeds"
    for subject in SUBJECTS:
        shutil.copytree(corpus_dir / subject, folder / subject)
    return folder


def change_some(folder: Path) -> None:
    """Edit every third file, take every fiftieth away."""
    for number, path in enumerate(sorted(folder.rglob("*.md"))):
        if number % 50 == 49:
            path.unlink()
        elif number % 3 == 0:
            data = path.read_bytes()
            path.write_bytes(
                data.replace(b"page_keywords: >-\n    ", b"page_keywords: >-\n    New, ")
            )


def test_killed_import_ends_in_the_same_database_as_an_undisturbed_one(
    new_database: object,  # noqa: F811
    seeds: Path,
    shared_dir: Path,
) -> None:
    corpus = shared_dir / "corpus"
    command = (
        "loadseeds", seeds, "--moved", corpus / "moved.csv", "--subjects", corpus / "subjects.csv",
        "--prune", "-v0",
    )  # fmt: skip
    undisturbed, killed = Site(new_database("calm")), Site(new_database("killed"))  # type: ignore[operator]
    moments = random.Random(20261122)

    for change in (lambda: None, lambda: change_some(seeds)):
        change()
        start = time.monotonic()
        undisturbed.manage(*command)
        duration = time.monotonic() - start
        kills = sum(
            killed.kill_after(
                part * moments.uniform(0.8, 1.2) * duration, *command, "--jobs", 1 + number % 2
            )
            for number, part in enumerate(KILLED_AFTER)
        )
        assert kills >= 1
        killed.manage(*command, "--jobs", 2)
        assert differences(killed.dump(), undisturbed.dump()) == []

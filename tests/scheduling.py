"""Which tests run where and when, if there are several processes.

A pytest plugin (`-p tests.scheduling` in pyproject.toml). pytest drops an argument that lies within
another one, so the order cannot be given by the arguments.
"""

import pytest
from xdist.scheduler import LoadFileScheduling

CORPUS = "tests/corpus/"
# Packages whose modules share rows that take long to make.
TOGETHER = (CORPUS, "tests/explain/")
# What takes longest is begun first, so that no process is left with it at the end.
LONGEST = (
    *TOGETHER,
    "tests/seeds/test_interrupted.py",
    "tests/admin/test_accessibility_browser.py",
    "tests/test_rights.py",
    "tests/test_pages_browser.py",
    "tests/admin/test_writing_browser.py",
    "tests/admin/test_drafts_browser.py",
    "tests/test_study_browser.py",
    "tests/rendering/test_corpus.py",
    "tests/test_reading_corpus.py",
)


class Scheduling(LoadFileScheduling):
    """Whole modules, and those of some packages together."""

    def _split_scope(self, nodeid: str) -> str:
        package = next(filter(nodeid.startswith, TOGETHER), None)
        return package or str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling:
    return Scheduling(config, log)


def rank(item: pytest.Item) -> int:
    ranks = (number for number, start in enumerate(LONGEST) if item.nodeid.startswith(start))
    return next(ranks, len(LONGEST))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=rank)

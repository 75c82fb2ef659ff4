"""Searches of the real corpus find what they must: every eighth labelled case of each kind.

`python -m bench --search` asks all of them; the floors here leave room for the smaller sample.
"""

import json
from pathlib import Path

import pytest
from django.db import connection

from bench.search import SEARCHES, found_by_search, found_by_suggest, run_cases

FLOORS = {
    "desc_hard": 0.7, "kw": 0.8, "short": 0.92, "typo": 0.88, "prefix": 0.82, "midprefix": 0.85,
}  # fmt: skip
STEP = 8

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="the ranking is the same")


@pytest.fixture(scope="module")
def cases(shared_dir: Path) -> dict[str, list[dict[str, object]]]:
    return json.loads((shared_dir / "cases" / "search.json").read_text())


@pytest.mark.django_db
@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("kind", FLOORS)
def test_pages_that_are_meant_stand_high(cases: dict, kind: str) -> None:
    find = found_by_search if kind in SEARCHES else found_by_suggest
    mean, _seconds = run_cases(cases[kind][::STEP], find)
    assert mean >= FLOORS[kind]

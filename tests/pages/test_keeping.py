"""Where pages are kept: within bounds, as they were, and where what is shared fails."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from learn.pages import wsgi
from learn.pages.entry import Entry, make_entry
from learn.pages.journal import Snapshot
from learn.pages.memory import Memory
from learn.pages.stores import SQLiteStore
from tests.pages.conftest import Site

pytestmark = pytest.mark.django_db(transaction=True)


# --- bounds


def entry_of(size: int) -> Any:
    return make_entry(b"x" * size, [], "", Snapshot(0, 0), float("inf"), [])


def test_memory_drops_what_nobody_asked_for_first() -> None:
    memory = Memory(5 * entry_of(10_000).size)
    for number in range(5):
        memory.put(str(number), entry_of(10_000))
    assert memory.get("0") is not None
    for number in range(5, 8):
        memory.put(str(number), entry_of(10_000))
    assert [number for number in range(8) if memory.get(str(number))] == [0, 4, 5, 6, 7]


def test_memory_never_holds_more_than_its_limit() -> None:
    memory = Memory(100_000)
    for number in range(50):
        entry = entry_of(9_000)
        entry.is_used = True
        memory.put(str(number), entry)
    held = [entry for number in range(50) if (entry := memory.get(str(number)))]
    assert 0 < sum(entry.size for entry in held) <= 100_000


def test_page_that_is_asked_for_once_pushes_nothing_out_of_the_memory() -> None:
    memory = Memory(100_000)
    memory.put("often", entry_of(9_000))
    for number in range(200):
        memory.offer(str(number), entry_of(9_000))
    assert memory.get("often") is not None
    assert not any(memory.get(str(number)) for number in range(200))
    memory.offer("199", entry_of(9_000))
    assert memory.get("199") is not None


def test_entry_comes_back_as_it_was_packed() -> None:
    made_in = Snapshot(3, 9, frozenset({3, 5}))
    headers = [("Cache-Control", "public: a, b"), ("X-Empty", "")]
    entry = make_entry(b"\r\n\r\n\nbody\n" * 9, headers, "gzip", made_in, 5.25, ["p1", "t2"])
    again = Entry.unpack(entry.pack())
    assert again == entry
    assert again.headers.joined == entry.headers.joined
    nameless = make_entry(b"", [], "", Snapshot(0, 0), float("inf"), [])
    assert Entry.unpack(nameless.pack()) == nameless


def test_headers_of_another_page_are_its_own() -> None:
    """Though what pages have alike is read once."""
    entries = [
        make_entry(body, [("X-Kind", kind)], "", Snapshot(0, 0), 5.0, [])
        for body, kind in ((b"one", "a"), (b"another", "a"), (b"one", "b"))
    ]
    for entry in entries:
        assert Entry.unpack(entry.pack()).headers == entry.headers


def test_a_page_larger_than_the_memory_is_not_kept_in_it() -> None:
    memory = Memory(1_000)
    memory.put("large", entry_of(10_000))
    assert memory.get("large") is None


def test_the_shared_file_stays_within_its_limit(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "pages.sqlite3", 4_000_000)
    for number in range(3_000):
        store.put(str(number), b"x" * 5_000)
    assert (tmp_path / "pages.sqlite3").stat().st_size < 8_000_000
    assert any(store.get(str(number)) for number in range(3_000))


# --- what is shared fails


def test_without_a_folder_for_the_file_pages_are_kept_in_memory(
    pages: Site, address: str, tmp_path: Path
) -> None:
    (tmp_path / "no-folder").write_text("")
    store = SQLiteStore(tmp_path / "no-folder" / "pages.sqlite3", 1_000_000)
    application = wsgi.PageStore(pages._count, store, 1_000_000, "release")
    pages.processes.append(application)
    for _time in range(2):
        assert pages.get(address, application=application).status == 200
    assert pages.asked == [address]


def test_a_damaged_file_is_thrown_away(tmp_path: Path) -> None:
    file = tmp_path / "pages.sqlite3"
    file.write_bytes(b"no database" * 1_000)
    store = SQLiteStore(file, 1_000_000)
    assert store.get("a") is None
    store._failed_at = float("-inf")
    store.put("a", b"page")
    assert store.get("a") == b"page"
    assert sqlite3.connect(file).execute("SELECT count(*) FROM page").fetchone() == (1,)

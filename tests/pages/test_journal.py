"""What a process learns of changes, and which pages are stale by that."""

import pytest
from django.db import transaction

from learn import publishing
from learn.models import PageChange, Question
from learn.pages import journal, names, touch
from learn.pages.journal import Journal, Snapshot
from tests.factories import make_question
from tests.pages.conftest import Site

pytestmark = pytest.mark.django_db(transaction=True)


def test_nothing_has_changed_since_a_page_that_saw_all_there_is() -> None:
    known = Journal()
    assert not known.is_unchanged_since(Snapshot(9, 9))  # nothing could be read yet
    known.snapshot, known.floor = Snapshot(9, 9), 7
    assert known.is_unchanged_since(Snapshot(9, 9))
    assert not known.is_unchanged_since(Snapshot(8, 8))
    assert not known.is_unchanged_since(Snapshot(10, 10))
    # Made before what is known by name, or while somebody else's change was open.
    assert not known.is_unchanged_since(Snapshot(6, 9))
    assert not known.is_unchanged_since(Snapshot(8, 9, frozenset({8})))


def test_what_a_change_does_not_concern_stays_stored(pages: Site, address: str) -> None:
    other = make_question()
    for asked in (address, str(other.path), "/learn", f"/learn/{other.subject.slug}"):
        pages.get(asked)
    pages.asked.clear()
    question = Question.objects.get(slug="pump")
    question.answer = "It moves sodium."
    publishing.save_question(question)
    assert "It moves sodium." in pages.get(address).text
    for asked in (str(other.path), "/learn", f"/learn/{other.subject.slug}"):
        pages.get(asked)
    # The list of subjects counts all questions; the other subject's pages show nothing of it.
    assert pages.asked == [address, "/learn"]


def test_a_change_that_is_rolled_back_makes_nothing_stale(pages: Site, address: str) -> None:
    pages.get(address)
    with transaction.atomic():
        touch([names.EVERYTHING])
        transaction.set_rollback(True)
    pages.get(address)
    assert pages.asked == [address]


def test_many_names_count_as_everything(pages: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_NAMES", 3)
    touch(map(names.page, range(5)))
    assert PageChange.objects.get().names == names.EVERYTHING


def test_the_journal_keeps_its_newest_rows_and_pages_from_before_them_are_stale(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "KEPT", 5)
    monkeypatch.setattr(journal, "TIDIED", 10)
    pages.get(address)
    before = pages.application._journal.snapshot
    for number in range(40):
        touch([names.page(-number - 1)])
    assert PageChange.objects.count() < 20
    late = pages.process()
    pages.get(address, application=late)
    assert pages.asked == [address] * 2
    known = late._journal
    assert before is not None
    assert known.snapshot is not None
    assert not known.is_fresh(before, [names.page(99)])
    # Without what is open elsewhere on the server.
    assert known.is_fresh(Snapshot(known.snapshot.end, known.snapshot.end), [names.page(99)])


def test_a_process_that_forgets_old_names_takes_older_pages_as_stale(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "REMEMBERED", 4)
    monkeypatch.setattr(journal, "INTERVAL", -1)
    known = Journal()
    request.addfinalizer(known.close)
    known.refresh()
    start = known.snapshot
    assert start is not None
    for number in range(9):
        touch([names.page(number)])
    known.refresh()
    assert known.snapshot is not None
    assert not known.is_fresh(start, [names.page(99)])
    # Without what is open elsewhere on the server.
    end = known.snapshot.end
    assert known.is_fresh(Snapshot(end, end), [names.page(8)])


def test_the_journal_is_read_at_most_once_in_its_interval(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "INTERVAL", 60)
    known = Journal()
    request.addfinalizer(known.close)
    known.refresh()
    before = known.snapshot
    touch([names.page(1)])
    known.refresh()
    assert known.snapshot == before
    known.refresh(at_once=True)
    assert known.snapshot is not None
    assert before is not None
    assert not known.is_fresh(before, [names.page(1)])


def test_of_two_changes_the_one_that_is_committed_last_counts_though_it_began_first() -> None:
    """PostgreSQL numbers transactions as they begin."""
    known = Journal()
    known.snapshot = Snapshot(5, 8, frozenset({5}))
    made = known.snapshot
    known._note(7, ["p1"], known.snapshot)
    assert known.is_fresh(made, ["p1"])
    known._note(5, ["p1"], known.snapshot)
    assert not known.is_fresh(made, ["p1"])
    assert known.is_fresh(Snapshot(8, 8), ["p1"])


def test_what_changes_no_page_does_not_make_a_process_look_at_its_pages_again(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL each transaction of whomever makes another snapshot."""
    snapshots = [Snapshot(number, number) for number in (5, 6, 7)]
    rows: list[tuple[int, str]] = []
    monkeypatch.setattr(journal, "_rows_since", lambda *_: (snapshots.pop(0), rows))
    known = Journal()
    request.addfinalizer(known.close)
    known.refresh(at_once=True)
    before = known.generation
    known.refresh(at_once=True)
    assert (known.snapshot, known.generation) == (Snapshot(6, 6), before)
    rows.append((6, "p1"))
    known.refresh(at_once=True)
    assert known.generation > before


def test_journal_that_goes_back_makes_a_process_look_at_its_pages_again(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another database stands in the place of the first: a backup that was restored."""
    snapshots = [Snapshot(number, number) for number in (9, 5)]
    monkeypatch.setattr(journal, "_rows_since", lambda *_: (snapshots.pop(0), []))
    known = Journal()
    request.addfinalizer(known.close)
    known.refresh(at_once=True)
    made, before = known.snapshot, known.generation
    assert made is not None
    assert known.is_fresh(made, ["p1"])
    known.refresh(at_once=True)
    assert known.generation > before
    assert not known.is_fresh(made, ["p1"])


def test_transaction_that_stays_open_makes_no_page_stale_but_what_it_changes_does() -> None:
    """It may be in another database of the server, for hours."""
    known = Journal()
    known.snapshot = Snapshot(5, 9, frozenset({5, 7}))
    known._note(8, [names.EVERYTHING], known.snapshot)
    made = known.snapshot
    assert known.is_fresh(made, ["p1"])
    assert not known.is_fresh(Snapshot(5, 8, frozenset({5, 7})), ["p1"])
    known._note(5, [names.EVERYTHING], known.snapshot)
    assert not known.is_fresh(made, ["p1"])
    assert known.is_fresh(Snapshot(7, 9, frozenset({7})), ["p1"])


def test_transaction_older_than_the_journal_makes_no_page_stale_until_it_changes_one(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that starts beside it finds its number in every snapshot."""
    oldest = Snapshot(3, 21, frozenset({3}))
    rows = [(20, "p1")]
    monkeypatch.setattr(journal, "_rows_since", lambda *_: (oldest, rows))
    known = Journal()
    request.addfinalizer(known.close)
    known.refresh()
    assert known.is_fresh(oldest, ["p1"])
    # Made when 4 was open, which has ended since: what it changed may have been tidied away.
    assert not known.is_fresh(Snapshot(4, 21, frozenset({4})), ["p1"])
    known._note(3, ["p1"], Snapshot(21, 21))
    assert not known.is_fresh(oldest, ["p1"])
    assert known.is_fresh(oldest, ["p2"])


def test_change_whose_names_are_forgotten_makes_pages_stale_that_do_not_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journal, "REMEMBERED", 8)
    known = Journal()
    known.snapshot = Snapshot(2, 99, frozenset({2}))
    for number in range(3, 12):
        known._note(number, [f"p{number}"], known.snapshot)
    assert known.floor > 5
    assert known.is_fresh(Snapshot(2, 12, frozenset({2})), ["p99"])
    assert not known.is_fresh(Snapshot(5, 12, frozenset({5})), ["p99"])
    # So many that not even their numbers are known.
    for number in range(12, 60):
        known._note(number, [f"p{number}"], known.snapshot)
    assert not known.is_fresh(Snapshot(3, 60, frozenset({3})), ["p99"])
    # What is open still has not been forgotten.
    assert known.is_fresh(Snapshot(2, 60, frozenset({2})), ["p99"])
    assert known.is_fresh(Snapshot(60, 60), ["p99"])


def test_change_of_more_names_than_are_remembered_is_forgotten_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As an import makes them, batch for batch."""
    monkeypatch.setattr(journal, "REMEMBERED", 8)
    known = Journal()
    now = known.snapshot = Snapshot(99, 99)
    for number in range(3, 12):
        known._note(number, [f"p{number}{letter}" for letter in "abcdefghij"], now)
        assert not known.is_fresh(Snapshot(number, number), [f"p{number}j"])
        assert known.is_fresh(Snapshot(number + 1, number + 1), [f"p{number}j"])
    assert all(known._changes.values())

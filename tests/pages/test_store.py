"""What is answered from the store, and how: HTTP, bounds, one maker, faults of what is shared."""

import datetime
import gzip
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.http import http_date

from learn import publishing
from learn.models import PageChange, Question
from learn.pages import journal, names, touch, wsgi
from learn.pages.entry import Entry, make_entry
from learn.pages.journal import Journal, Snapshot
from learn.pages.memory import Memory
from learn.pages.stores import SQLiteStore
from tests.factories import make_question
from tests.pages.conftest import Site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address(pages: Site) -> str:
    return str(make_question(slug="pump", title="What does the pump do?").path)


# --- answers


def test_a_page_that_is_asked_for_again_does_not_reach_django(pages: Site, address: str) -> None:
    first, second = pages.get(address), pages.get(address)
    assert pages.asked == [address]
    assert first == second
    assert "What does the pump do?" in first.text


def test_another_process_finds_the_page_in_the_shared_file(pages: Site, address: str) -> None:
    first = pages.get(address)
    assert pages.get(address, application=pages.process()) == first
    assert pages.asked == [address]


def test_head_is_get_without_a_body(pages: Site, address: str) -> None:
    full = pages.get(address)
    assert pages.get(address, method="HEAD") == full._replace(body=b"")
    assert full.headers["Content-Length"] == str(len(full.body))


def test_head_makes_the_whole_page_for_whoever_asks_next(pages: Site, address: str) -> None:
    assert pages.get(address, method="HEAD").body == b""
    assert "What does the pump do?" in pages.get(address).text
    assert pages.asked == [address]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("gzip;q=0", None),
        ("nonsense;;q=x", None),
    ],
)
def test_the_encoding_is_one_that_the_client_takes(
    accepted: str, encoding: str | None, pages: Site, address: str
) -> None:
    answer = pages.get(address, HTTP_ACCEPT_ENCODING=accepted)
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    unpack: dict[str | None, Any] = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
    assert unpack[encoding](answer.body) == pages.fresh(address).body


def test_each_encoding_has_a_strong_tag_of_its_own(pages: Site, address: str) -> None:
    tags = {
        pages.get(address, HTTP_ACCEPT_ENCODING=coding).headers["ETag"]
        for coding in ("", "gzip", "br")
    }
    assert len(tags) == 3
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize("mark", ["{}", "W/{}", '"other", {}', "*"])
def test_304_to_whoever_has_just_that_page(mark: str, pages: Site, address: str) -> None:
    first = pages.get(address)
    again = pages.get(address, HTTP_IF_NONE_MATCH=mark.format(first.headers["ETag"]))
    assert (again.status, again.body) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Last-Modified"):
        assert again.headers[name] == first.headers[name]
    assert "Content-Length" not in again.headers


def test_304_by_date_only_where_no_tag_is_given(pages: Site, address: str) -> None:
    date = pages.get(address).headers["Last-Modified"]
    assert pages.get(address, HTTP_IF_MODIFIED_SINCE=date).status == 304
    later = http_date(time.time() + 1_000)
    assert pages.get(address, HTTP_IF_MODIFIED_SINCE=later).status == 304
    assert pages.get(address, HTTP_IF_MODIFIED_SINCE=http_date(1)).status == 200
    assert pages.get(address, HTTP_IF_MODIFIED_SINCE="yesterday").status == 200
    other = {"HTTP_IF_NONE_MATCH": '"other"', "HTTP_IF_MODIFIED_SINCE": date}
    assert pages.get(address, **other).status == 200


def test_a_conditional_request_for_what_is_not_stored_yet_stores_the_page(
    pages: Site, address: str
) -> None:
    tag = pages.get(address).headers["ETag"]
    touch([names.EVERYTHING])
    assert pages.get(address, HTTP_IF_NONE_MATCH=tag).status == 304
    assert pages.get(address).status == 200
    assert len(pages.asked) == 2


def test_marks_of_campaigns_share_one_page_and_numbers_of_lists_do_not(pages: Site) -> None:
    for number in range(51):
        make_question(
            subject=Question.objects.first().subject if number else make_question().subject,  # type: ignore[union-attr]
            slug=f"number-{number}",
        )
    question = Question.objects.select_related("subject").latest("pk")
    listing = f"/learn/{question.subject.slug}"
    pages.get(str(question.path))
    pages.get(f"{question.path}?utm_source=letter")
    one, two = pages.get(listing), pages.get(f"{listing}?utm_source=letter&page=2")
    assert one.body != two.body
    pages.get(f"{listing}?page=2&fbclid=x")
    assert pages.asked == [str(question.path), listing, listing]


@pytest.mark.parametrize(
    "asked",
    [
        "/search?q=pump",
        "/search/suggest?q=pump",
        "/admin/",
        "/preview/none",
        "/learn/none/questions/none",
        "/saved",
        "/learn/none",
    ],
)
def test_what_is_personal_or_no_page_never_enters_the_store(asked: str, pages: Site) -> None:
    for _time in range(2):
        pages.get(asked)
    assert len(pages.asked) == 2


def test_forms_that_are_sent_never_meet_the_store(pages: Site, address: str) -> None:
    pages.get(address)
    assert pages.get(address, method="POST").status == 405
    assert pages.asked == [address] * 2


def test_a_draft_is_not_stored_and_is_seen_when_it_is_published(pages: Site) -> None:
    draft = make_question(status=Question.Status.DRAFT, publish_at=None)
    assert pages.get(str(draft.path)).status == 404
    publishing.set_status(Question.objects.filter(pk=draft.pk), Question.Status.PUBLISHED)
    assert pages.get(str(draft.path)).status == 200


def test_a_host_of_somebody_else_is_refused_though_the_page_is_stored(
    pages: Site, address: str
) -> None:
    pages.get(address)
    assert pages.get(address, HTTP_HOST="evil.example").status == 400


def test_cookies_make_no_difference(pages: Site, address: str) -> None:
    first = pages.get(address)
    assert pages.get(address, HTTP_COOKIE="sessionid=abc; csrftoken=def") == first
    assert "Set-Cookie" not in first.headers
    assert pages.asked == [address]


def test_https_and_http_are_kept_apart(pages: Site, address: str, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 100
    application = pages.process()
    plain = pages.get(address, application=application)
    secure = pages.get(address, application=application, HTTP_X_FORWARDED_PROTO="https")
    assert len(pages.asked) == 2
    assert "Strict-Transport-Security" not in plain.headers
    assert secure.status == 200


# --- time


def test_a_page_that_links_to_what_comes_is_made_anew_at_that_moment(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = Question.objects.get()
    coming = timezone.now() + datetime.timedelta(hours=1)
    make_question(
        subject=question.subject,
        slug="pump-later",
        title="Is it later?",
        publish_at=coming,
        status=Question.Status.SCHEDULED,
    )
    subject = question.subject.get_absolute_url()
    assert "Is it later?" not in pages.get(address).text + pages.get(subject).text
    moment = coming + datetime.timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(time, "time", moment.timestamp)
    assert "Is it later?" in pages.get(address).text
    assert "Is it later?" in pages.get(subject).text


def test_a_page_that_ends_is_gone_at_that_moment(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = timezone.now() + datetime.timedelta(hours=1)
    path = str(make_question(unpublish_at=ending).path)
    assert pages.get(path).status == 200
    moment = ending + datetime.timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(time, "time", moment.timestamp)
    assert pages.get(path).status == 404


def test_after_the_clock_was_set_back_the_moments_of_the_past_count_again(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    path = str(make_question(publish_at=now - datetime.timedelta(hours=1)).path)
    assert pages.get(path).status == 200
    before = now - datetime.timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: before)
    monkeypatch.setattr(time, "time", before.timestamp)
    assert pages.get(path).status == 404
    monkeypatch.undo()
    assert pages.get(path).status == 200


# --- the journal


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


# --- one maker


def test_of_many_requests_for_a_page_one_makes_it(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    django, made = pages.django, threading.Event()

    def slow(environ: Any, start_response: Any) -> Any:
        made.wait(5)
        return django(environ, start_response)

    monkeypatch.setattr(pages, "django", slow)
    others = [pages.application, pages.application, pages.process()]
    answers: list[Any] = []

    def ask(application: Any) -> None:
        answers.append(pages.get(address, application=application))

    threads = [threading.Thread(target=ask, args=[one]) for one in others]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    made.set()
    for thread in threads:
        thread.join(20)
    assert [answer.status for answer in answers] == [200] * 3
    assert pages.asked == [address]


def test_page_that_another_made_just_before_the_lease_is_taken_from_there(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look into the store, where it was not yet, and the lease that is free again."""
    lease, other = pages.store.lease, pages.process()

    def lease_after_the_other(key: str) -> bool:
        monkeypatch.setattr(pages.store, "lease", lease)
        assert pages.get(address, application=other).status == 200
        return lease(key)

    monkeypatch.setattr(pages.store, "lease", lease_after_the_other)
    assert pages.get(address).status == 200
    assert pages.asked == [address]


def test_a_maker_that_died_holds_the_others_up_for_the_lease_only(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wsgi, "LEASE", 0.1)
    pages.store.lease(
        pages.application._key(
            {  # type: ignore[arg-type]
                "PATH_INFO": address,
                "REQUEST_METHOD": "GET",
                "HTTP_HOST": "127.0.0.1",
                "wsgi.url_scheme": "http",
            }
        )
    )
    assert pages.get(address).status == 200


def test_a_failure_of_the_maker_lets_the_next_one_try(pages: Site, address: str) -> None:
    def broken(environ: Any, start_response: Any) -> Any:
        raise RuntimeError

    django = pages.django
    pages.django = broken
    with pytest.raises(RuntimeError):
        pages.get(address)
    pages.django = django
    assert pages.get(address).status == 200


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


def test_nobody_but_a_proxy_is_told_what_is_for_nginx(pages: Site, address: str) -> None:
    for _made_and_stored in range(2):
        assert "X-Accel-Expires" not in pages.get(address).headers
        proxied = pages.get(address, HTTP_X_FORWARDED_PROTO="http")
        assert "X-Accel-Expires" in proxied.headers


def test_nginx_may_keep_a_page_until_the_end_of_the_second_in_which_it_is_given(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number of seconds would be counted in whole ones, to almost two."""
    now = time.time()
    for later in (0, 7):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        for conditions in ({}, {"HTTP_IF_NONE_MATCH": "*"}):
            conditions["HTTP_X_FORWARDED_PROTO"] = "http"
            answer = pages.get(address, **conditions)
            assert answer.headers["X-Accel-Expires"] == f"@{int(now) + later}"

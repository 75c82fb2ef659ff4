import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from learn.models import Question, Redirect
from learn.models.path import QuestionPath, parse_path
from learn.redirects import (
    Move,
    MoveListError,
    MoveReport,
    count_hit,
    find_by_slug,
    find_recorded,
    read_moves,
    record_moves,
)
from learn.seeds.importer import load_seeds
from tests.factories import make_question
from tests.seeds.builders import seed_file, sources

HEADER = "old_path,new_path"


def path(slug: str, subject: str = "biology") -> str:
    return f"/learn/{subject}/questions/{slug}"


def at(slug: str) -> QuestionPath:
    return QuestionPath("biology", slug)


def moves(*pairs: tuple[str, str]) -> MoveReport:
    return record_moves(
        Move(line, at(old), at(new)) for line, (old, new) in enumerate(pairs, start=2)
    )


def targets() -> dict[str, str]:
    rows = Redirect.objects.values_list("old_path", "question__slug")
    return {old.rpartition("/")[2]: slug for old, slug in rows}


@pytest.fixture
def pages(db: None) -> None:
    load_seeds(sources(*(seed_file(slug) for slug in ("one", "two", "three"))))


# --- the list of moves


@pytest.mark.usefixtures("pages")
def test_old_address_leads_to_the_page_at_the_new_one() -> None:
    assert moves(("old", "one")) == MoveReport(moved=1, written=1)
    assert targets() == {"old": "one"}


@pytest.mark.usefixtures("pages")
def test_live_page_at_the_old_address_wins() -> None:
    report = moves(("two", "one"))
    assert report.moved == 0
    # The redirect waits; the page itself answers as long as it is there.
    assert targets() == {"two": "one"}
    assert Question.objects.published().at(at("two")).exists()


@pytest.mark.usefixtures("pages")
def test_repeated_move_counts_once() -> None:
    assert moves(("old", "one"), ("old", "one")).moved == 1


@pytest.mark.usefixtures("pages")
def test_of_two_targets_the_last_that_exists_counts() -> None:
    moves(("a", "one"), ("a", "two"), ("b", "one"), ("b", "nowhere"))
    assert targets() == {"a": "two", "b": "one"}


@pytest.mark.usefixtures("pages")
def test_chain_leads_to_its_end_in_one_hop() -> None:
    moves(("a", "b"), ("b", "c"), ("c", "three"))
    assert targets() == {"a": "three", "b": "three", "c": "three"}


@pytest.mark.usefixtures("pages")
def test_loop_leads_to_the_page_in_it_that_exists() -> None:
    moves(("one", "gone"), ("gone", "one"))
    assert targets() == {"gone": "one"}


@pytest.mark.usefixtures("pages")
def test_loop_without_a_page_leads_nowhere_and_is_told() -> None:
    report = moves(("a", "b"), ("b", "a"))
    assert targets() == {}
    assert report.warnings == [
        (2, f"nothing answers at {path('b')}"),
        (3, f"nothing answers at {path('a')}"),
    ]


@pytest.mark.usefixtures("pages")
def test_second_time_writes_nothing() -> None:
    moves(("old", "one"), ("two", "one"))
    assert moves(("old", "one"), ("two", "one")) == MoveReport(moved=1, written=0)


@pytest.mark.usefixtures("pages")
def test_redirect_made_at_the_desk_is_left_alone() -> None:
    two = Question.objects.get(slug="two")
    Redirect.objects.create(old_path=path("old"), question=two, origin=Redirect.Origin.DESK)
    moves(("old", "one"))
    assert targets() == {"old": "two"}


def test_list_of_moves_is_read_with_the_lines_of_odd_rows() -> None:
    rows = list(read_moves([HEADER, f"{path('a')},{path('b')}", "", "/learn/x,/learn/y", "a,b,c"]))
    odd = "expected two addresses /learn/<subject>/questions/<slug>"
    assert rows == [Move(2, at("a"), at("b")), (4, odd), (5, odd)]


def test_list_without_its_header_is_refused() -> None:
    with pytest.raises(MoveListError) as error:
        list(read_moves(["from,to"]))
    assert str(error.value) == "the first line must be “old_path,new_path”"


# --- looking an address up


@pytest.mark.usefixtures("pages")
def test_unknown_address_is_recorded_for_nobody() -> None:
    assert find_recorded(at("unknown")) is None


@pytest.mark.usefixtures("pages")
def test_recorded_redirect_gives_its_question_in_whatever_state() -> None:
    moves(("old", "one"))
    Question.objects.filter(slug="one").update(status=Question.Status.UNPUBLISHED)
    found = find_recorded(at("old"))
    assert found is not None
    assert (found.slug, found.is_published) == ("one", False)


@pytest.mark.usefixtures("pages")
def test_redirect_to_a_copy_leads_to_its_canonical_page() -> None:
    load_seeds(sources(seed_file("one", subject="art")))
    copy = Question.objects.get(slug="one", subject__slug="biology")
    Redirect.objects.create(old_path=path("old"), question=copy)
    found = find_recorded(at("old"))
    assert found is not None
    assert found.reader_page.subject.slug == "art"


@pytest.mark.usefixtures("pages")
def test_slug_of_one_page_finds_it() -> None:
    found = find_by_slug("one")
    assert found is not None
    assert found.path == at("one")


@pytest.mark.usefixtures("pages")
def test_slug_of_a_page_and_its_copies_finds_the_canonical_one() -> None:
    load_seeds(sources(seed_file("one", subject="art")))
    found = find_by_slug("one")
    assert found is not None
    assert found.subject.slug == "art"


@pytest.mark.usefixtures("pages")
def test_slug_of_two_different_pages_finds_neither() -> None:
    load_seeds(sources(seed_file("one", subject="art", answer="Another answer.")))
    assert find_by_slug("one") is None


@pytest.mark.parametrize(
    "text", ["/learn/a/questions/b/", "/learn/A/questions/b", "/learn/a/b", "//x"]
)
def test_other_paths_are_no_question_paths(text: str) -> None:
    assert parse_path(text) is None


# --- hits


@pytest.fixture
def old(pages: None) -> Redirect:
    question = Question.objects.get(slug="one")
    return Redirect.objects.create(old_path=path("old"), question=question)


def test_each_visitor_who_is_sent_on_counts(client: Client, old: Redirect) -> None:
    for _ in range(3):
        assert client.get(old.old_path).status_code == 301
    old.refresh_from_db()
    assert old.hits == 3
    assert old.last_hit_at is not None


def test_nobody_who_is_not_sent_on_counts(client: Client, old: Redirect) -> None:
    Question.objects.update(status=Question.Status.TRASHED)
    assert client.get(old.old_path).status_code == 410
    old.refresh_from_db()
    assert old.hits == 0


@pytest.mark.django_db(transaction=True)
def test_reader_does_not_wait_for_a_writer_and_is_counted_later() -> None:
    old = Redirect.objects.create(old_path=path("old"), question=make_question())
    holding, finished = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                Redirect.objects.filter(pk=old.pk).update(origin=Redirect.Origin.MOVED)
                holding.set()
                finished.wait(30)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert holding.wait(10)
        # With the lock held, this would wait for the writer, who waits for us.
        count_hit(at("old"))
    finally:
        finished.set()
        writer.join()
    count_hit(at("old"))
    old.refresh_from_db()
    assert (old.hits, old.origin) == (2, Redirect.Origin.MOVED)

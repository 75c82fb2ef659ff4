"""What readers did not find is noted: sparingly, and without a word about who."""

import pytest
from django.core.cache import cache
from django.test import Client

from learn import demand
from learn.models import EmptySearch, MissingPage
from tests.factories import make_question, make_subject

pytestmark = pytest.mark.django_db

MISSING = "/learn/biology/questions/what-is-osmosis"


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def test_missing_page_is_counted_under_one_address(client: Client) -> None:
    for address in (MISSING, f"{MISSING}/", f"{MISSING}.html", MISSING.replace("w", "W"), MISSING):
        assert client.get(address).status_code == 404
    page = MissingPage.objects.get()
    assert (page.path, page.hits) == (MISSING, 5)


@pytest.mark.parametrize("address", ["/learn/nothing", "/topics/nothing", "/learn/nothing/"])
def test_missing_list_is_counted(client: Client, address: str) -> None:
    client.get(address)
    assert MissingPage.objects.get().path == address.rstrip("/")


@pytest.mark.parametrize(
    "address",
    [
        "/wp-login.php",
        "/learn/.env",
        "/learn/biology/questions/a/b/c",
        "/learn/biology/questions/what%00",
        "/learn/nothing?page=2",
        "/search?q=x&page=99",
    ],
)
def test_what_programs_try_is_not_noted(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
    assert not MissingPage.objects.exists()


def test_page_of_a_list_that_is_there_is_not_missing(client: Client) -> None:
    subject = make_subject()
    assert client.get(f"{subject.get_absolute_url()}?page=9").status_code == 404
    assert not MissingPage.objects.exists()


@pytest.mark.parametrize("method", ["head", "post"])
def test_other_methods_are_not_noted(client: Client, method: str) -> None:
    getattr(client, method)(MISSING)
    assert not MissingPage.objects.exists()


def test_search_without_result_is_counted_by_its_telling_words(client: Client) -> None:
    for query in ("What is Zyzzyva plankton?", "plankton ZYZZYVA"):
        client.get("/search", {"q": query})
    search = EmptySearch.objects.get()
    assert (search.words, search.hits) == ("plankton zyzzyva", 2)


def test_search_with_a_result_is_not_noted(client: Client) -> None:
    question = make_question(title="What is plankton?")
    assert str(question.path) in client.get("/search", {"q": "plankton"}).content.decode()
    assert not EmptySearch.objects.exists()


@pytest.mark.parametrize(
    "query",
    ["zyzzyva@site.example", "zyzzyva 0664 123 45 67", "zyzzyva 12345678", "http://zyzzyva"],
)
def test_what_may_tell_who_somebody_is_is_not_noted(client: Client, query: str) -> None:
    client.get("/search", {"q": query})
    assert not EmptySearch.objects.exists()


def test_what_was_asked_for_least_makes_room(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(demand, "KEPT", 2)
    for slug in ("often", "often", "once", "new"):
        client.get(f"/learn/biology/questions/{slug}")
    assert {page.path.rpartition("/")[2] for page in MissingPage.objects.all()} == {"often", "new"}


def test_flood_costs_a_bounded_number_of_writes(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(demand, "WRITES_A_MINUTE", 3)
    for number in range(6):
        assert client.get(f"/learn/biology/questions/q-{number}").status_code == 404
    assert MissingPage.objects.count() <= 3


def test_page_that_is_there_by_now_is_forgotten(client: Client) -> None:
    client.get(MISSING)
    client.get("/learn/biology/questions/other")
    make_question(subject=make_subject(slug="biology"), slug="what-is-osmosis")
    assert demand.forget_answered() == 1
    assert MissingPage.objects.get().path.endswith("/other")

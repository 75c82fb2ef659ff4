import pytest
from django.utils import timezone

from learn.views import newest
from tests.factories import make_question, make_subject
from tests.views.markup import HOUR, address_of, assert_moved, get, rows

pytestmark = pytest.mark.django_db


def test_newest_lists_canonical_pages_by_moment_of_publication(client):
    now = timezone.now()
    questions = [make_question(publish_at=now - n * HOUR) for n in (1, 2, 3)]
    make_question(publish_at=now, canonical=questions[0])
    make_question(publish_at=now, no_index=True)
    make_question(publish_at=now, subject=make_subject(is_listed=False))
    page = get(client, "/newest")
    assert [address for address, _ in rows(page)] == [address_of(q) for q in questions]
    assert page.all("time")[0]["datetime"][:10] == f"{now - HOUR:%Y-%m-%d}"


def test_newest_is_for_readers_not_for_search_engines(client, site):
    make_question()
    page = get(client, "/newest")
    assert page.meta("robots") == "noindex"
    assert page.one("link", rel="canonical")["href"] == "https://site.example/newest"
    assert [link["href"] for link in page.all("link", rel="alternate")] == [
        "/feed.atom",
        "/feed.json",
    ]


def test_newest_goes_back_a_bounded_number_of_pages(client, monkeypatch):
    monkeypatch.setattr(newest, "PAGE_SIZE", 2)
    monkeypatch.setattr(newest, "PAGES", 2)
    for _ in range(5):
        make_question()
    assert len(rows(get(client, "/newest?page=2"))) == 2
    get(client, "/newest?page=3", 404)
    get(client, "/newest?page=0", 404)
    assert_moved(client.get("/newest?page=1"), "/newest")


def test_newest_without_questions_says_so(client):
    assert "There are no questions here yet." in get(client, "/newest").one("main")["text"]


@pytest.mark.parametrize("number", [1, 3])
def test_newest_makes_two_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        make_question()
    # the number of questions; the questions
    with django_assert_num_queries(2):
        assert len(rows(get(client, "/newest"))) == number

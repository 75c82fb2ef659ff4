"""Whom the middleware of sessions, users and messages is there for."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import get_user_model
from django.test import AsyncClient, Client
from django.utils.deprecation import MiddlewareMixin

READERS_PAGE = "/learn"


class Last(MiddlewareMixin):
    """Stands behind all others."""

    seen: list[str] = []

    def process_request(self, request):
        self.seen.append("request")

    def process_view(self, *given):
        self.seen.append("view")

    def process_response(self, request, response):
        self.seen.append("response")
        return response


@pytest.fixture
def last(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Last"]
    Last.seen.clear()
    return Last.seen


def has_session(response) -> bool:
    return hasattr(response.wsgi_request, "session")


def test_reader_without_cookies_passes_by_sessions_and_is_anonymous(client, db):
    response = client.get(READERS_PAGE)
    request = response.wsgi_request
    assert not has_session(response)
    assert not hasattr(request, "_messages")
    assert request.user.is_anonymous


@pytest.mark.parametrize("cookie", ["theme", "_ga"])
def test_cookie_of_others_asks_for_no_session(client, db, cookie):
    client.cookies[cookie] = "1"
    assert not has_session(client.get(READERS_PAGE))


@pytest.mark.parametrize("cookie", ["sessionid", "messages"])
def test_cookie_of_the_site_is_read_wherever_it_is_sent(client, db, cookie):
    client.cookies[cookie] = "1"
    assert has_session(client.get(READERS_PAGE))


def test_who_is_logged_in_is_known_on_readers_pages_too(client: Client, db):
    user = get_user_model().objects.create_superuser("ada")
    client.force_login(user)
    request = client.get(READERS_PAGE).wsgi_request
    assert request.user == user
    assert not request.user.is_verified()


def test_what_is_sent_has_a_session_without_a_cookie(client, db):
    assert has_session(client.post(READERS_PAGE))


@pytest.mark.parametrize("page", ["/admin/", "/admin/login/"])
def test_desk_has_a_session_without_a_cookie(client, db, page):
    assert has_session(client.get(page))


def test_reader_passes_by_what_stands_below_but_for_what_it_does_as_views_are_called(db, last):
    assert Client().get(READERS_PAGE).status_code == 200
    assert last == ["view"]


def test_who_logs_in_meets_all_that_stands_below(db, last):
    assert Client().get("/admin/login/").status_code == 200
    assert last == ["request", "view", "response"]


@pytest.mark.parametrize("page", ["/opensearch.xml", "/admin/login/"])
def test_asynchronous_server_takes_everybody_by_the_whole_way(last, page):
    # Of a thread: that of the tests has an event loop already where it has a browser. Neither page
    # asks the database, of which another thread has none.
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(async_to_sync(AsyncClient().get), page).result()
    assert answer.status_code == 200
    assert last == ["request", "view", "response"]


def test_view_of_a_reader_that_fails_is_answered_with_the_page_for_faults(client, db, monkeypatch):
    def fail(*given):
        raise RuntimeError("on purpose")

    monkeypatch.setattr("learn.views.subjects.render", fail)
    client.raise_request_exception = False
    answer = client.get(READERS_PAGE)
    assert answer.status_code == 500
    assert answer["X-Content-Type-Options"] == "nosniff"

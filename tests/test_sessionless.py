"""Whom the middleware of sessions, users and messages is there for."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

READERS_PAGE = "/learn"


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

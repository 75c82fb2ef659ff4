"""Logging in to the desk: guessing is slowed down, sessions begin anew, nobody is sent away."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from axes.models import AccessAttempt
from django.conf import settings as site_settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from learn.visitors import counted_address

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def ada(settings) -> User:
    # The tests are about what comes before and after; a slow hash would only take time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return User.objects.create_superuser("ada", password=PASSWORD)


def log_in(client: Client, password: str = PASSWORD, name: str = "ada", next: str = "", **kwargs):
    values = {"username": name, "password": password, **({"next": next} if next else {})}
    return client.post("/admin/login/", values, **kwargs)


def guess(client: Client, times: int, **kwargs) -> list[int]:
    return [log_in(client, f"wrong {n}", **kwargs).status_code for n in range(times)]


def test_fifth_wrong_password_locks_the_account_and_the_page_says_for_how_long(client):
    assert guess(client, 5) == [200] * 4 + [429]
    response = log_in(client)
    assert response.status_code == 429
    assert 890 < int(response["Retry-After"]) <= 900
    html = response.content.decode()
    assert "<h1>Too many attempts</h1>" in html
    assert "Please try again in 15 minutes." in html
    assert site_settings.SESSION_COOKIE_NAME not in client.cookies


def test_guessing_on_does_not_make_it_longer(client):
    guess(client, 5)
    AccessAttempt.objects.update(
        attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=14)
    )
    guess(client, 3)
    assert int(log_in(client)["Retry-After"]) <= 60


def test_account_opens_again_after_its_time(client):
    guess(client, 5)
    AccessAttempt.objects.update(
        attempt_time=AccessAttempt.objects.get().attempt_time - timedelta(minutes=16)
    )
    assert log_in(client).status_code == 302


def test_right_password_clears_the_failures(client):
    guess(client, 4)
    assert log_in(client).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_account_is_open_to_other_addresses_meanwhile():
    guess(Client(REMOTE_ADDR="192.0.2.1"), 5)
    assert log_in(Client(REMOTE_ADDR="192.0.2.2")).status_code == 302


def test_other_browser_at_the_address_does_not_help():
    guess(Client(), 5)
    response = log_in(Client(), headers={"User-Agent": "another"})
    assert response.status_code == 429


def test_other_account_at_the_address_is_open(client):
    User.objects.create_superuser("bob", password=PASSWORD)
    guess(client, 5)
    assert log_in(client, name="bob").status_code == 302


def test_account_that_does_not_exist_is_locked_alike(client):
    assert guess(client, 5, name="nobody") == [200] * 4 + [429]


def test_address_behind_a_proxy_is_the_one_that_the_proxy_states(client, settings):
    settings.CLIENT_ADDRESS_HEADER = "X-Forwarded-For"
    guess(client, 5, headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.1"})
    locked = log_in(client, headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.1"})
    assert locked.status_code == 429
    assert log_in(client, headers={"X-Forwarded-For": "192.0.2.2"}).status_code == 302


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1:2", "2001:db8::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix", None),
        ("", None),
    ],
)
def test_ipv6_logins_count_by_their_network(rf, address, counted):
    assert counted_address(rf.get("/", REMOTE_ADDR=address)) == counted


def test_many_logins_of_many_accounts_from_one_address_are_slowed_down(client, settings):
    settings.LOGIN_LIMIT = 3
    cache.clear()
    statuses = [log_in(client, "wrong", name=f"user-{n}").status_code for n in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert 0 < int(log_in(client)["Retry-After"]) <= 60
    assert AccessAttempt.objects.count() == 3


def test_password_is_stored_nowhere(client):
    log_in(client, "my old password")
    attempt = AccessAttempt.objects.get()
    assert "old password" not in f"{vars(attempt)}"


def test_session_of_before_the_login_is_worth_nothing_after_it(client):
    """Session fixation: the key that somebody may have planted is exchanged at the login."""
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies[site_settings.SESSION_COOKIE_NAME] = planted
    assert log_in(client).status_code == 302
    assert client.cookies[site_settings.SESSION_COOKIE_NAME].value != planted
    thief = Client()
    thief.cookies[site_settings.SESSION_COOKIE_NAME] = planted
    assert thief.get("/admin/").status_code == 302
    assert client.get("/admin/").status_code == 200


def test_session_key_that_the_site_did_not_make_is_not_taken_over(client):
    client.cookies[site_settings.SESSION_COOKIE_NAME] = "a" * 32
    log_in(client)
    assert client.cookies[site_settings.SESSION_COOKIE_NAME].value != "a" * 32


def test_session_ends_with_the_logout_and_with_a_new_password(client, ada):
    log_in(client)
    other = Client()
    log_in(other)
    kept = client.cookies[site_settings.SESSION_COOKIE_NAME].value
    client.post("/admin/logout/")
    client.cookies[site_settings.SESSION_COOKIE_NAME] = kept
    assert client.get("/admin/").status_code == 302
    ada.set_password("another")
    ada.save()
    assert other.get("/admin/").status_code == 302


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
    "/\t/evil.example",
    "\x00//evil.example",
    "https:/%5cevil.example",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_login_sends_nobody_to_another_site(client, target):
    for response in (
        log_in(client, next=target),
        client.get(f"/admin/login/?next={quote(target)}"),
        log_in(Client(), next=target),
    ):
        assert response.status_code == 302
        assert response["Location"] == "/admin/"


def test_login_sends_to_the_page_that_was_asked_for(client):
    response = client.get("/admin/learn/subject/?q=a")
    assert response["Location"] == "/admin/login/?next=/admin/learn/subject/%3Fq%3Da"
    answer = log_in(client, next="/admin/learn/subject/?q=a")
    assert answer["Location"] == "/admin/learn/subject/?q=a"

"""How often one address may search, and what is answered to whoever asks more often."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from learn import ratelimits
from learn.http import in_words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _limits(settings, monkeypatch):
    settings.SEARCH_LIMIT, settings.SUGGEST_LIMIT = 3, 2
    cache.clear()
    # Half past a minute, which does not end while the test runs.
    monkeypatch.setattr(ratelimits.time, "time", lambda: 1_000_000 * 60 + 30.5)


def statuses(client, address, times):
    return [client.get(address).status_code for _ in range(times)]


def test_search_beyond_the_limit_gets_429_and_a_page_that_says_when(client):
    assert statuses(client, "/search?q=tide", 4) == [200, 200, 200, 429]
    response = client.get("/search?q=tide")
    assert response["Retry-After"] == "30"
    assert response["Cache-Control"] == "no-store"
    html = response.content.decode()
    assert "Please try again in 30 seconds." in html
    assert len(re.findall("<h1>", html)) == len(re.findall("<main", html)) == 1


def test_suggestions_beyond_the_limit_get_429_and_json_that_says_when(client):
    assert statuses(client, "/search/suggest?q=tide", 3) == [200, 200, 429]
    response = client.get("/search/suggest?q=tide")
    assert response["Retry-After"] == "30"
    assert response.json()["retry_after"] == 30
    assert "30 seconds" in response.json()["error"]


def test_suggestions_do_not_use_up_searches(client):
    statuses(client, "/search/suggest?q=tide", 3)
    assert statuses(client, "/search?q=tide", 3) == [200] * 3


def test_next_minute_begins_anew(client, monkeypatch):
    statuses(client, "/search?q=tide", 4)
    monkeypatch.setattr(ratelimits.time, "time", lambda: 1_000_001 * 60)
    assert statuses(client, "/search?q=tide", 1) == [200]


def test_another_address_has_a_count_of_its_own():
    statuses(Client(REMOTE_ADDR="2001:db8::1"), "/search?q=tide", 4)
    assert statuses(Client(REMOTE_ADDR="2001:db8:1::1"), "/search?q=tide", 1) == [200]
    assert statuses(Client(REMOTE_ADDR="2001:db8::2"), "/search?q=tide", 1) == [429]


def test_address_behind_a_proxy_is_the_one_that_the_proxy_states(client, settings):
    settings.CLIENT_ADDRESS_HEADER = "X-Real-IP"
    for number in range(5):
        response = client.get("/search?q=a", headers={"X-Real-IP": f"192.0.2.{number}"})
        assert response.status_code == 200


def test_limit_of_0_is_none(client, settings):
    settings.SEARCH_LIMIT = 0
    assert statuses(client, "/search?q=tide", 5) == [200] * 5


def test_cache_that_does_not_answer_keeps_nobody_out(settings):
    # A port that nobody listens on.
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    with pytest.raises(Exception, match="Connection refused"):
        cache.get("x")
    assert [ratelimits.seconds_to_wait("search", "192.0.2.7", 3) for _ in range(5)] == [0] * 5


def test_key_of_a_count_holds_no_address():
    key = ratelimits.key_of("search", "192.0.2.7")
    assert "192.0.2.7" not in key
    assert key != ratelimits.key_of("search", "192.0.2.8")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (99, "99 seconds"), (100, "2 minutes"), (3600, "60 minutes")],
)
def test_time_is_said_in_words(seconds, words):
    assert in_words(seconds) == words

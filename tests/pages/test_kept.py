"""What a view says of a page that may be kept, where no store stands before Django."""

import pytest
from django.test import Client

from learn.pages import ENVIRON_KEY
from tests.factories import make_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def address() -> str:
    return str(make_question().path)


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({}, 200),
        ({"If-None-Match": '"another"'}, 200),
        ({"If-None-Match": "*"}, 304),
        ({"If-Match": '"another"'}, 412),
        ({"If-Match": "*"}, 200),
        # It has no date that could be compared.
        ({"If-Unmodified-Since": "Tue, 01 Dec 2026 00:00:00 GMT"}, 412),
        ({"If-Modified-Since": "Tue, 01 Dec 2026 00:00:00 GMT"}, 200),
    ],
)
def test_condition_of_a_request_is_answered(
    address: str, condition: dict[str, str], status: int
) -> None:
    assert Client().get(address, headers=condition).status_code == status


def test_own_tag_is_answered_with_304_and_the_tag(address: str) -> None:
    tag = Client().get(address)["ETag"]
    again = Client().get(address, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


def test_what_a_page_shows_is_gathered_for_a_store_that_asks_and_for_nobody_else(
    address: str,
) -> None:
    assert ENVIRON_KEY not in Client().get(address).wsgi_request.META
    asked = Client().get(address, **{ENVIRON_KEY: None}).wsgi_request.META[ENVIRON_KEY]
    assert len(asked) > 3

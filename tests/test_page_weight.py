"""How much a reader's browser has to fetch."""

import brotli
import pytest

from learn import inline
from tests.conftest import ROOT
from tests.factories import make_question, make_related
from tests.views.markup import Markup, address_of

STATIC = ROOT / "learn" / "static" / "learn"
FIRST_FLIGHT = 14_600  # ten packets, which a server may send before it hears back
# Of each response, about what gunicorn and the middleware write.
HEADERS = 900
FETCHED = {"icon", "preload", "stylesheet"}
PARAGRAPH = "A sentence of the usual length that says something about the matter at hand. "


def packed(content):
    return len(brotli.compress(content, quality=5))


@pytest.mark.parametrize(
    "names",
    [
        ("site", "answer", "math", "code"),
        ("site", "answer", "math", "parts"),
        ("site", "lists"),
    ],
)
def test_style_sheets_of_a_page_stay_small(names):
    sheets = "".join(map(inline.stylesheet, names)).encode()
    assert len(sheets) <= 10_240
    assert packed(sheets) <= 3_072


def test_scripts_stay_small():
    assert packed((STATIC / "js" / "app.js").read_bytes()) <= 1_280
    assert sum(packed(script.read_bytes()) for script in STATIC.glob("js/*.js")) <= 6_144


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["question", "/", "/learn"])
def test_first_view_fits_the_first_flight_and_three_requests(client, address):
    if address == "question":
        question = make_question(answer="### Part\n\n" + PARAGRAPH * 40)
        make_related(question, *(make_question() for _ in range(6)))
        address = address_of(question)
    response = client.get(address)
    page = Markup(response.content.decode())
    fetched = [e["src"] for e in page.elements if "src" in e]
    # The other links name pages and feeds, which nobody fetches with this one.
    fetched += [e["href"] for e in page.all("link") if e["rel"] in FETCHED]
    files = [STATIC / path.removeprefix("/static/learn/") for path in fetched]
    assert sorted(file.name for file in files) == ["app.js", "favicon.svg"]
    weight = packed(response.content) + sum(packed(file.read_bytes()) for file in files)
    assert weight + 3 * HEADERS <= FIRST_FLIGHT

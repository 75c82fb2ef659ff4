import datetime
import json
import re
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from learn.models import Question
from tests.factories import make_question, make_subject
from tests.views.markup import HOUR, address_of, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

ATOM = "{http://www.w3.org/2005/Atom}"
TAG_URI = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:question/[0-9a-f-]{36}")


def moment(text):
    """An RFC 3339 date and time, which must have a zone."""
    value = datetime.datetime.fromisoformat(text)
    assert value.tzinfo is not None
    return value


def atom(client, address="/feed.atom"):
    """The parsed feed, after a check of what RFC 4287 requires."""
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    assert feed.tag == f"{ATOM}feed"
    own = [link.get("href") for link in feed.findall(f"{ATOM}link[@rel='self']")]
    assert own == [f"https://site.example{address}"]
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            (child,) = element.findall(f"{ATOM}{name}")
            assert child.text
        moment(element.findtext(f"{ATOM}updated"))
        assert len(element.findall(f"{ATOM}link[@rel='alternate']")) == 1
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    for entry in entries:
        assert TAG_URI.fullmatch(entry.findtext(f"{ATOM}id"))
        assert entry.findtext(f"{ATOM}author/{ATOM}name")
        moment(entry.findtext(f"{ATOM}published"))
        (content,) = entry.findall(f"{ATOM}content")
        assert content.get("type") == "html"
    return feed


def json_feed(client):
    """The parsed feed, after a check of what JSON Feed 1.1 requires."""
    response = client.get("/feed.json")
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(response.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == "https://site.example/feed.json"
    assert feed["home_page_url"] == "https://site.example/"
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["content_html"]
        moment(item["date_published"])
        moment(item["date_modified"])
        assert all(author["name"] for author in item["authors"])
        assert all(isinstance(tag, str) for tag in item["tags"])
    return feed


def titles(feed):
    return [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]


def test_feeds_hold_the_newest_fifty_canonical_pages(client):
    now, subject = timezone.now(), make_subject()
    questions = [make_question(subject=subject, publish_at=now - n * HOUR) for n in range(52)]
    make_question(publish_at=now, canonical=questions[0])
    make_question(publish_at=now, no_index=True)
    make_question(publish_at=now, subject=make_subject(is_listed=False))
    expected = [question.title for question in questions[:50]]
    assert titles(atom(client)) == expected
    assert [item["title"] for item in json_feed(client)["items"]] == expected


def test_feeds_hold_the_whole_answer_with_its_formulas(client):
    question = make_question(
        title="Is 1 < 2 & 3?", answer="First.\n\n$$\\frac{a}{b}$$\n\n`<b>` " + "Last. " * 100
    )
    entry = atom(client).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}content") == question.answer_html
    assert "<math" in question.answer_html
    assert entry.findtext(f"{ATOM}title") == "Is 1 < 2 & 3?"
    (item,) = json_feed(client)["items"]
    assert item["content_html"] == question.answer_html
    page = f"https://site.example{address_of(question)}"
    assert item["url"] == page
    assert entry.find(f"{ATOM}link").get("href") == page


def test_control_characters_do_not_break_the_feed(client):
    question = make_question(title="A\x0bB?")
    Question.objects.filter(pk=question.pk).update(answer_html="<p>\x0c\x01fine\x1f</p>")
    entry = atom(client).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "AB?"
    assert entry.findtext(f"{ATOM}content") == "<p>fine</p>"


def test_id_stays_when_the_address_changes(client):
    question = make_question()
    before = atom(client).findtext(f"{ATOM}entry/{ATOM}id")
    question.slug, question.title = "renamed", "Renamed?"
    question.save()
    assert atom(client).findtext(f"{ATOM}entry/{ATOM}id") == before
    assert json_feed(client)["items"][0]["id"] == before


def test_updated_is_the_last_change_and_never_to_come(client):
    now = timezone.now().replace(microsecond=0)
    old, new = now - 9 * HOUR, now - HOUR
    question = make_question(publish_at=old)
    Question.objects.filter(pk=question.pk).update(modified_at=new)
    feed = atom(client)
    assert moment(feed.findtext(f"{ATOM}updated")) == new
    assert moment(feed.findtext(f"{ATOM}entry/{ATOM}published")) == old
    Question.objects.filter(pk=question.pk).update(modified_at=now + HOUR)
    assert moment(atom(client).findtext(f"{ATOM}updated")) == old


def test_feed_of_a_subject_holds_its_questions_only(client):
    question = make_question()
    make_question()
    address = f"{question.subject.get_absolute_url()}/feed.atom"
    assert titles(atom(client, address)) == [question.title]
    page = get(client, question.subject.get_absolute_url())
    assert page.one("link", rel="alternate", type="application/atom+xml")["href"] == address


@pytest.mark.parametrize("slug", ["hidden", "none"])
def test_subject_that_is_not_listed_has_no_feed(client, slug):
    make_subject(slug="hidden", is_listed=False)
    assert client.get(f"/learn/{slug}/feed.atom").status_code == 404
    if slug == "hidden":
        assert get(client, "/learn/hidden").all("link", rel="alternate") == []


def test_home_names_the_feeds_of_the_site(client):
    types = {link["href"]: link["type"] for link in get(client, "/").all("link", rel="alternate")}
    assert types == {
        "/feed.atom": "application/atom+xml",
        "/feed.json": "application/feed+json",
    }


@pytest.mark.parametrize("address", ["/feed.atom", "/feed.json"])
def test_feed_is_not_sent_again_to_who_has_it(client, address):
    first = client.get(address)
    assert first["X-Robots-Tag"] == "noindex"
    etag = first["ETag"]
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
    make_question()
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200
    assert client.post(address).status_code == 405


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("address", ["/feed.atom", "/feed.json"])
def test_feed_makes_one_query(client, django_assert_num_queries, address, number):
    for _ in range(number):
        make_question()
    with django_assert_num_queries(1):
        client.get(address)

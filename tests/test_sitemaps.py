import datetime
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from learn import sitemaps, totals
from learn.models import Question, Tag
from learn.models.sitemap_part import part_of
from learn.totals import date_topics, store_totals
from tests.factories import make_question, make_subject
from tests.views.markup import HOUR, address_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]

NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "https://site.example"


def entries(client, address):
    """Address -> lastmod (or None) of a sitemap or an index of them."""
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml")
    assert b"changefreq" not in response.content
    assert b"priority" not in response.content
    found = {}
    for element in ElementTree.fromstring(response.content):
        location = element.findtext(f"{NAMESPACE}loc")
        assert location.startswith(SITE)
        last = element.findtext(f"{NAMESPACE}lastmod")
        assert location not in found
        found[location.removeprefix(SITE)] = last and datetime.datetime.fromisoformat(last)
    return found


def questions_part():
    """The file that holds the newest question."""
    number = part_of(Question.objects.latest("pk").pk)
    return f"/sitemap-questions.xml{f'?page={number}' if number > 1 else ''}"


def test_index_names_the_parts_of_listed_subjects(client):
    now = timezone.now().replace(microsecond=0)
    subject = make_subject(slug="music")
    make_question(subject=subject, publish_at=now - 2 * HOUR)
    make_question(subject=subject, publish_at=now - HOUR)
    make_question(subject=make_subject(slug="hidden", is_listed=False))
    make_subject(slug="empty")
    store_totals()
    assert entries(client, "/sitemap.xml") == {
        "/sitemap-pages.xml": None,
        "/sitemap-topics.xml": None,
        "/sitemap-subject-empty.xml": None,
        "/sitemap-subject-music.xml": now - HOUR,
        questions_part(): now - HOUR,
    }


def test_part_of_a_subject_holds_the_pages_of_its_list(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PAGE_SIZE", 2)
    now = timezone.now().replace(microsecond=0)
    subject = make_subject(slug="music")
    shown = [
        make_question(subject=subject, slug=slug, publish_at=now - ago * HOUR)
        for slug, ago in (("a", 4), ("b", 3), ("c", 5))
    ]
    make_question(subject=subject, slug="d", canonical=shown[0], publish_at=now - 2 * HOUR)
    make_question(subject=subject, no_index=True)
    make_question(subject=subject, status=Question.Status.DRAFT)
    Question.objects.filter(slug="c").update(modified_at=now - HOUR)
    assert entries(client, "/sitemap-subject-music.xml") == {
        "/learn/music": now - 3 * HOUR,
        "/learn/music?page=2": now - HOUR,
        "/learn/music/flashcards": None,
    }
    assert entries(client, questions_part()) == {
        "/learn/music/questions/a": now - 4 * HOUR,
        "/learn/music/questions/b": now - 3 * HOUR,
        "/learn/music/questions/c": now - HOUR,
    }


def test_copy_stands_in_while_its_canonical_page_cannot_be_read(client):
    canonical = make_question(status=Question.Status.UNPUBLISHED)
    copy = make_question(canonical=canonical)
    assert address_of(copy) in entries(client, questions_part())


def test_date_that_is_to_come_is_not_told(client):
    past = timezone.now().replace(microsecond=0) - HOUR
    question = make_question(publish_at=past)
    Question.objects.update(modified_at=past + 5 * HOUR)
    store_totals()
    part = f"/sitemap-subject-{question.subject.slug}.xml"
    assert set(entries(client, part).values()) == {past, None}
    assert set(entries(client, questions_part()).values()) == {past}
    index = entries(client, "/sitemap.xml")
    assert (index[part], index[questions_part()]) == (past, past)


def test_empty_subject_still_has_its_page(client):
    make_subject(slug="empty")
    assert entries(client, "/sitemap-subject-empty.xml") == {"/learn/empty": None}


@pytest.mark.parametrize("slug", ["hidden", "none"])
def test_subject_that_is_not_listed_has_no_part(client, slug):
    make_subject(slug="hidden", is_listed=False)
    assert client.get(f"/sitemap-subject-{slug}.xml").status_code == 404


def test_questions_are_parted_by_their_keys(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "SPAN", 2)
    monkeypatch.setattr(totals, "SPAN", 2)
    start = 1_000_000
    keys = [start + 1, start + 2, start + 3, start + 8]
    questions = [make_question(pk=pk) for pk in keys]
    store_totals()
    parts = [part for part in entries(client, "/sitemap.xml") if "-questions" in part]
    number = start // 2
    assert parts == [f"/sitemap-questions.xml?page={number + n}" for n in (1, 2, 4)]
    found = [list(entries(client, part)) for part in parts]
    addresses = [address_of(question) for question in questions]
    assert found == [addresses[:2], addresses[2:3], addresses[3:]]


@pytest.mark.parametrize("number", ["9999", "0", "x", "9999999", "-1"])
def test_part_that_holds_nothing_is_unknown(client, number):
    make_subject(slug="music")
    for part in ("questions", "topics", "subject-music"):
        assert client.get(f"/sitemap-{part}.xml?page={number}").status_code == 404


def test_topics_part_holds_all_pages_of_indexed_topics(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PAGE_SIZE", 15)
    now = timezone.now().replace(microsecond=0)
    for n in range(20):
        make_question(seo_keywords="zinc", publish_at=now - (n + 1) * HOUR)
    for _ in range(19):
        make_question(seo_keywords="copper")
    store_totals()
    date_topics()
    assert entries(client, "/sitemap-topics.xml") == {
        "/topics/zinc": now - HOUR,
        "/topics/zinc?page=2": now - HOUR,
    }
    monkeypatch.setattr(sitemaps, "MAX_ADDRESSES", 1)
    assert "/sitemap-topics.xml?page=2" in entries(client, "/sitemap.xml")


def test_topics_part_is_empty_without_topics(client):
    assert entries(client, "/sitemap-topics.xml") == {}


def test_pages_part_holds_home_subjects_and_topics(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "TOPICS_A_PAGE", 1)
    past = timezone.now().replace(microsecond=0) - HOUR
    make_question(seo_keywords="a, b", publish_at=past)
    store_totals()
    Tag.objects.update(count=20)
    assert entries(client, "/sitemap-pages.xml") == {
        "/": past,
        "/learn": None,
        "/how-answers-are-made": None,
        "/topics": None,
        "/topics?page=2": None,
    }


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # sizes of topics; subjects; parts
        ("/sitemap.xml", 3),
        # the latest moments; the number of topics
        ("/sitemap-pages.xml", 2),
        ("/sitemap-topics.xml", 1),
        ("/sitemap-questions.xml", 1),
        # the subject; the rows of its list; whether it has flashcards, two
        ("/sitemap-subject-music.xml", 4),
    ],
)
@pytest.mark.parametrize("number", [1, 3])
def test_sitemap_makes_a_fixed_number_of_queries(
    client, django_assert_num_queries, address, queries, number
):
    subject = make_subject(slug="music")
    for n in range(number):
        make_question(subject=subject, seo_keywords=f"word {n}")
    Tag.objects.update(count=20)
    with django_assert_num_queries(queries):
        entries(client, address)


def test_sitemap_is_not_sent_again_to_who_has_it(client):
    question = make_question()
    part = f"/sitemap-subject-{question.subject.slug}.xml"
    etag = client.get(part)["ETag"]
    assert client.get(part, headers={"If-None-Match": etag}).status_code == 304
    assert client.post(part).status_code == 405

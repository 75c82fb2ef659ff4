"""The whole real corpus as a crawler meets it: from the first page by links, and by the sitemap.

Every list of a subject is fetched. Of question and topic pages a sample is fetched, and all that it
links is held against what answers; test_corpus.py reads every question's page.
"""

import html
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from learn.http import PAGE_SIZE
from learn.models import Question, Tag
from learn.models.tag import INDEXED_FROM
from learn.seeds.report import Report
from learn.topics import miscounted_tags
from tests.test_page_weight import packed

# Every page of a sample costs some milliseconds; what differs on PostgreSQL is in the queries.
STEP = 40 if connection.vendor == "sqlite" else 400

# What bears `nofollow` (forms, practice without an end, downloads) is not for crawlers.
LINK = re.compile(r'<a\b(?![^>]*\brel="nofollow")[^>]*?\bhref="([^"]*)"')
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)">')
ALTERNATE = re.compile(r'<link rel="alternate"[^>]*? href="([^"]*)"')
QUESTION = re.compile(r"/learn/[^/]+/questions/[^/?]+")
TOPIC = re.compile(r"/topics/[^/]+")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


class Crawl:
    """The pages that links lead to from the first page, without those of questions and topics."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.depth = {"/": 0}
        self.indexable: set[str] = set()
        self.weight: dict[str, int] = {}
        waiting = deque(["/"])
        while waiting:
            address = waiting.popleft()
            page = self.fetch(address)
            self.weight[address] = packed(page.encode())
            if is_indexable(address, page):
                self.indexable.add(address)
            for link in links(page):
                if link not in self.depth:
                    self.depth[link] = self.depth[address] + 1
                    if not (QUESTION.fullmatch(link) or TOPIC.match(link)):
                        waiting.append(link)

    def fetch(self, address: str) -> str:
        response = self.client.get(address)
        assert response.status_code == 200, address
        return response.content.decode()

    def reached(self, pattern: re.Pattern[str]) -> dict[str, int]:
        """Address -> clicks from the first page."""
        return {link: depth for link, depth in self.depth.items() if pattern.match(link)}


def links(page: str) -> set[str]:
    """Where a page leads within the site."""
    found = (html.unescape(link).partition("#")[0] for link in LINK.findall(page))
    return {link for link in found if link.startswith("/") and not link.startswith("//")}


def is_indexable(address: str, page: str) -> bool:
    (canonical,) = CANONICAL.findall(page)
    return '<meta name="robots" content="noindex' not in page and (
        canonical == settings.SITE_URL + address
    )


@pytest.fixture(scope="module")
def crawl(loaded: Report, django_db_blocker: object) -> Crawl:
    if connection.vendor != "sqlite":
        pytest.skip("the links are the same; `python -m soak crawl` follows them here too")
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return Crawl(Client())


@pytest.fixture(scope="module")
def own_pages(loaded: Report, django_db_blocker: object) -> dict[str, bool]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return find_own_pages()


def find_own_pages() -> dict[str, bool]:
    """Address of each question that answers itself -> whether search engines may list it."""
    questions = Question.objects.select_related("subject", "canonical__subject").defer(
        "answer", "answer_html", "canonical__answer", "canonical__answer_html"
    )
    return {
        str(question.path): question.is_indexable
        for question in questions.iterator(chunk_size=500)
        if question.is_published and question.reader_page is question
    }


def sample(addresses: set[str]) -> Iterator[str]:
    return islice(sorted(addresses), None, None, STEP)


def topic_pages(topics: "list[Tag]") -> set[str]:
    return {
        topic.get_absolute_url() + (f"?page={number}" if number > 1 else "")
        for topic in topics
        for number in range(1, -(-topic.count // PAGE_SIZE) + 1)
    }


def test_links_reach_every_indexable_question_in_four_clicks_and_nothing_that_is_not_there(
    crawl: Crawl, own_pages: dict[str, bool]
) -> None:
    reached = crawl.reached(QUESTION)
    indexable = {address for address, may_list in own_pages.items() if may_list}
    assert {address for address, depth in reached.items() if depth <= 4} >= indexable
    topics = topic_pages(list(Tag.objects.with_page()))
    answering = own_pages.keys() | topics | (crawl.depth.keys() - reached.keys())
    assert crawl.reached(TOPIC).keys() <= topics
    assert reached.keys() <= own_pages.keys()
    for address in (*sample(own_pages.keys()), *sample(topics)):
        page = crawl.fetch(address)
        for link in links(page) - answering:
            assert crawl.client.get(link).status_code == 200, (address, link)
            answering.add(link)
        for alternate in ALTERNATE.findall(page):
            assert crawl.client.get(alternate).status_code == 200, alternate


def test_pages_are_light(crawl: Crawl, own_pages: dict[str, bool]) -> None:
    """All lists, and a sample of the questions; bench.pages weighs every question's page."""
    # pages of flashcards hold parts of the answers
    lists = [address for address in crawl.weight if "/flashcards" not in address]
    heaviest = max(lists, key=lambda address: crawl.weight[address])
    assert crawl.weight[heaviest] <= 8_192, heaviest
    weights = sorted(packed(crawl.fetch(address).encode()) for address in sample(own_pages.keys()))
    assert weights[-1] <= 9_000
    assert weights[len(weights) * 99 // 100] <= 7_000


def test_sitemap_is_just_the_indexable_pages(crawl: Crawl, own_pages: dict[str, bool]) -> None:
    listed: list[str] = []
    for part in locations(crawl, "/sitemap.xml"):
        listed += locations(crawl, part)
    assert len(listed) == len(set(listed))
    questions = {address for address, may_list in own_pages.items() if may_list}
    topics = topic_pages(list(Tag.objects.indexed()))
    assert set(listed) == crawl.indexable | questions | topics
    for address in (*sample(questions), *sample(topics)):
        assert is_indexable(address, crawl.fetch(address)), address
    others = own_pages.keys() - questions | topic_pages(
        list(Tag.objects.with_page().filter(count__lt=INDEXED_FROM))
    )
    for address in sample(others):
        assert not is_indexable(address, crawl.fetch(address)), address


def locations(crawl: Crawl, address: str) -> list[str]:
    elements = ElementTree.fromstring(crawl.fetch(address)).iter()
    found = [element.text or "" for element in elements if element.tag.endswith("}loc")]
    return [location.removeprefix(settings.SITE_URL) for location in found]


def test_every_topic_has_its_true_number(loaded: Report) -> None:
    assert miscounted_tags() == {}
    assert Tag.objects.with_page().count() > Tag.objects.indexed().count() > 1000


def test_feeds_of_the_real_answers_are_well_formed(client: Client) -> None:
    for subject in set(Question.objects.values_list("subject__slug", flat=True)):
        response = client.get(f"/learn/{subject}/feed.atom")
        if response.status_code == 200:
            ElementTree.fromstring(response.content)

"""Sitemaps: just the addresses that answer 200, are canonical and may be listed.

An index; a part with the site's own pages, one with topics, one for each listed subject. `lastmod`
is when content last changed, never when the file was made; where that is not known there is none.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from learn.http import PAGE_SIZE, TOPICS_A_PAGE, read_only
from learn.models import Question, Subject, Tag, TaggedQuestion
from learn.models.question import QuestionQuerySet, latest_past
from learn.pages import keep, names
from learn.studysets import subject_set

# The protocol's own limit; with the longest addresses some 15 MB.
MAX_ADDRESSES = 50_000
PART = re.compile(r"[1-9][0-9]{0,3}")
# What changes the parts that are about more than one subject.
OF_ALL = (names.SITE, names.TOPICS)
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

# An address and when what it shows last changed, if that is known.
Entry = tuple[str, datetime.datetime | None]


@read_only
def sitemap_index(request: HttpRequest) -> HttpResponse:
    entries: list[Entry] = [(reverse("learn:sitemap_pages"), None)]
    counts = Tag.objects.indexed().values_list("count", flat=True)
    addresses = sum(_page_count(count, PAGE_SIZE) for count in counts)
    entries += _parts(reverse("learn:sitemap_topics"), addresses, None)
    rows = _by_subject(Question.objects.indexable())
    pages = _by_subject(Question.objects.canonical_pages())
    for slug in Subject.objects.listed().order_by("slug").values_list("slug", flat=True):
        addresses = pages.get(slug, NOTHING)["number"]
        addresses += bool(addresses)  # the flashcards of the questions
        addresses += _page_count(rows.get(slug, NOTHING)["number"], PAGE_SIZE)
        address = reverse("learn:sitemap_subject", kwargs={"subject": slug})
        entries += _parts(address, addresses, _latest(rows.get(slug, NOTHING)))
    return _answer(request, "sitemapindex", "sitemap", entries, OF_ALL)


def _parts(address: str, addresses: int, last: datetime.datetime | None) -> Iterator[Entry]:
    for number in range(1, _page_count(addresses, MAX_ADDRESSES) + 1):
        yield _page_address(address, number), last


@read_only
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The home page, subjects, how answers are made, the pages of the list of topics."""
    newest = Question.objects.canonical_pages().aggregate(**_moments())
    topics = reverse("learn:topic_list")
    numbers = range(1, _page_count(Tag.objects.indexed().count(), TOPICS_A_PAGE) + 1)
    entries: list[Entry] = [
        (reverse("learn:home"), _latest(newest)),
        (reverse("learn:subject_list"), None),
        (reverse("learn:how_answers_are_made"), None),
        *((_page_address(topics, number), None) for number in numbers),
    ]
    return _answer(request, "urlset", "url", entries, OF_ALL)


@read_only
def sitemap_topics(request: HttpRequest) -> HttpResponse:
    """The topics that search engines may list, with all of their pages."""
    latest = _latest_of_topics()
    entries = (
        (_page_address(topic.get_absolute_url(), number), latest.get(topic.pk))
        for topic in Tag.objects.indexed().only("slug", "count").iterator()
        for number in range(1, _page_count(topic.count, PAGE_SIZE) + 1)
    )
    return _answer_part(request, entries, OF_ALL)


def _latest_of_topics() -> dict[int, datetime.datetime]:
    """Tag -> latest change of a question that its page lists.

    Put together here: SQLite takes a hundred times as long over the dates of each topic's rows.
    """
    pages = Question.objects.canonical_pages().order_by()
    changes = {
        pk: latest_past(published, modified)
        for pk, published, modified in pages.values_list("pk", "publish_at", "modified_at")
        if published
    }
    tagged = TaggedQuestion.objects.filter(tag__in=Tag.objects.indexed().order_by().values("pk"))
    latest: dict[int, datetime.datetime] = {}
    for tag, question in tagged.order_by().values_list("tag", "content_object").iterator():
        moment = changes.get(question)
        if moment and (tag not in latest or latest[tag] < moment):
            latest[tag] = moment
    return latest


@read_only
def sitemap_subject(request: HttpRequest, subject: str) -> HttpResponse:
    """The subject's pages, its flashcards and its questions."""
    found = Subject.objects.listed().filter(slug=subject).first()
    if found is None:
        raise Http404
    shown = names.listing(found.pk), names.subject(found.pk)
    return _answer_part(request, _subject_entries(found), shown)


def _subject_entries(subject: Subject) -> Iterator[Entry]:
    yield from _list_pages(subject)
    cards = subject_set(subject.slug)
    if cards is not None and cards.questions.exists():
        yield cards.page("flashcards"), None
    address = reverse("learn:question_detail", kwargs={"subject": subject.slug, "slug": "-"})
    columns = ("slug", "publish_at", "modified_at")
    questions = Question.objects.canonical_pages().filter(subject=subject).order_by("slug")
    for slug, published, modified in questions.values_list(*columns).iterator():
        assert published is not None
        yield address.removesuffix("-") + slug, latest_past(published, modified)


def _list_pages(subject: Subject) -> Iterator[Entry]:
    """The pages of the subject's list: a row that is new shifts all rows behind it, so that a page
    changes with every page before it."""
    rows = Question.objects.indexable().filter(subject=subject).order_by("slug")
    address, last, count = subject.get_absolute_url(), None, 0
    for published, modified in rows.values_list("publish_at", "modified_at").iterator():
        assert published is not None
        moment = latest_past(published, modified)
        last = max(last, moment) if last else moment
        count += 1
        if count % PAGE_SIZE == 0:
            yield _page_address(address, count // PAGE_SIZE), last
    if count % PAGE_SIZE or not count:
        yield _page_address(address, count // PAGE_SIZE + 1), last


# --- counting and moments

NOTHING: dict[str, Any] = {"number": 0, "published": None, "modified": None}


def _by_subject(questions: QuestionQuerySet) -> dict[str, dict[str, Any]]:
    """Slug of each subject -> number of its questions and the latest moments."""
    rows = questions.order_by().values("subject__slug")
    rows = rows.annotate(number=Count("pk"), **_moments())
    return {row["subject__slug"]: dict(row) for row in rows}


def _moments() -> dict[str, Max]:
    """Aggregates that `_latest` takes."""
    past = Q(modified_at__lte=timezone.now())
    return {"published": Max("publish_at"), "modified": Max("modified_at", filter=past)}


def _latest(row: dict[str, Any]) -> datetime.datetime | None:
    moments = [moment for moment in (row["published"], row["modified"]) if moment]
    return max(moments, default=None)


def _page_count(number: int, size: int) -> int:
    """How many pages hold so many entries; an empty list has one page."""
    return max(1, -(-number // size))


def _page_address(address: str, number: int) -> str:
    return address if number == 1 else f"{address}?page={number}"


# --- XML


def _answer_part(
    request: HttpRequest, entries: Iterable[Entry], shown: Iterable[str]
) -> HttpResponse:
    """The part of the addresses that `?page=N` names; all of them where one file can hold them."""
    number = request.GET.get("page", "1")
    if not PART.fullmatch(number):
        raise Http404
    start = (int(number) - 1) * MAX_ADDRESSES
    part = list(islice(entries, start, start + MAX_ADDRESSES))
    if not part and start:
        raise Http404
    return _answer(request, "urlset", "url", part, shown)


def _answer(
    request: HttpRequest,
    root: str,
    element: str,
    entries: Iterable[Entry],
    shown: Iterable[str],
) -> HttpResponse:
    lines = "\n".join(_line(element, address, last) for address, last in entries)
    opening = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">'
    text = f"{opening}\n{lines}\n</{root}>\n"
    return keep(request, HttpResponse(text, content_type="application/xml"), shown)


def _line(element: str, address: str, last: datetime.datetime | None) -> str:
    changed = f"<lastmod>{last.isoformat(timespec='seconds')}</lastmod>" if last else ""
    return f"<{element}><loc>{escape(settings.SITE_URL + address)}</loc>{changed}</{element}>"

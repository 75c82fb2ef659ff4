"""Sitemaps: just the addresses that answer 200, are canonical and may be listed.

An index; files with the site's own pages, with topics, with the list of each listed subject; and
the questions, a file for each range of keys. `lastmod` is when content last changed, never when
the file was made; where that is not known there is none. What the index says is stored
(learn.totals): no file goes through all questions.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from learn.http import PAGE_SIZE, TOPICS_A_PAGE, read_only
from learn.models import Question, SitemapPart, Subject, Tag
from learn.models.path import QuestionPath
from learn.models.sitemap_part import SPAN
from learn.models.visibility import latest_past
from learn.pages import keep, names
from learn.studysets import subject_set

# The protocol's own limit; with the longest addresses some 15 MB.
MAX_ADDRESSES = 50_000
PART = re.compile(r"[1-9][0-9]{0,5}")
# What changes the parts that are about more than one subject.
OF_ALL = (names.SITE, names.TOPICS)
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

# An address and when what it shows last changed, if that is known.
Entry = tuple[str, datetime.datetime | None]


@read_only
def sitemap_index(request: HttpRequest) -> HttpResponse:
    topics, questions = reverse("learn:sitemap_topics"), reverse("learn:sitemap_questions")
    counts = Tag.objects.indexed().values_list("count", flat=True)
    addresses = sum(_page_count(count, PAGE_SIZE) for count in counts)
    numbers = range(1, _page_count(addresses, MAX_ADDRESSES) + 1)
    subjects = Subject.objects.listed().order_by("slug").values_list("slug", "changed_at")
    parts = SitemapPart.objects.order_by("number").values_list("number", "changed_at")
    entries: list[Entry] = [
        (reverse("learn:sitemap_pages"), None),
        *((_page_address(topics, number), None) for number in numbers),
        *((reverse("learn:sitemap_subject", args=[slug]), last) for slug, last in subjects),
        *((_page_address(questions, number), last) for number, last in parts),
    ]
    return _answer(request, "sitemapindex", "sitemap", entries, OF_ALL)


@read_only
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """The home page, subjects, how answers are made, the pages of the list of topics."""
    newest = Subject.objects.filter(is_listed=True).aggregate(last=Max("changed_at"))
    topics = reverse("learn:topic_list")
    numbers = range(1, _page_count(Tag.objects.indexed().count(), TOPICS_A_PAGE) + 1)
    entries: list[Entry] = [
        (reverse("learn:home"), newest["last"]),
        (reverse("learn:subject_list"), None),
        (reverse("learn:how_answers_are_made"), None),
        *((_page_address(topics, number), None) for number in numbers),
    ]
    return _answer(request, "urlset", "url", entries, OF_ALL)


@read_only
def sitemap_topics(request: HttpRequest) -> HttpResponse:
    """The topics that search engines may list, with all of their pages."""
    entries = (
        (_page_address(topic.get_absolute_url(), page), topic.changed_at)
        for topic in Tag.objects.indexed().only("slug", "count", "changed_at").iterator()
        for page in range(1, _page_count(topic.count, PAGE_SIZE) + 1)
    )
    number = _part(request)
    start = (number - 1) * MAX_ADDRESSES
    part = list(islice(entries, start, start + MAX_ADDRESSES))
    if not part and number > 1:
        raise Http404
    return _answer(request, "urlset", "url", part, OF_ALL)


@read_only
def sitemap_questions(request: HttpRequest) -> HttpResponse:
    """The questions with the keys of this part."""
    number = _part(request)
    questions = Question.objects.canonical_pages().order_by("pk")
    questions = questions.filter(pk__gt=(number - 1) * SPAN, pk__lte=number * SPAN)
    columns = ("subject__slug", "slug", "publish_at", "modified_at")
    entries = [
        (str(QuestionPath(subject, slug)), latest_past(published, modified))
        for subject, slug, published, modified in questions.values_list(*columns).iterator()
    ]
    if not entries and number > 1:
        raise Http404
    return _answer(request, "urlset", "url", entries, OF_ALL)


@read_only
def sitemap_subject(request: HttpRequest, subject: str) -> HttpResponse:
    """The pages of the subject's list, and its flashcards."""
    found = Subject.objects.listed().filter(slug=subject).first()
    if found is None or _part(request) > 1:
        raise Http404
    entries = list(_list_pages(found))
    cards = subject_set(found.slug)
    if cards is not None and cards.questions.exists():
        entries.append((cards.page("flashcards"), None))
    shown = names.listing(found.pk), names.subject(found.pk)
    return _answer(request, "urlset", "url", entries, shown)


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


def _part(request: HttpRequest) -> int:
    """The number of the file that `?page=N` names."""
    number = request.GET.get("page", "1")
    if not PART.fullmatch(number):
        raise Http404
    return int(number)


def _page_count(number: int, size: int) -> int:
    """How many pages hold so many entries; an empty list has one page."""
    return max(1, -(-number // size))


def _page_address(address: str, number: int) -> str:
    return address if number == 1 else f"{address}?page={number}"


# --- XML


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

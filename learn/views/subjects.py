"""Home, the list of subjects, and a subject's questions."""

import datetime
import re
from collections.abc import Iterable
from functools import cache
from itertools import accumulate, chain
from typing import Any, NamedTuple

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, ExpressionWrapper, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from learn.frames import render_framed
from learn.http import PAGE_SIZE
from learn.models import Question, Subject
from learn.models.path import QuestionPath
from learn.models.prepared import SOME_MOMENT, PreparedQuery, some_number, some_text
from learn.models.visibility import is_public
from learn.pages import keep, names
from learn.places import places_of
from learn.structured_data import home_nodes, subject_list_nodes, subject_nodes
from learn.views.common import (
    Alternate,
    Head,
    answer_moved,
    answer_not_found,
    read_only,
    site_feeds,
)

NEWEST_SHOWN = 10
SAMPLES_SHOWN = 3
SORT_NEWEST = "newest"
# The pager links the neighbours, the ends and every tenth page; these in turn link so many pages
# around them that each page is two clicks from the first, and each question three.
PAGER_STEP = 10

PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


@read_only
def home(request: HttpRequest) -> HttpResponse:
    name, description = settings.SITE_NAME, str(settings.SITE_DESCRIPTION)
    newest = Question.objects.canonical_pages()
    context = {
        "head": Head(
            title=_("%(site)s: study questions, answered") % {"site": name},
            description=description,
            address=reverse("learn:home"),
            share_title=name,
            nodes=home_nodes(),
            alternates=site_feeds(),
        ),
        "subjects": Subject.objects.listed(),
        "newest": newest.for_list().order_by("-publish_at", "-uid")[:NEWEST_SHOWN],
    }
    return keep(request, render(request, "learn/home.html", context), [names.SITE])


@read_only
def subject_list(request: HttpRequest) -> HttpResponse:
    subjects = _with_samples(list(Subject.objects.listed()))
    context = {
        "head": Head(
            title=_("Subjects | %(site)s") % {"site": settings.SITE_NAME},
            description=_("All subjects of %(site)s, with the number of questions in each.")
            % {"site": settings.SITE_NAME},
            address=reverse("learn:subject_list"),
            share_title=_("Subjects"),
            nodes=subject_list_nodes(),
            alternates=site_feeds(),
        ),
        "subjects": subjects,
    }
    return keep(request, render(request, "learn/subject_list.html", context), [names.SITE])


def _with_samples(subjects: list[Subject]) -> list[Subject]:
    """The subjects, each with `samples`: its newest questions; two queries, the first by index."""
    newest = (
        Question.objects.published()
        # One of a list: SQLite finds no place in an index for "not hidden".
        .filter(no_index__in=[False], subject=OuterRef("pk"), canonical=None)
        .order_by("-publish_at", "-pk")
        .values("pk")
    )
    # By each state for itself, as the index has their moments; all of them would be sorted else.
    columns = {
        f"{status}_{place}": Subquery(newest.filter(status=status)[place : place + 1])
        for status in Question.PUBLIC_STATUSES
        for place in range(SAMPLES_SHOWN)
    }
    keys = {
        pk: [sample for sample in samples if sample]
        for pk, *samples in Subject.objects.listed().values_list("pk").annotate(**columns)
    }
    rows = Question.objects.only("title", "slug", "subject", "publish_at")
    questions = rows.in_bulk(list(chain(*keys.values())))
    for subject in subjects:
        samples = [questions[pk] for pk in keys.get(subject.pk, ()) if pk in questions]
        samples.sort(key=lambda sample: (sample.publish_at, sample.pk), reverse=True)
        for sample in samples:
            sample.subject = subject
        subject.samples = samples[:SAMPLES_SHOWN]  # type: ignore[attr-defined]
    return subjects


@read_only
def subject_detail(request: HttpRequest, subject: str) -> HttpResponse:
    found = next(iter(_SUBJECT.objects(slug=subject)), None)
    number = page_number(request.GET.get("page", "1"))
    sort = request.GET.get("sort", "")
    is_sorted = sort == SORT_NEWEST
    if found is None or number is None or not (is_sorted or sort == ""):
        return answer_not_found(request)
    address = found.get_absolute_url()
    now = timezone.now()
    places = places_of(found, now, PAGE_SIZE)
    paginator = Paginator(_NO_ROWS, PAGE_SIZE)
    # Known already: the paginator need not ask.
    paginator.count = places.number
    if number > paginator.num_pages:
        return answer_not_found(request)
    if number == 1 and "page" in request.GET:
        return answer_moved(f"{address}?sort={SORT_NEWEST}" if is_sorted else address)
    rows: Iterable[Iterable[Any]]
    if is_sorted:
        rows = _newest_first(found.pk, now, number)
    else:
        rows = _from_slug(PAGE_SIZE).rows(subject=found.pk, now=now, slug=places.start(number))
    page = Page([_row(*row) for row in rows], number, paginator)
    context = {
        "head": _subject_head(found, page, is_sorted=is_sorted),
        "subject": found,
        "address": address,
        "page": page,
        "pager": pager(page),
        "sort": SORT_NEWEST if is_sorted else "",
        "letters": letters(places.letters) if paginator.num_pages > 1 and not is_sorted else [],
    }
    response = HttpResponse(render_framed("learn/subject_detail.html", context))
    subjects = {names.subject(row.subject_id) for row in page}
    shown = [names.listing(found.pk), names.subject(found.pk), *subjects]
    return keep(request, response, shown)


class Row(NamedTuple):
    """A question as a line of its subject's list shows it."""

    title: str
    slug: str
    summary: str
    subject_id: int
    reader_address: str


def _row(title: str, slug: str, summary: str, has_canonical: bool | None, *addresses: Any) -> Row:
    """Of a row of `_listed`."""
    subject_id, subject, path = addresses[3:] if has_canonical else addresses[:3]
    return Row(title, slug, summary, subject_id, str(QuestionPath(subject, path)))


def _listed(subject: int, now: datetime.datetime) -> QuerySet[Question, tuple]:
    """The lines of a subject's list."""
    address = ("subject_id", "subject__slug", "slug")
    return (
        Question.objects.indexable(now)
        .filter(subject=subject)
        .annotate(
            has_canonical=ExpressionWrapper(is_public(now, "canonical__"), BooleanField()),
            # A column is selected once only.
            own_slug=F("slug"),
        )
        .values_list(
            *("title", "slug", "summary", "has_canonical"),
            *("subject_id", "subject__slug", "own_slug"),
            *(f"canonical__{name}" for name in address),
        )
    )


def _newest_first(subject: int, now: datetime.datetime, page: int) -> QuerySet[Question, tuple]:
    """Planned for each page by itself: the way that is best for the first is not for the last."""
    rows = _listed(subject, now).order_by("-publish_at", "-uid")
    return rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


@cache
def _from_slug(number: int) -> PreparedQuery:
    """So many lines from a slug on.

    The number is a part of the statement: of one that is a value PostgreSQL knows nothing when it
    plans, and reckons with a tenth of all rows.
    """
    return PreparedQuery(
        lambda: (
            _listed(some_number(0), SOME_MOMENT)
            .filter(slug__gte=some_text(0))
            .order_by("slug")[:number]
        ),
        plain=True,
        subject=some_number(0),
        now=SOME_MOMENT,
        slug=some_text(0),
    )


_SUBJECT = PreparedQuery(
    lambda: Subject.objects.filter(slug=some_text(0)).order_by(), slug=some_text(0)
)
_NO_ROWS: list[Row] = []


def letters(counts: dict[str, int]) -> list[tuple[str, int]]:
    """(letter, number of the page on which it begins)."""
    before = [0, *accumulate(counts.values())]
    return [
        (letter, position // PAGE_SIZE + 1)
        for letter, position in zip(counts, before, strict=False)
    ]


def page_number(text: str) -> int | None:
    return int(text) if PAGE_NUMBER.fullmatch(text) else None


def _subject_head(subject: Subject, questions: Page, *, is_sorted: bool) -> Head:
    """Of another order search engines are told the first page of the usual one."""
    number = 1 if is_sorted else questions.number
    names = {"subject": subject.title, "site": settings.SITE_NAME, "number": number}
    title = _("%(subject)s: questions and answers | %(site)s") % names
    description = subject.description or _("Questions and answers in %(subject)s.") % names
    address = subject.get_absolute_url()
    if number > 1:
        page = _("page %(number)d") % names
        title = f"{title} – {page}"
        description = f"{description} ({page})"
        address = f"{address}?page={number}"
    return Head(
        title=title,
        description=description,
        address=address,
        share_title=subject.title,
        is_indexable=subject.is_listed and not is_sorted,
        nodes=subject_nodes(subject, address),
        alternates=_subject_feeds(subject) if subject.is_listed else (),
    )


def _subject_feeds(subject: Subject) -> tuple[Alternate, ...]:
    title = _("Newest answers in %(subject)s") % {"subject": subject.title}
    address = reverse("learn:subject_atom", kwargs={"subject": subject.slug})
    return (Alternate("application/atom+xml", address, title),)


def pager(page: Page) -> list[int | None]:
    """The page numbers to link, None for a gap; empty where there is one page only."""
    last = page.paginator.num_pages
    if last == 1:
        return []
    marks = {1, last, *range(PAGER_STEP, last, PAGER_STEP)}
    reach = PAGER_STEP // 2 if page.number in marks else 1
    near = range(page.number - reach, page.number + reach + 1)
    linked = marks.union(number for number in near if 1 <= number <= last)
    numbers: list[int | None] = []
    for number in sorted(linked):
        if numbers and numbers[-1] != number - 1:
            numbers.append(None)
        numbers.append(number)
    return numbers

"""The readers' pages. Each is the same for everybody: no session, no cookie, GET and HEAD only."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import zip_longest

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve as resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from learn import redirects
from learn.models import Question, Subject
from learn.models.path import QuestionPath
from learn.related import shown_related

PAGE_SIZE = 50
NEWEST_SHOWN = 10
TAGS_SHOWN = 8
NEIGHBOURS_SHOWN = 5
# The pager links the neighbours, the ends and every tenth page.
PAGER_STEP = 10
# Short, so that a new choice of canonical page does not loop in caches.
REDIRECT_MAX_AGE = 300
# What search engines show of a description.
DESCRIPTION_MAX_LENGTH = 160

PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


@dataclass(frozen=True, slots=True)
class Head:
    """What a page tells search engines and other sites about itself."""

    title: str
    description: str
    address: str
    share_title: str
    keywords: str = ""
    is_indexable: bool = True
    type: str = "website"
    has_math: bool = False

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.address


def read_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse other methods than GET and HEAD with 405.

    The CSRF check would answer first, with 403; a page that changes nothing has no need of it.
    """
    return csrf_exempt(require_safe(view))


# --- home and subjects


@read_only
def home(request: HttpRequest) -> HttpResponse:
    name, description = settings.SITE_NAME, settings.SITE_DESCRIPTION
    newest = Question.objects.indexable().filter(canonical=None, subject__is_listed=True)
    context = {
        "head": Head(
            title=_("%(site)s: study questions, answered") % {"site": name},
            description=description,
            address=reverse("learn:home"),
            share_title=name,
        ),
        "subjects": _listed_subjects(),
        "newest": newest.for_list().order_by("-publish_at", "-uid")[:NEWEST_SHOWN],
    }
    return render(request, "learn/home.html", context)


@read_only
def subject_list(request: HttpRequest) -> HttpResponse:
    context = {
        "head": Head(
            title=_("Subjects | %(site)s") % {"site": settings.SITE_NAME},
            description=_("All subjects of %(site)s, with the number of questions in each.")
            % {"site": settings.SITE_NAME},
            address=reverse("learn:subject_list"),
            share_title=_("Subjects"),
        ),
        "subjects": _listed_subjects(),
    }
    return render(request, "learn/subject_list.html", context)


def _listed_subjects() -> list[Subject]:
    """The listed subjects, each with `question_count`; two queries."""
    counts = dict(
        Question.objects.indexable()
        .filter(subject__is_listed=True)
        .values_list("subject")
        .annotate(count=Count("pk"))
    )
    subjects = list(Subject.objects.listed())
    for subject in subjects:
        subject.question_count = counts.get(subject.pk, 0)  # type: ignore[attr-defined]
    return subjects


@read_only
def subject_detail(request: HttpRequest, subject: str) -> HttpResponse:
    found = Subject.objects.filter(slug=subject).first()
    number = _page_number(request.GET.get("page", "1"))
    if found is None or number is None:
        return _not_found(request)
    questions = Question.objects.indexable().filter(subject=found).for_list().order_by("slug")
    paginator = Paginator(questions, PAGE_SIZE)
    if number > paginator.num_pages:
        return _not_found(request)
    if number == 1 and "page" in request.GET:
        return _moved(found.get_absolute_url())
    page = paginator.page(number)
    context = {
        "head": _subject_head(found, number),
        "subject": found,
        "page": page,
        "pager": _pager(page),
    }
    return render(request, "learn/subject_detail.html", context)


def _page_number(text: str) -> int | None:
    return int(text) if PAGE_NUMBER.fullmatch(text) else None


def _subject_head(subject: Subject, number: int) -> Head:
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
        is_indexable=subject.is_listed,
    )


def _pager(page: Page) -> list[int | None]:
    """The page numbers to link, None for a gap; empty where there is one page only."""
    last = page.paginator.num_pages
    if last == 1:
        return []
    near = range(page.number - 1, page.number + 2)
    linked = {1, last, *near, *range(PAGER_STEP, last, PAGER_STEP)} & {*range(1, last + 1)}
    pager: list[int | None] = []
    for number in sorted(linked):
        if pager and pager[-1] != number - 1:
            pager.append(None)
        pager.append(number)
    return pager


# --- questions


@read_only
def question_detail(request: HttpRequest, subject: str, slug: str) -> HttpResponse:
    path = QuestionPath(subject, slug)
    # At most one that is not in the trash, but the trash may hold several.
    holders = list(Question.objects.at(path).for_page())
    question = next((holder for holder in holders if holder.is_published), None)
    if question is None:
        return _question_elsewhere(request, path, holders)
    if question.reader_page is not question:
        return _moved(question.reader_page.get_absolute_url())
    tags = question.tagged_items.order_by("pk").values_list("tag__name", flat=True)
    context = {
        "head": _question_head(question),
        "question": question,
        "related": shown_related(question),
        "tags": list(tags[:TAGS_SHOWN]),
    }
    return render(request, "learn/question_detail.html", context)


def _question_elsewhere(
    request: HttpRequest, path: QuestionPath, holders: list[Question]
) -> HttpResponse:
    """Where no live page is: its new place (301), else 410 if it is in the trash, else 404.

    A page elsewhere that happens to bear the same slug is no reason to hide a removal.
    """
    recorded = redirects.find_recorded(path)
    if recorded is not None and recorded.is_published:
        return _moved(recorded.reader_page.get_absolute_url())
    for question in (recorded, *holders):
        if question is not None and question.status == Question.Status.TRASHED:
            return render(request, "410.html", {"subject": question.subject}, status=410)
    page = redirects.find_by_slug(path.slug)
    if page is not None:
        return _moved(page.get_absolute_url())
    return _not_found(request, nearest=_nearest_questions(path))


def _question_head(question: Question) -> Head:
    return Head(
        title=_page_title(question),
        description=_page_description(question),
        address=question.reader_page.get_absolute_url(),
        share_title=question.question,
        keywords=question.seo_keywords,
        is_indexable=question.is_indexable,
        type="article",
        has_math=question.has_math,
    )


def _page_title(question: Question) -> str:
    """The editors' title, unless it is empty or only the files' pattern, “QuickTakes | Subject”."""
    names = (question.subject.title, question.subject_label)
    patterns = {f"QuickTakes | {name}".casefold() for name in names if name}
    if question.seo_title and question.seo_title.casefold() not in patterns:
        return question.seo_title
    return f"{question.question} | {settings.SITE_NAME}"


def _page_description(question: Question) -> str:
    """The editors' description, unless it is empty, too long or about “this content”."""
    description = question.seo_description.strip()
    if (
        not description
        or len(description) > DESCRIPTION_MAX_LENGTH
        or description.startswith(("This content", "The content"))
    ):
        return question.summary or question.question
    return description


def _nearest_questions(path: QuestionPath) -> list[Question]:
    """The neighbours by slug in the same subject; those that begin most alike come first."""
    listed = Question.objects.indexable().filter(subject__slug=path.subject).for_list()
    before = listed.filter(slug__lt=path.slug).order_by("-slug")[:NEIGHBOURS_SHOWN]
    after = listed.filter(slug__gt=path.slug).order_by("slug")[:NEIGHBOURS_SHOWN]
    nearest = [question for pair in zip_longest(before, after) for question in pair if question]
    nearest.sort(key=lambda question: -_shared_start(question.slug, path.slug))
    return nearest[:NEIGHBOURS_SHOWN]


def _shared_start(one: str, other: str) -> int:
    """How many characters two texts have in common before they part."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


# --- whatever else is asked for


@read_only
def not_found(request: HttpRequest) -> HttpResponse:
    """The last address of all: a tidier spelling of the address answers, or nothing does.

    Where the tidy address has a page this sends there; where it sends elsewhere or has nothing,
    that is the answer already. So one redirect leads to the end, and none leads to a 404.
    """
    address = request.path_info.lower().rstrip("/").removesuffix(".html")
    match = resolve_url(address or "/")
    if match.app_name != "learn" or match.url_name == "not_found":
        return _not_found(request)
    response = match.func(request, **match.kwargs)
    if response.status_code != 200:
        return response
    # Built from the match, never from the visitor's text.
    address = reverse(match.view_name, kwargs=match.kwargs)
    query = request.META.get("QUERY_STRING", "")
    return _moved(f"{address}?{query}" if query else address)


def _not_found(request: HttpRequest, nearest: list[Question] | None = None) -> HttpResponse:
    context = {"subjects": Subject.objects.listed(), "nearest": nearest}
    return render(request, "404.html", context, status=404)


def _moved(address: str) -> HttpResponse:
    headers = {"Cache-Control": f"max-age={REDIRECT_MAX_AGE}"}
    return HttpResponsePermanentRedirect(address, headers=headers)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault of the site's own: no database, no context, nothing that could fail."""
    return HttpResponse(render_to_string("500.html"), status=500)

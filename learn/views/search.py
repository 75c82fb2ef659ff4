"""Search: results, suggestions for what is being typed, and the browser's own search field."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from learn import demand, search
from learn.models import Question, Subject
from learn.pages import keep
from learn.search.snippets import highlight, snippet
from learn.views.common import Head, answer_not_found, read_only
from learn.views.limits import limited
from learn.views.subjects import page_number

PAGE_SIZE = 20
FACETS = 10
# Of a suggestion's title: eight of them stay within two kilobytes.
TITLE_SHOWN = 90
SUGGESTIONS_MAX_AGE = 300


@dataclass(frozen=True, slots=True)
class Result:
    question: Question
    title: SafeString
    passage: SafeString


@dataclass(frozen=True, slots=True)
class Facet:
    """A subject with how many of the results stand in it."""

    title: str
    count: int
    address: str
    is_chosen: bool


@read_only
@limited("search")
def search_results(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", " ").strip()
    number = page_number(request.GET.get("page", "1"))
    chosen = request.GET.get("subject", "")
    # Looked for by what the address says: unlisted subjects are searched like others.
    subject = Subject.objects.filter(slug=chosen.replace("\0", "")).first() if chosen else None
    is_too_long = len(text) > search.MAX_LENGTH
    text = text[: search.MAX_LENGTH]
    found = search.search(text, subject.slug if subject else "")
    pages = max(1, -(-len(found.ids) // PAGE_SIZE))
    if number is None or number > pages or (chosen and subject is None):
        return answer_not_found(request)
    if text and not found.ids and subject is None:
        demand.note_empty_search(text)
    shown = found.ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    context = {
        "head": _head(text),
        "query": text,
        "corrected": found.corrected,
        "corrected_address": _address(found.corrected),
        "is_too_long": is_too_long,
        "max_length": search.MAX_LENGTH,
        "results": _results(shown, found.words),
        "count": len(found.ids),
        "first": (number - 1) * PAGE_SIZE + 1,
        "subject": subject,
        "everywhere": _address(text),
        "facets": _facets(found, text, subject),
        "previous": _address(text, subject, number - 1) if number > 1 else "",
        "next": _address(text, subject, number + 1) if number < pages else "",
        "subjects": [] if found.ids else Subject.objects.listed(),
    }
    return render(request, "learn/search.html", context)


@read_only
@limited("suggest", is_json=True)
def search_suggest(request: HttpRequest) -> JsonResponse:
    suggestions = [
        {
            "title": question.title[:TITLE_SHOWN],
            "url": question.get_absolute_url(),
            "subject": question.subject.title,
        }
        for question in search.suggest(request.GET.get("q", ""))
    ]
    response = JsonResponse({"suggestions": suggestions}, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = f"max-age={SUGGESTIONS_MAX_AGE}"
    return response


@read_only
def opensearch(request: HttpRequest) -> HttpResponse:
    """The description by which browsers offer the site's search (OpenSearch 1.1)."""
    response = render(
        request,
        "learn/opensearch.xml",
        {"site_url": settings.SITE_URL},
        content_type="application/opensearchdescription+xml",
    )
    return keep(request, response, [])


def _head(text: str) -> Head:
    name = settings.SITE_NAME
    title = _("%(query)s – search | %(site)s") if text else _("Search | %(site)s")
    return Head(
        title=title % {"query": text, "site": name},
        description=_("Search the questions and answers of %(site)s.") % {"site": name},
        address=reverse("learn:search_results"),
        share_title=_("Search"),
        is_indexable=False,
    )


def _address(text: str, subject: Subject | None = None, number: int = 1) -> str:
    parts = {"q": text}
    if subject:
        parts["subject"] = subject.slug
    if number > 1:
        parts["page"] = str(number)
    return f"{reverse('learn:search_results')}?{urlencode(parts)}"


def _results(ids: list[int], words: list[str]) -> list[Result]:
    """What to show of the questions, in their order; one query."""
    questions = (
        Question.objects.filter(pk__in=ids)
        .select_related("subject")
        .only("title", "slug", "answer_html", "subject__slug", "subject__title")
        .in_bulk()
        if ids
        else {}
    )
    return [
        Result(
            question,
            highlight(question.title, words),
            snippet(question.answer_html, words),
        )
        for pk in ids
        if (question := questions.get(pk))
    ]


def _facets(found: search.Found, text: str, subject: Subject | None) -> list[Facet]:
    """The subjects of the results, those with most first."""
    subjects = Subject.objects.filter(slug__in=found.subjects) if found.subjects else []
    facets = [
        Facet(
            item.title,
            found.subjects[item.slug],
            _address(text, item),
            subject is not None and item.pk == subject.pk,
        )
        for item in subjects
    ]
    return sorted(facets, key=lambda facet: (not facet.is_chosen, -facet.count, facet.title))[
        :FACETS
    ]

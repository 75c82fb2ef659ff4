"""Feeds of the newest answers: Atom and JSON Feed, with full content."""

import datetime
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.utils.xmlutils import SimplerXMLGenerator

from learn.http import read_only
from learn.models import Question, Subject
from learn.models.question_queries import QuestionQuerySet
from learn.pages import keep, names

NEWEST = 50
# From when on a `tag:` identifier names the host's owner (RFC 4151); also says that an empty feed
# never changed. Another date would make new entries of all old ones.
TAG_DATE = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
# XML has no place for them, whatever an answer holds.
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class FullContentFeed(Atom1Feed):
    """Atom with the whole answer, and without the moment of the request in it."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        attributes = {"type": "html", "xml:base": item["link"]}
        handler.addQuickElement("content", item["content"], attributes)

    def latest_post_date(self) -> datetime.datetime:
        return max((item["updateddate"] for item in self.items), default=TAG_DATE)


def in_content_language(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A feed that speaks the language of its entries throughout, if that is shipped."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
        with override(settings.CONTENT_LANGUAGE):
            return view(request, **kwargs)

    return answer


@read_only
@in_content_language
def site_atom(request: HttpRequest) -> HttpResponse:
    title = _("%(site)s: newest answers") % {"site": settings.SITE_NAME}
    pages = Question.objects.canonical_pages()
    return _answer_atom(request, title, reverse("learn:home"), pages, names.SITE)


@read_only
@in_content_language
def subject_atom(request: HttpRequest, subject: str) -> HttpResponse:
    found = Subject.objects.listed().filter(slug=subject).first()
    if found is None:
        raise Http404
    title = f"{settings.SITE_NAME}: {found.title}"
    questions = Question.objects.canonical_pages().filter(subject=found)
    shown = names.listing(found.pk), names.subject(found.pk)
    return _answer_atom(request, title, found.get_absolute_url(), questions, *shown)


@read_only
@in_content_language
def site_json(request: HttpRequest) -> HttpResponse:
    newest = list(_newest(Question.objects.canonical_pages()))
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _("%(site)s: newest answers") % {"site": settings.SITE_NAME},
        "home_page_url": settings.SITE_URL + reverse("learn:home"),
        "feed_url": settings.SITE_URL + request.path,
        "description": settings.SITE_DESCRIPTION,
        "language": settings.CONTENT_LANGUAGE,
        "items": [_json_item(question) for question in newest],
    }
    response = JsonResponse(
        feed,
        content_type="application/feed+json; charset=utf-8",
        json_dumps_params={"ensure_ascii": False},
    )
    response["X-Robots-Tag"] = "noindex"
    return keep(request, response, [names.SITE, *_authors(newest)])


def _answer_atom(
    request: HttpRequest, title: str, home: str, questions: QuestionQuerySet, *shown: str
) -> HttpResponse:
    newest = list(_newest(questions))
    feed = FullContentFeed(
        title=_xml_text(title),
        link=settings.SITE_URL + home,
        description=_xml_text(str(settings.SITE_DESCRIPTION)),
        language=settings.CONTENT_LANGUAGE,
        feed_url=settings.SITE_URL + request.path,
    )
    for question in newest:
        feed.add_item(
            title=_xml_text(question.title),
            link=_url(question),
            description=_xml_text(question.summary),
            author_name=_xml_text(question.author.name),
            categories=[_xml_text(question.subject.title)],
            unique_id=_tag_uri(question),
            pubdate=question.publish_at,
            updateddate=question.last_change,
            content=_xml_text(question.answer_html),
        )
    # As one text: written to the response, it would be some thousand.
    response = HttpResponse(
        feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )
    response["X-Robots-Tag"] = "noindex"
    return keep(request, response, [*shown, *_authors(newest)])


def _authors(questions: Iterable[Question]) -> set[str]:
    return {names.author(question.author_id) for question in questions}


def _newest(questions: QuestionQuerySet) -> Iterable[Question]:
    columns = (
        "uid",
        "title",
        "slug",
        "subject__slug",
        "subject__title",
        "author__name",
        "summary",
        "publish_at",
        "modified_at",
        "answer_html",
    )
    related = questions.select_related("subject", "author")
    return related.only(*columns).order_by("-publish_at", "-uid")[:NEWEST]


def _json_item(question: Question) -> dict[str, Any]:
    assert question.publish_at is not None
    return {
        "id": _tag_uri(question),
        "url": _url(question),
        "title": question.title,
        "content_html": question.answer_html,
        "summary": question.summary,
        "date_published": question.publish_at.isoformat(),
        "date_modified": question.last_change.isoformat(),
        "authors": [{"name": question.author.name}],
        "tags": [question.subject.title],
    }


def _url(question: Question) -> str:
    return settings.SITE_URL + question.get_absolute_url()


def _tag_uri(question: Question) -> str:
    host = urlsplit(settings.SITE_URL).hostname
    return f"tag:{host},{TAG_DATE:%Y-%m-%d}:question/{question.uid}"


def _xml_text(text: str) -> str:
    return CONTROL_CHARACTER.sub("", text)

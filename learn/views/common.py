"""What the readers' views share: what a page says of itself, and the answers without a page."""

import datetime
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from learn import demand
from learn.http import answer_moved, answer_tagged, read_only
from learn.models import Question, Subject
from learn.search import MAX_LENGTH
from learn.share_images import ShareImage, site_image
from learn.structured_data import Node, to_json

__all__ = [
    "Alternate",
    "Head",
    "answer_moved",
    "answer_not_found",
    "answer_tagged",
    "read_only",
    "site_feeds",
]


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same content in another form, for a page's head."""

    type: str
    address: str
    title: str


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """What the page of an article says besides: previews and reference managers read it."""

    author: str
    published: datetime.datetime
    modified: datetime.datetime


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
    # Style sheets besides those of every page: see `inline.sheets_for`.
    sheets: tuple[str, ...] = ()
    image: ShareImage = field(default_factory=site_image)
    article: ArticleHead | None = None
    nodes: list[Node] = field(default_factory=list)
    alternates: tuple[Alternate, ...] = ()

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.address

    @property
    def structured_data(self) -> str:
        """The content of the page's JSON-LD element, safe to stand in one; "" for none."""
        return to_json(self.nodes) if self.nodes else ""


def site_feeds() -> tuple[Alternate, ...]:
    """The feeds of the whole site."""
    title = _("Newest answers | %(site)s") % {"site": settings.SITE_NAME}
    return (
        Alternate("application/atom+xml", reverse("learn:site_atom"), title),
        Alternate("application/feed+json", reverse("learn:site_json"), title),
    )


def answer_not_found(request: HttpRequest, nearest: list[Question] | None = None) -> HttpResponse:
    demand.note_missing(request)
    slug = request.path_info.rpartition("/")[2].removesuffix(".html")
    context = {
        "subjects": Subject.objects.listed(),
        "nearest": nearest,
        "query": " ".join(slug.replace("-", " ").split())[:MAX_LENGTH],
    }
    return render(request, "404.html", context, status=404)

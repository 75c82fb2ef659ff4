"""What the readers' views share: what a page says of itself, and the answers without a page."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from learn.models import Question, Subject
from learn.share_images import ShareImage, site_image
from learn.structured_data import Node, to_json

# Short, so that a new choice of canonical page does not loop in caches.
REDIRECT_MAX_AGE = 300


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
    has_math: bool = False
    image: ShareImage = field(default_factory=site_image)
    article: ArticleHead | None = None
    nodes: list[Node] = field(default_factory=list)

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.address

    @property
    def structured_data(self) -> str:
        """The content of the page's JSON-LD element, safe to stand in one; "" for none."""
        return to_json(self.nodes) if self.nodes else ""


def read_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse other methods than GET and HEAD with 405.

    The CSRF check would answer first, with 403; a page that changes nothing has no need of it.
    """
    return csrf_exempt(require_safe(view))


def answer_not_found(request: HttpRequest, nearest: list[Question] | None = None) -> HttpResponse:
    context = {"subjects": Subject.objects.listed(), "nearest": nearest}
    return render(request, "404.html", context, status=404)


def answer_moved(address: str) -> HttpResponse:
    headers = {"Cache-Control": f"max-age={REDIRECT_MAX_AGE}"}
    return HttpResponsePermanentRedirect(address, headers=headers)

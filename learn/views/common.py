"""What the readers' views share: what a page says of itself, and the answers without a page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from learn import demand
from learn.http import answer_moved, answer_tagged, read_only
from learn.models import Question, Subject
from learn.readerpages import Alternate, Head
from learn.search import MAX_LENGTH

__all__ = [
    "Alternate",
    "Head",
    "answer_moved",
    "answer_not_found",
    "answer_tagged",
    "read_only",
    "site_feeds",
]


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

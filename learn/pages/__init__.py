"""The readers' pages as they are stored before Django: what they show, and what makes them stale.

A view says with `keep` that its page is the same for everybody, and what it shows; an operation
says with `changing` or one of the `touch` functions what it changes, in its own transaction.
`learn.pages.wsgi` stands before Django and answers from what is stored.
"""

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from learn.pages import names
from learn.pages.changes import (
    FEW,
    changing,
    touch_author,
    touch_created,
    touch_pages,
    touch_subject,
    touch_tags,
)
from learn.pages.entry import etag_of
from learn.pages.journal import touch

__all__ = [
    "ENVIRON_KEY",
    "FEW",
    "changing",
    "keep",
    "names",
    "touch",
    "touch_author",
    "touch_created",
    "touch_pages",
    "touch_subject",
    "touch_tags",
]

# What a request may ask by, of what it has already.
CONDITIONS = (
    *("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"),
    *("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"),
)
# Where a view leaves the names of its page for the layer before Django, if that asks for them.
ENVIRON_KEY = "quicktakes.page"


def keep(request: HttpRequest, response: HttpResponse, shown: Iterable[str]) -> HttpResponse:
    """Let caches have the page, and the site's own store, which goes by the names that it bears.

    Such a page depends on nothing in the request but its address and, of what follows it, the
    parameters in `learn.pages.address.PARAMETERS`. It gets an ETag of its content, and 304 is
    answered to whoever has just that. Other answers than 200 are left as they are.
    """
    if response.status_code != 200:
        return response
    if ENVIRON_KEY in request.META:
        request.META[ENVIRON_KEY] = frozenset(shown)
    response.headers.setdefault("Cache-Control", settings.PAGE_CACHE_CONTROL)
    etag = etag_of(response.content, "")
    response.headers["ETag"] = etag
    if not any(condition in request.META for condition in CONDITIONS):
        return response
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)
    return answer

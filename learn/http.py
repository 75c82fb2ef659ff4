"""What views, feeds and sitemaps share of HTTP."""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

# Of every list that goes over several pages; the sitemaps name these pages too.
PAGE_SIZE = 50
# Of names alone.
TOPICS_A_PAGE = 200
# Short, so that a new choice of canonical page does not loop in caches.
REDIRECT_MAX_AGE = 300


def read_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Refuse other methods than GET and HEAD with 405.

    The CSRF check would answer first, with 403; a page that changes nothing has no need of it.
    """
    return csrf_exempt(require_safe(view))


def answer_moved(address: str) -> HttpResponse:
    headers = {"Cache-Control": f"max-age={REDIRECT_MAX_AGE}"}
    return HttpResponsePermanentRedirect(address, headers=headers)


def answer_tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with an ETag of its content; 304 to whoever has just that."""
    etag = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
    response["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    assert isinstance(answer, HttpResponse)
    return answer


def in_words(seconds: int) -> str:
    """“40 seconds”, “12 minutes”: rounded up, so that nobody comes too early."""
    if seconds < 100:
        return ngettext("%(number)d second", "%(number)d seconds", seconds) % {"number": seconds}
    minutes = -(-seconds // 60)
    return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}

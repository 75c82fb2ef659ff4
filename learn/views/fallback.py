"""Whatever else is asked for, and what goes wrong."""

import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import resolve as resolve_url
from django.urls import reverse

from learn import outages
from learn.views.common import answer_moved, answer_not_found, read_only


@read_only
def not_found(request: HttpRequest) -> HttpResponse:
    """The last address of all: a tidier spelling of the address answers, or nothing does.

    Where the tidy address has a page this sends there; where it sends elsewhere or has nothing,
    that is the answer already. So one redirect leads to the end, and none leads to a 404.
    """
    address = request.path_info.lower().rstrip("/").removesuffix(".html")
    match = resolve_url(address or "/")
    if match.app_name != "learn" or match.url_name == "not_found":
        return answer_not_found(request)
    response = match.func(request, **match.kwargs)
    if response.status_code != 200:
        return response
    # Built from the match, never from the visitor's text.
    address = reverse(match.view_name, kwargs=match.kwargs)
    query = request.META.get("QUERY_STRING", "")
    return answer_moved(f"{address}?{query}" if query else address)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault of the site's own: no database, no context, nothing that could fail."""
    error = sys.exception()
    if error is not None and outages.is_outage(error):
        return outages.unavailable(request, error)
    return HttpResponse(render_to_string("500.html"), status=500)

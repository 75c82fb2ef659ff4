"""A page that was shared before it is published."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from learn import previews
from learn.views.common import answer_not_found, read_only


@read_only
def shared_preview(request: HttpRequest, token: str) -> HttpResponse:
    link = previews.find_shared(token)
    if link is None:
        response = answer_not_found(request)
    else:
        response = render(request, "learn/shared_preview.html", previews.shared_context(link))
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "no-store"
    # The address opens the page: sites that the answer links to must not learn it.
    response["Referrer-Policy"] = "no-referrer"
    return response

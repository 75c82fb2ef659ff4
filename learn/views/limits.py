"""Answers to whoever may not have a page now: in the readers' frame, saying when they may."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from learn import ratelimits
from learn.http import in_words
from learn.visitors import address_of

View = Callable[..., HttpResponse]


def limited(action: str, *, is_json: bool = False) -> Callable[[View], View]:
    """Let one address have the view so often in a minute as the setting ACTION_LIMIT says."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            most = getattr(settings, f"{action.upper()}_LIMIT")
            seconds = ratelimits.seconds_to_wait(action, address_of(request), most)
            if not seconds:
                return view(request, *args, **kwargs)
            return _too_many(request, seconds, is_json)

        return answer

    return decorate


def _too_many(request: HttpRequest, seconds: int, is_json: bool) -> HttpResponse:
    text = _("From your address there were too many requests. Please try again in %(time)s.") % {
        "time": in_words(seconds)
    }
    response: HttpResponse
    if is_json:
        response = JsonResponse({"error": text, "retry_after": seconds}, status=429)
    else:
        response = turn_away(request, title=_("One moment, please"), text=text, status=429)
    response["Retry-After"] = str(seconds)
    response["Cache-Control"] = "no-store"
    return response


def turn_away(request: HttpRequest, *, title: str, text: str, status: int) -> HttpResponse:
    return render(request, "learn/turned_away.html", {"title": title, "text": text}, status=status)

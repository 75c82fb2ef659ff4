"""Readers pass by the middleware of people who log in.

Readers' pages ask for no session, no user and no form's token; to have them ready all the same was
a seventh of what an uncached page took.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]


class SessionlessMiddleware:
    """Leads such requests from its place in MIDDLEWARE straight to their view. What stands after it
    sees them neither come nor go; what it does as views are called or fail, it does for all."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self._innermost = _innermost(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_sessionless(request):
            return self.get_response(request)
        request.user = AnonymousUser()
        return self._innermost(request)


def is_sessionless(request: HttpRequest) -> bool:
    """Whether it only reads, bears no cookie of the site, and asks for nothing of the desk, where
    sessions begin."""
    if request.method not in ("GET", "HEAD") or request.path_info.startswith("/admin"):
        return False
    cookies = request.META.get("HTTP_COOKIE")
    if not cookies:
        return True
    names = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
    return not any(name in cookies for name in names)


def _innermost(handler: Any) -> Any:
    """What the last of a chain of middleware calls: Django wraps each for what it raises, and each
    knows the next as `get_response`. The chain as it is where an asynchronous server has put an
    adapter between."""
    while following := getattr(getattr(handler, "__wrapped__", None), "get_response", None):
        handler = following
    return handler

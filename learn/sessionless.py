"""The middleware of people who log in, which readers' requests pass by.

Each is Django's or the library's own otherwise, and stands in MIDDLEWARE in its usual place.
Readers' pages ask for no session and no user; to have them ready all the same was a twelfth of what
an uncached page took.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessageMiddleware
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest
from django_otp.middleware import OTPMiddleware as OwnOTPMiddleware


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


class _PassedBy:
    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if is_sessionless(request):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class SessionMiddleware(_PassedBy, DjangoSessionMiddleware):
    pass


class OTPMiddleware(_PassedBy, OwnOTPMiddleware):
    pass


class MessageMiddleware(_PassedBy, DjangoMessageMiddleware):
    pass


class AuthenticationMiddleware(auth.AuthenticationMiddleware):
    def __call__(self, request: HttpRequest) -> Any:
        if is_sessionless(request):
            request.user = AnonymousUser()
            return self.get_response(request)
        return super().__call__(request)

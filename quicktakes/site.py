"""The desk as a site of Django's admin: who is let in, and how often one may try."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from learn import ratelimits, two_factor
from learn.visitors import address_of


class DeskSite(AdminSite):
    """Whoever needs a second factor has no permission before they have shown it.

    Everything of the admin asks `has_permission`, so there is no way around it.
    """

    def has_permission(self, request: HttpRequest) -> bool:
        if not super().has_permission(request):
            return False
        return _is_logout(request) or not two_factor.is_missing(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """What stands beside every page: nothing for whoever is half logged in."""
        return super().get_app_list(request, app_label) if self.has_permission(request) else []

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # These ask for the site, which asks for its addresses.
        from learn.admin import two_factor as views

        return [
            path("two-factor/", views.ask, name="two_factor"),
            path("two-factor/set-up/", views.set_up, name="two_factor_set_up"),
            path("two-factor/codes/", views.codes, name="two_factor_codes"),
            *super().get_urls(),
        ]

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            # Before a password is hashed, which costs more than all else that strangers can ask.
            seconds = ratelimits.seconds_to_wait("login", address_of(request), settings.LOGIN_LIMIT)
            if seconds:
                from learn.admin.lockout import too_many_logins  # as above

                return too_many_logins(request, seconds)
        elif super().has_permission(request) and two_factor.is_missing(request):
            return _to_second_factor(request)
        response: HttpResponse = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            two_factor.note_login(request)
        return response


def _is_logout(request: HttpRequest) -> bool:
    return request.path == resolve_url("admin:logout")


def _to_second_factor(request: HttpRequest) -> HttpResponse:
    query = urlencode({REDIRECT_FIELD_NAME: request.GET.get(REDIRECT_FIELD_NAME, "")})
    return HttpResponseRedirect(f"{resolve_url('admin:two_factor')}?{query}")

"""The desk as a site of Django's admin: how often one may try to get in."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from learn import ratelimits
from learn.visitors import address_of


class DeskSite(AdminSite):
    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            # Before a password is hashed, which costs more than all else that strangers can ask.
            seconds = ratelimits.seconds_to_wait("login", address_of(request), settings.LOGIN_LIMIT)
            if seconds:
                # It asks for the site, which is being made when this module is loaded.
                from learn.admin.lockout import too_many_logins

                return too_many_logins(request, seconds)
        response: HttpResponse = super().login(request, extra_context)
        return response

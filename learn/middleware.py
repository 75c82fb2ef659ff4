"""Probes; what is noted of requests; a database that is gone; headers that guard every answer; the
desk's language."""

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from learn import inline, outages, probes, visitors
from learn.admin import refusal
from learn.monitoring.exposition import metrics
from learn.monitoring.requests import note_request
from learn.views.limits import turn_away

# Addresses that stand in no table of addresses.
ANSWERED_FIRST: dict[str, probes.Probe] = {**probes.PROBES, "/metrics": metrics}


class ProbeMiddleware:
    """The first: balancers ask by address instead of name, and without HTTPS."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return probes.answer(request, ANSWERED_FIRST) or self.get_response(request)


class IsolationMiddleware(MiddlewareMixin):
    """What pages of other sites, and what the browser's devices, have to do with this one: nothing.

    A view that is made for other sites says so itself.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class InlineCSPMiddleware(CSPMiddleware):
    """The Content-Security-Policy with the hashes of what pages hold inline.

    Readers' pages have no script that writes HTML from text, so none may (Trusted Types); the
    desk's exchange parts of their page for what the site's own templates made.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Where neither the view nor a nonce asks for more, the header is written once."""
        is_usual = ASKS_FOR_MORE.isdisjoint(vars(response)) and "_csp_nonce" not in vars(request)
        if settings.DEBUG or not is_usual:
            return super().process_response(request, response)
        key = _is_desk(request)
        if key not in _usual_policies:
            usual = super().process_response(request, HttpResponse())
            # In one order: that of a set, which django-csp takes, differs from process to process.
            _usual_policies[key] = "; ".join(sorted(usual.headers[HEADER].split("; ")))
        response.headers.setdefault(HEADER, _usual_policies[key])
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only:
            update = dict(parts.update or {})
            for directive, hashes in inline.policy().items():
                update[directive] = [*update.get(directive, []), *hashes]
            if not _is_desk(request):
                update["require-trusted-types-for"] = ["'script'"]
                update["trusted-types"] = ["'none'"]
            parts.update = update
        return parts


# Where django-csp's decorators leave what a view asks for.
ASKS_FOR_MORE = {
    f"_csp_{what}{kind}"
    for what in ("config", "update", "replace", "exempt")
    for kind in ("", "_ro")
}
# Whether of the desk -> the header of what asks for nothing of its own.
_usual_policies: dict[bool, str] = {}


def _forget_policies(**changed: Any) -> None:
    _usual_policies.clear()


setting_changed.connect(_forget_policies)


class NoteMiddleware(MiddlewareMixin):
    """Tells the layer around Django what only Django knows of a request."""

    def process_view(self, request: HttpRequest, *view: Any) -> None:
        note_request(request)


class OutageMiddleware(MiddlewareMixin):
    """A view that finds no database answers 503. What fails outside of views comes to the page for
    faults (`learn.views.fallback.server_error`), which answers the same."""

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        return outages.unavailable(request, exception) if outages.is_outage(exception) else None


class DeskMethodsMiddleware(MiddlewareMixin):
    """Django's admin takes whatever is no POST for a GET; the desk has a use for these only."""

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:
        is_used = request.method in ("GET", "HEAD", "POST")
        if is_used or not request.path_info.startswith("/admin"):
            return None
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])


class CrossSiteMiddleware(MiddlewareMixin):
    """What a page of another site sends in a visitor's name is refused before a view sees it.

    The origin is what browsers state in `Sec-Fetch-Site`; no page can forge it. This stands before
    the check of CSRF tokens, which goes on as ever, and covers the forms that have none.
    """

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not visitors.is_sent_from_elsewhere(request):
            return None
        answer = refusal.refuse if _is_desk(request) else turn_away
        return answer(
            request,
            title=_("This came from another site"),
            text=_(
                "A page of another site sent this in your name, so it was not taken. If you meant "
                "it, open the form on this site and send it from there."
            ),
            status=403,
        )


class DeskLanguageMiddleware(MiddlewareMixin):
    """The desk speaks the language that its user's browser asks for, if it is shipped.

    Readers' pages keep the site's language and do not vary, so that caches hold one of each.
    """

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
    ) -> None:
        if _is_desk(request):
            translation.activate(translation.get_language_from_request(request))

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if _is_desk(request):
            response.headers.setdefault("Content-Language", translation.get_language())
            patch_vary_headers(response, ["Accept-Language"])
            # This thread may serve a reader next.
            translation.deactivate()
        return response


def _is_desk(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.namespace == "admin"

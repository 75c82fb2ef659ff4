"""What the desk answers to whoever may not do what was asked, in the desk's frame."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _


def refuse(
    request: HttpRequest, *, title: str, text: str, status: int, seconds: int = 0
) -> HttpResponse:
    """The page of a refusal; with `seconds` it says to programs when to come again."""
    context = admin.site.each_context(request) | {"title": title, "text": text}
    response = HttpResponse(render_to_string("admin/refusal.html", context, request), status=status)
    patch_cache_control(response, no_store=True)
    if seconds:
        response["Retry-After"] = str(seconds)
    return response


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _(
        "Your account has no right to this page, or to what it was asked to do. Whoever "
        "administers the desk can give it."
    )
    return refuse(request, title=_("You may not do this"), text=text, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's own page says less, and its style is inline."""
    text = _(
        "The form was opened before you logged in or out, or your browser keeps no cookies of this "
        "site. Go back, load the page anew, and send the form again."
    )
    return refuse(request, title=_("This form is no longer valid"), text=text, status=403)

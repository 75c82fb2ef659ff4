"""What the desk answers to whoever has no right to a page."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of the answer 403, in the desk's frame."""
    context = admin.site.each_context(request) | {"title": _("You may not do this")}
    return HttpResponse(render_to_string("admin/403.html", context, request), status=403)

"""Addresses: the desk under /admin/, everything else belongs to readers."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.generic import RedirectView

handler403 = "learn.admin.refusal.permission_denied"
handler500 = "learn.views.fallback.server_error"


def no_shortcut(request: HttpRequest) -> HttpResponse:
    """The admin's way from any row to its page would tell every member of the staff the address
    of a draft. The desk links pages itself."""
    raise Http404


# Before its addresses are asked for; see quicktakes.apps.
admin.autodiscover()

urlpatterns = [
    path("admin", RedirectView.as_view(pattern_name="admin:index", permanent=True)),
    re_path("admin/r/", no_shortcut),
    path("admin/", admin.site.urls),
    path("", include("learn.urls")),
]

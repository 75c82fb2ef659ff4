"""Addresses: the desk under /admin/, everything else belongs to readers."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

handler500 = "learn.views.fallback.server_error"

urlpatterns = [
    path("admin", RedirectView.as_view(pattern_name="admin:index", permanent=True)),
    path("admin/", admin.site.urls),
    path("", include("learn.urls")),
]

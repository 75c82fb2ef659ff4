"""`/metrics`, for whoever knows the token."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare


def metrics(request: HttpRequest) -> HttpResponse | None:
    """The numbers; None, as for any address that is not there, where no token is set."""
    if not settings.METRICS_TOKEN:
        return None
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    # Imported here because it takes its time, and counts somewhere as soon as it is loaded.
    from learn.monitoring.metrics import exposition

    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")

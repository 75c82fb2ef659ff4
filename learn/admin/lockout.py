"""What whoever guesses passwords is told: when to come again."""

import math

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from learn.admin.refusal import refuse
from learn.http import in_words


def locked_out(
    request: HttpRequest,
    response: HttpResponse | None = None,
    credentials: dict[str, str] | None = None,
) -> HttpResponse:
    """After too many wrong passwords for one account from one address (django-axes calls this)."""
    newest = [
        attempts.aggregate(newest=Max("attempt_time"))["newest"]
        for attempts in AxesProxyHandler.get_implementation().get_user_attempts(
            request, credentials
        )
    ]
    ends = max(filter(None, newest), default=timezone.now()) + settings.AXES_COOLOFF_TIME
    return too_many_logins(request, max(1, math.ceil((ends - timezone.now()).total_seconds())))


def too_many_logins(request: HttpRequest, seconds: int) -> HttpResponse:
    text = _(
        "From your address there were too many attempts to log in. Please try again in %(time)s. "
        "Until then not even the right password is taken."
    )
    return refuse(
        request,
        title=_("Too many attempts"),
        text=text % {"time": in_words(seconds)},
        status=429,
        seconds=seconds,
    )

"""Pages that the site has to say about itself."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from learn.pages import keep
from learn.views.common import Head, read_only


@read_only
def how_answers_are_made(request: HttpRequest) -> HttpResponse:
    names = {"site": settings.SITE_NAME}
    head = Head(
        title=_("How answers are made | %(site)s") % names,
        description=_(
            "Where the answers on %(site)s come from, what is checked, and how to use them."
        )
        % names,
        address=reverse("learn:how_answers_are_made"),
        share_title=_("How answers are made"),
        sheets=("answer",),
    )
    return keep(request, render(request, "learn/how_answers_are_made.html", {"head": head}), [])

"""The newest answers of all subjects."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from learn.http import PAGE_SIZE
from learn.models import Question
from learn.pages import keep, names
from learn.views.common import Head, answer_moved, answer_not_found, read_only, site_feeds
from learn.views.subjects import page_number, pager

# Whoever looks further back looks in a subject.
PAGES = 20


@read_only
def newest(request: HttpRequest) -> HttpResponse:
    """In another order what the subjects list: for readers, not for search engines."""
    number = page_number(request.GET.get("page", "1"))
    questions = Question.objects.canonical_pages().for_list().order_by("-publish_at", "-uid")
    paginator = Paginator(questions[: PAGE_SIZE * PAGES], PAGE_SIZE)
    if number is None or number > paginator.num_pages:
        return answer_not_found(request)
    address = reverse("learn:newest")
    if number == 1 and "page" in request.GET:
        return answer_moved(address)
    page = paginator.page(number)
    title = _("Newest answers")
    context = {
        "head": Head(
            title=f"{title} | {settings.SITE_NAME}",
            description=_("The newest answers of all subjects."),
            address=address if number == 1 else f"{address}?page={number}",
            share_title=title,
            is_indexable=False,
            alternates=site_feeds(),
        ),
        "page": page,
        "pager": pager(page),
    }
    return keep(request, render(request, "learn/newest.html", context), [names.SITE])

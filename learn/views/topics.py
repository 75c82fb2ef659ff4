"""Topics: the questions that share a tag, and the list of the larger topics."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from learn.http import PAGE_SIZE, TOPICS_A_PAGE
from learn.models import Tag
from learn.pages import keep, names
from learn.topics import topic_questions
from learn.views.common import Head, answer_moved, answer_not_found, read_only
from learn.views.subjects import page_number, pager


@read_only
def topic_list(request: HttpRequest) -> HttpResponse:
    number = page_number(request.GET.get("page", "1"))
    paginator = Paginator(Tag.objects.indexed().only("name", "slug", "count"), TOPICS_A_PAGE)
    if number is None or number > paginator.num_pages:
        return answer_not_found(request)
    address = reverse("learn:topic_list")
    if number == 1 and "page" in request.GET:
        return answer_moved(address)
    page = paginator.page(number)
    context = {
        "head": _paged_head(
            number,
            title=_("Topics"),
            description=_("Topics that many questions share, from A to Z."),
            address=address,
            is_indexable=True,
        ),
        "page": page,
        "pager": pager(page),
    }
    return keep(request, render(request, "learn/topic_list.html", context), [names.TOPICS])


@read_only
def topic_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """A topic's page goes by the stored count, as every link to it does."""
    tag = Tag.objects.select_related("alias_of").filter(slug=slug).first()
    number = page_number(request.GET.get("page", "1"))
    if tag is None or number is None:
        return answer_not_found(request)
    topic: Tag = tag.alias_of or tag
    if not topic.has_page:
        return answer_not_found(request)
    paginator = Paginator(topic_questions(topic).for_list(), PAGE_SIZE)
    if number > paginator.num_pages:
        return answer_not_found(request)
    if topic is not tag or (number == 1 and "page" in request.GET):
        return answer_moved(topic.get_absolute_url())
    page = paginator.page(number)
    context = {
        "head": _paged_head(
            number,
            title=topic.name,
            description=_("Questions and answers about %(topic)s.") % {"topic": topic.name},
            address=topic.get_absolute_url(),
            is_indexable=topic.is_indexed,
        ),
        "topic": topic,
        "page": page,
        "pager": pager(page),
    }
    response = render(request, "learn/topic_detail.html", context)
    shown = [names.topic(topic.pk), names.keyword(topic.pk), *names.addresses(page)]
    return keep(request, response, shown)


def _paged_head(
    number: int, *, title: str, description: str, address: str, is_indexable: bool
) -> Head:
    full_title = f"{title} | {settings.SITE_NAME}"
    if number > 1:
        page = _("page %(number)d") % {"number": number}
        full_title = f"{full_title} – {page}"
        description = f"{description} ({page})"
        address = f"{address}?page={number}"
    return Head(
        title=full_title,
        description=description,
        address=address,
        share_title=title,
        is_indexable=is_indexable,
    )

"""A subject with its answers, as pages of Wagtail."""

from django.core.paginator import Paginator
from django.db import models
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtailcache.cache import WagtailCacheMixin

ON_A_PAGE = 50
RELATED = 6


class SubjectPage(WagtailCacheMixin, Page):
    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        answers = AnswerPage.objects.child_of(self).live().order_by("slug")
        context["answers"] = Paginator(answers, ON_A_PAGE).get_page(request.GET.get("page"))
        return context


class AnswerPage(WagtailCacheMixin, Page):
    date = models.DateField()
    body = RichTextField()

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        siblings = AnswerPage.objects.sibling_of(self, inclusive=False).live()
        context["related"] = siblings.filter(slug__gt=self.slug).order_by("slug")[:RELATED]
        return context

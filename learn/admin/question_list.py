"""The list of questions: its columns' queries, its filters and its search."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learn.admin.common import LONG_COLUMNS, pasted_path
from learn.models import Question, Redirect
from learn.validators import SLUG

# Sorts after every character of a slug, on every database.
AFTER_SLUG_CHARACTERS = "{"


class QuestionChangeList(ChangeList):
    def get_queryset(self, request: HttpRequest, *args: Any) -> QuerySet[Question]:
        return super().get_queryset(request, *args).defer(*LONG_COLUMNS)


class CopyFilter(admin.SimpleListFilter):
    title = _("copies")
    parameter_name = "copy"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [("yes", _("Repeats another page")), ("no", _("Repeats none"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        if self.value() in ("yes", "no"):
            return queryset.filter(canonical__isnull=self.value() == "no")
        return queryset


def search(queryset: QuerySet[Question], term: str) -> QuerySet[Question]:
    """What an editor means by `term`: an address, a file's id, a slug's beginning, words.

    The first that finds something counts. Each but the last is answered by an index.
    """
    words = term.split()
    if not words:
        return queryset
    if len(words) == 1:
        word = words[0]
        path = pasted_path(word)
        if path is not None:
            former = Redirect.objects.filter(old_path=str(path)).values_list("question_id")
            at_path = Question.objects.at(path).values_list("pk")
            ids = [pk for (pk,) in at_path] or [pk for (pk,) in former]
            return queryset.filter(pk__in=ids)
        if word.isdecimal():
            by_id = queryset.filter(seed_id=int(word))
            if by_id.exists():
                return by_id
        if "-" in word and SLUG.fullmatch(word.lower()):
            by_slug = queryset.filter(_slug_begins(word.lower()))
            if by_slug.exists():
                return by_slug
    in_title = Q()
    for word in words:
        in_title &= Q(title__icontains=word)
    return queryset.filter(in_title)


def _slug_begins(beginning: str) -> Q:
    """As a range, which both databases answer from the index; LIKE they would not."""
    return Q(slug__gte=beginning, slug__lt=beginning + AFTER_SLUG_CHARACTERS)

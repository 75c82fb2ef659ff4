from django.contrib import admin
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learn.models import Author


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    list_display = ("name", "url", "question_count")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    ordering = ("name",)
    search_fields = ("name",)
    show_full_result_count = False
    # Deleting many at once would first list every question that stands in the way.
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Author]:
        return super().get_queryset(request).annotate(question_count=Count("questions"))

    @admin.display(description=_("questions"), ordering="question_count")
    def question_count(self, author: Author) -> int:
        return author.question_count  # type: ignore[attr-defined]

    def has_delete_permission(self, request: HttpRequest, obj: Author | None = None) -> bool:
        """Only an author of nothing can go."""
        is_free = obj is None or not obj.questions.exists()
        return is_free and super().has_delete_permission(request, obj)

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from learn import publishing
from learn.models import Subject

SLUG_IS_FIXED = _(
    "The slug is part of the address of every question of this subject, so it can no longer be "
    "changed. To use another one, add a subject and move the questions there: each old address "
    "then leads to the new one."
)


class SubjectForm(forms.ModelForm):
    class Meta:
        help_texts = {"slug": _("The last part of the subject's address, as in /learn/biology.")}


@admin.register(Subject)
class SubjectAdmin(admin.ModelAdmin):
    form = SubjectForm
    list_display = ("title", "slug", "is_listed", "question_count")
    list_filter = ("is_listed",)
    ordering = ("title",)
    search_fields = ("title", "slug")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # Deleting many at once would first list every question that stands in the way.
    actions = None
    view_on_site = False
    fields = ("title", "slug", "is_listed", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subject]:
        return super().get_queryset(request).annotate(question_count=Count("questions"))

    @admin.display(description=_("questions"), ordering="question_count")
    def question_count(self, subject: Subject) -> int:
        return subject.question_count  # type: ignore[attr-defined]

    def get_fieldsets(self, request: HttpRequest, obj: Subject | None = None) -> Any:
        description = SLUG_IS_FIXED if _has_questions(obj) else ""
        return [(None, {"fields": self.fields, "description": description})]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Subject | None = None
    ) -> tuple[str, ...]:
        return ("slug",) if _has_questions(obj) else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Subject | None = None
    ) -> dict[str, Sequence[str]]:
        return {"slug": ("title",)} if obj is None else {}

    def has_delete_permission(self, request: HttpRequest, obj: Subject | None = None) -> bool:
        """Only an empty subject can go."""
        return not _has_questions(obj) and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: Subject, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if change and "is_listed" in form.changed_data:
            # A page of a listed subject comes first among its copies.
            publishing.settle_references()


def _has_questions(subject: Subject | None) -> bool:
    return subject is not None and subject.question_count > 0  # type: ignore[attr-defined]

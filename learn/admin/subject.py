from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from learn import publishing
from learn.admin.choices import forget_choices
from learn.admin.counting import questions_with, shown_number
from learn.models import Subject
from learn.pages import touch_subject

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
        counted = questions_with("subject_id", Subject)
        return super().get_queryset(request).annotate(counted_questions=counted)

    @admin.display(description=_("questions"), ordering="counted_questions")
    def question_count(self, subject: Subject) -> SafeString:
        url = reverse("admin:learn_question_changelist")
        return format_html(
            '<a href="{}?subject__id__exact={}">{}</a>',
            url,
            subject.pk,
            shown_number(subject.counted_questions),  # type: ignore[attr-defined]
        )

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
        touch_subject(obj.pk)
        forget_choices()
        if change and "is_listed" in form.changed_data:
            # A page of a listed subject comes first among its copies.
            publishing.settle_references()


def _has_questions(subject: Subject | None) -> bool:
    return subject is not None and subject.counted_questions > 0  # type: ignore[attr-defined]

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from learn.admin.choices import forget_choices
from learn.admin.common import change_url
from learn.admin.counting import questions_with, shown_number
from learn.models import Author, Question
from learn.pages import touch_author
from learn.workflow.rights import limit

# The newest questions that an author's page names.
SHOWN = 10


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    list_display = ("name", "url", "question_count")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    ordering = ("name",)
    search_fields = ("name",)
    show_full_result_count = False
    # Deleting many at once would first list every question that stands in the way.
    actions = None
    readonly_fields = ("question_count", "newest_questions")

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(css={"all": ["learn/css/desk_list.css"]})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Author]:
        counted = questions_with("author_id", Author)
        return super().get_queryset(request).annotate(counted_questions=counted)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Author | None:
        author = super().get_object(request, object_id, from_field)
        if author is not None:
            author.shown_to = request.user
        return author

    def get_fieldsets(self, request: HttpRequest, obj: Author | None = None) -> Any:
        signed = [(_("What they signed"), {"fields": ("question_count", "newest_questions")})]
        return [(None, {"fields": ("name", "url")}), *(signed if obj else [])]

    @admin.display(description=_("questions"), ordering="counted_questions")
    def question_count(self, author: Author) -> SafeString:
        return format_html(
            '<a href="{}?author__id__exact={}">{}</a>',
            reverse("admin:learn_question_changelist"),
            author.pk,
            shown_number(author.counted_questions),  # type: ignore[attr-defined]
        )

    @admin.display(description=_("newest questions"))
    def newest_questions(self, author: Author) -> SafeString:
        """Of the user's subjects; by key, which grows with every question that is added."""
        questions = limit(author.questions.order_by("-pk"), author.shown_to)  # type: ignore[attr-defined]
        newest = questions.values_list("pk", "title", "status")[:SHOWN]
        states = dict(Question.Status.choices)
        items = format_html_join(
            "",
            '<li><a href="{}">{}</a> ({})</li>',
            ((change_url(Question, pk), title, states[status]) for pk, title, status in newest),
        )
        return format_html("<ul>{}</ul>", items)

    def has_delete_permission(self, request: HttpRequest, obj: Author | None = None) -> bool:
        """Only an author of nothing can go."""
        is_free = obj is None or obj.counted_questions == 0  # type: ignore[attr-defined]
        return is_free and super().has_delete_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: Author, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        touch_author(obj.pk)
        forget_choices()

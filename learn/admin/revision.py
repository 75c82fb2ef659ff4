import json
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from learn.admin.common import LINE_BREAK, ViewOnlyAdmin, change_link, long_columns_of, pasted_path
from learn.admin.question_history import compare_url
from learn.admin.subject_limit import SubjectLimited
from learn.models import Question, Revision


class RevisionChangeList(ChangeList):
    def get_queryset(self, request: HttpRequest, *args: Any) -> QuerySet[Revision]:
        queryset = super().get_queryset(request, *args)
        return queryset.defer("content", *long_columns_of("question"))


@admin.register(Revision)
class RevisionAdmin(ViewOnlyAdmin, SubjectLimited):
    subject_lookup = "question__subject"
    list_display = ("question", "number", "created_at", "created_by", "reason", "compare_link")
    list_select_related = ("question", "created_by")
    list_per_page = 50
    # The primary key grows with created_at and has an index.
    ordering = ("-pk",)
    sortable_by = ()
    search_fields = ("question__slug",)
    search_help_text = _("The question's whole slug or its address.")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "question_link",
                    "number",
                    "created_at",
                    "created_by",
                    "reason",
                    "compare_link",
                )
            },
        ),
        (
            _("Content"),
            {"fields": ("answer", "front_matter", "related_questions"), "classes": ("monospace",)},
        ),
    )
    readonly_fields = (
        "question_link",
        "compare_link",
        "front_matter",
        "related_questions",
        "answer",
    )

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return RevisionChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Revision], search_term: str
    ) -> tuple[QuerySet[Revision], bool]:
        path = pasted_path(search_term)
        if path is not None:
            queryset = queryset.filter(question__in=Question.objects.at(path))
        elif search_term.strip():
            queryset = queryset.filter(question__slug=search_term.strip().lower())
        return queryset, False

    @admin.display(description=_("question"))
    def question_link(self, revision: Revision) -> SafeString:
        return change_link(Question, revision.question_id, revision.question)

    @admin.display(description=_("and now"))
    def compare_link(self, revision: Revision) -> SafeString:
        url = compare_url(revision.question_id, revision.number)
        return format_html('<a href="{}">{}</a>', url, _("compare with live"))

    @admin.display(description=_("fields"))
    def front_matter(self, revision: Revision) -> SafeString:
        shown = (
            (name, value if isinstance(value, str) else json.dumps(value))
            for name, value in revision.content.items()
            if name not in ("answer", "related")
        )
        return format_html_join(LINE_BREAK, "<strong>{}</strong>: {}", shown)

    @admin.display(description=_("related questions"))
    def related_questions(self, revision: Revision) -> SafeString:
        related = revision.content.get("related", [])
        return format_html_join(LINE_BREAK, "{} · {} · {} · {}", related)

    @admin.display(description=_("answer"))
    def answer(self, revision: Revision) -> SafeString:
        """In a text area, which keeps the text's own lines and breaks long ones."""
        return format_html(
            '<textarea class="vLargeTextField" rows="30" readonly aria-label="{}">\n{}</textarea>',
            _("answer"),
            revision.content.get("answer", ""),
        )

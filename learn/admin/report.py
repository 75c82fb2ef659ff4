from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.views.main import ChangeList
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from learn.admin.common import change_link, long_columns_of, pasted_path
from learn.admin.subject_limit import SubjectLimited
from learn.models import Question, Report

WORDS_SHOWN = 20


class ReportChangeList(ChangeList):
    def get_queryset(self, request: HttpRequest, *args: Any) -> QuerySet[Report]:
        return super().get_queryset(request, *args).defer(*long_columns_of("question"))


@admin.register(Report)
class ReportAdmin(SubjectLimited):
    """The queue of what readers found wrong: open ones first."""

    subject_lookup = "question__subject"
    list_display = ("opening", "kind", "question_link", "seen_version", "created_at", "state")
    list_select_related = ("question__subject",)
    list_filter = ("state", "kind")
    list_per_page = 50
    ordering = ("-state", "-created_at")
    sortable_by = ("created_at",)
    search_fields = ("question__slug",)
    search_help_text = gettext_lazy("The question's whole slug or its address.")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("mark_done",)
    fields = (
        "state",
        "note",
        "kind",
        "text",
        "contact",
        "question_link",
        "seen_version",
        "created_at",
    )
    readonly_fields = ("kind", "text", "contact", "question_link", "seen_version", "created_at")

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return ReportChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Report], search_term: str
    ) -> tuple[QuerySet[Report], bool]:
        path = pasted_path(search_term)
        if path is not None:
            queryset = queryset.filter(question__in=Question.objects.at(path))
        elif search_term.strip():
            queryset = queryset.filter(question__slug=search_term.strip().lower())
        return queryset, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Readers write reports."""
        return False

    @admin.display(description=gettext_lazy("what the reader writes"))
    def opening(self, report: Report) -> str:
        return Truncator(report.text).words(WORDS_SHOWN)

    @admin.display(description=gettext_lazy("question"))
    def question_link(self, report: Report) -> SafeString:
        return change_link(Question, report.question_id, report.question)

    @admin.display(description=gettext_lazy("version (now)"))
    def seen_version(self, report: Report) -> str:
        """The version that the reader saw; beside it the present one where it has moved on."""
        if report.version == report.question.version:
            return str(report.version)
        return f"{report.version} ({report.question.version})"

    @admin.action(description=gettext_lazy("Mark as done"), permissions=["change"])
    def mark_done(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        with transaction.atomic():
            opened = list(queryset.filter(state=Report.State.OPEN))
            ids = [report.pk for report in opened]
            number = Report.objects.filter(pk__in=ids).update(state=Report.State.DONE)
            message = _("State: %s") % Report.State.DONE.label
            LogEntry.objects.log_actions(request.user.pk or 0, opened, CHANGE, message)
        text = ngettext("%d report marked as done.", "%d reports marked as done.", number)
        self.message_user(request, text % number, messages.SUCCESS)

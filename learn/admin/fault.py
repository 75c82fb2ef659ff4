from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from learn.admin.common import ViewOnlyAdmin, change_link, long_columns_of
from learn.admin.subject_limit import SubjectLimited
from learn.checklist import RULES
from learn.models import Fault, Question


class KindFilter(admin.SimpleListFilter):
    title = _("fault")
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [(code, rule.name) for code, rule in RULES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Fault]) -> QuerySet[Fault]:
        return queryset.filter(code=self.value()) if self.value() else queryset


@admin.register(Fault)
class FaultAdmin(ViewOnlyAdmin, SubjectLimited):
    """The report that `checkcontent --faults` stores."""

    subject_lookup = "question__subject"
    list_display = ("name", "is_error", "question_link", "subject", "line", "detail")
    list_display_links = None
    list_filter = ("is_error", KindFilter, "question__subject")
    list_select_related = ("question__subject",)
    list_per_page = 50
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-is_error", "code", "question")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Fault]:
        return super().get_queryset(request).defer(*long_columns_of("question"))

    @admin.display(description=_("fault"), ordering="code")
    def name(self, fault: Fault) -> str:
        rule = RULES.get(fault.code)
        return str(rule.name) if rule else fault.code

    @admin.display(description=_("question"))
    def question_link(self, fault: Fault) -> SafeString:
        return change_link(Question, fault.question_id, fault.question.title)

    @admin.display(description=_("subject"))
    def subject(self, fault: Fault) -> str:
        return fault.question.subject.title

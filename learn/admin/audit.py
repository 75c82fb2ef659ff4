"""The log of all acts at the desk: Django's own, to look at."""

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from learn.admin.common import ViewOnlyAdmin, pasted_path
from learn.models import Question, Redirect
from learn.workflow.rights import subject_ids

# The pager leads no further: who looks for older acts filters.
COUNTED = 10_000
PEOPLE_SHOWN = 200


class BoundedPaginator(Paginator):
    """Counts to a bound and no further, so that a long log is not read to its end."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        assert isinstance(rows, QuerySet)
        return rows.order_by()[:COUNTED].count()


class PersonFilter(admin.SimpleListFilter):
    title = gettext_lazy("person")
    parameter_name = "user"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        people = User.objects.filter(is_staff=True).order_by("username")
        return list(people.values_list("pk", "username")[:PEOPLE_SHOWN])

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        value = self.value()
        return queryset.filter(user=int(value)) if value and value.isdecimal() else queryset


@admin.register(LogEntry)
class LogEntryAdmin(ViewOnlyAdmin):
    list_display = ("moment", "user", "kind", "thing", "what")
    list_display_links = None
    list_select_related = ("user", "content_type")
    list_filter = ("action_time", PersonFilter, "action_flag")
    list_per_page = 100
    # The primary key grows with the time and has an index.
    ordering = ("-pk",)
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    search_fields = ("object_id",)
    search_help_text = gettext_lazy("A question's address or number, or a person's name.")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The log knows no subjects: it is not for those whose rights end at some."""
        return subject_ids(request.user) is None and super().has_view_permission(request, obj)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LogEntry], search_term: str
    ) -> tuple[QuerySet[LogEntry], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        path = pasted_path(term)
        if path is None and not term.isdecimal():
            return queryset.filter(user__username=term), False
        ids = {term}
        if path is not None:
            former = Redirect.objects.filter(old_path=str(path)).values_list("question_id")
            here = Question.objects.at(path).values_list("pk")
            ids = {str(pk) for (pk,) in (*here, *former)}
        questions = ContentType.objects.get_for_model(Question)
        return queryset.filter(content_type=questions, object_id__in=ids), False

    @admin.display(description=gettext_lazy("when"))
    def moment(self, entry: LogEntry) -> SafeString:
        shown = f"{timezone.localtime(entry.action_time):%Y-%m-%d %H:%M:%S %Z}"
        return format_html('<span class="nowrap">{}</span>', shown)

    @admin.display(description=gettext_lazy("act"))
    def kind(self, entry: LogEntry) -> str:
        name = entry.content_type.name if entry.content_type else ""
        return f"{entry.get_action_flag_display()}: {name}"

    @admin.display(description=gettext_lazy("of what"))
    def thing(self, entry: LogEntry) -> SafeString:
        url = None if entry.is_deletion() else entry.get_admin_url()
        if url is None:
            return format_html("{}", entry.object_repr)
        return format_html('<a href="{}">{}</a>', url, entry.object_repr)

    @admin.display(description=gettext_lazy("what was done"))
    def what(self, entry: LogEntry) -> str:
        return entry.get_change_message()


class LoggingAuthenticationForm(AdminAuthenticationForm):
    """Keeps in the log who signed in."""

    def clean(self) -> Any:
        cleaned = super().clean()
        user = self.get_user()
        if user is not None:
            LogEntry.objects.log_actions(user.pk, [user], CHANGE, gettext("Signed in"))
        return cleaned


admin.site.login_form = LoggingAuthenticationForm

"""What people whose rights end at some subjects meet at the desk: nothing of the others."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from learn.models import Question, Subject
from learn.workflow.rights import limit, may_work_in, subject_ids


class SubjectLimited(admin.ModelAdmin):
    """Rows of other subjects are in no list, and their forms answer 403."""

    # From a row to its subject, as a query writes it.
    subject_lookup = "subject"

    def subject_of(self, obj: Any) -> int:
        """The primary key of the row's subject, following subject_lookup."""
        *relations, last = self.subject_lookup.split("__")
        for name in relations:
            obj = getattr(obj, name)
        return getattr(obj, f"{last}_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.limited(super().get_queryset(request), request)

    def limited(self, queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """Only the rows of the user's subjects."""
        return limit(queryset, request.user, self.subject_lookup)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Also of other subjects: that it is there but closed is a 403, not a 404."""
        found = super().get_object(request, object_id, from_field)
        is_limited = subject_ids(request.user) is not None
        if found is None and is_limited and object_id.isdecimal():
            rows = self.model._default_manager.filter(pk=object_id)
            if rows.exists():
                raise PermissionDenied
        return found

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_in_reach(request, obj) and super().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_in_reach(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_in_reach(request, obj) and super().has_delete_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nothing can be moved into another subject, or led to a question of one."""
        if subject_ids(request.user) is not None:
            if db_field.name == "subject":
                kwargs["queryset"] = limit(Subject.objects.all(), request.user, "pk")
            elif db_field.name == "question":
                kwargs["queryset"] = limit(Question.objects.all(), request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _is_in_reach(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or may_work_in(request.user, self.subject_of(obj))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._refuse_other_subjects(request)
        return super().changelist_view(request, extra_context)

    def _refuse_other_subjects(self, request: HttpRequest) -> None:
        """A list of another subject, or an action on its rows, is refused, not just empty."""
        allowed = subject_ids(request.user)
        if allowed is None:
            return
        for name in request.GET:
            value = request.GET.get(name, "")
            is_subject = name == self.subject_lookup or name.startswith(f"{self.subject_lookup}__")
            if is_subject and value.isdecimal() and int(value) not in allowed:
                raise PermissionDenied
        chosen = [pk for pk in request.POST.getlist("_selected_action") if pk.isdecimal()]
        rows = self.model._default_manager.filter(pk__in=chosen)
        if chosen and rows.exclude(**{f"{self.subject_lookup}__in": allowed}).exists():
            raise PermissionDenied

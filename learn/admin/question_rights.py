"""Who may change a question in the state that it is in."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from learn.admin.counting import not_looked_up
from learn.admin.subject_limit import SubjectLimited
from learn.models import Question
from learn.workflow.rights import limit, may_edit


class QuestionRights(SubjectLimited):
    def limited(self, queryset: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """From the index in the list's order, which has the subject of each row: with that of
        the subjects all rows would be read and sorted for each page."""
        return limit(
            queryset.alias(of_subject=not_looked_up("subject")), request.user, "of_subject"
        )

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Question | None:
        question = super().get_object(request, object_id, from_field)
        if question is not None:
            # A form that is refused puts into the instance what was sent.
            question.fetched_state = (question.status, question.subject_id)
        return question

    def has_change_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or may_edit(request.user, *fetched_state(obj))

    def get_form(
        self, request: HttpRequest, obj: Question | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        """A form that knows its user: what it offers follows from the user's rights."""
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user  # type: ignore[attr-defined]
        return form

    def has_delete_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        """Never for good: the trash is the delete."""
        return False


def fetched_state(question: Question) -> tuple[str, int]:
    """(status, subject) as the database has them, whatever a form has set since."""
    return getattr(question, "fetched_state", (question.status, question.subject_id))

"""A question's row as its form needs it: with all that the form says of it, in one query."""

from copy import copy
from typing import Any

from django.db.models import (
    Count,
    Exists,
    FilteredRelation,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse

from learn.admin.common import long_columns_of
from learn.admin.question_rights import QuestionRights
from learn.models import HelpfulCount, Question, Report, Review, Revision


class QuestionRow(QuestionRights):
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        request.shows_form = True  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        questions = super().get_queryset(request)
        return with_surroundings(questions) if hasattr(request, "shows_form") else questions

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Question | None:
        question = super().get_object(request, object_id, from_field)
        if question is not None:
            # A form that is refused puts into the instance what was sent.
            if hasattr(request, "shows_form"):
                vars(question).setdefault("pending_update", None)
            question.stored = copy(question)  # type: ignore[attr-defined]
        return question


def with_surroundings(questions: QuerySet[Question]) -> QuerySet[Question]:
    """Each with its votes, the change that waits, how many reports it has, who saved it last, and
    whether there is more to be fetched: copies, a note of the last review."""
    reports = Report.objects.filter(question=OuterRef("pk"))
    rounds = Review.objects.filter(question=OuterRef("pk")).order_by("-pk")
    return (
        questions.annotate(
            open_reports=_number(reports.filter(state=Report.State.OPEN)),
            all_reports=_number(reports),
            last_editor=Subquery(_editors(OuterRef("pk"), OuterRef("version"))),
            last_decision=Subquery(rounds.values("decision")[:1]),
            pending_update=FilteredRelation(
                "scheduled_updates",
                condition=Q(
                    scheduled_updates__applied_at=None, scheduled_updates__cancelled_at=None
                ),
            ),
            has_copies=Exists(Question.objects.filter(canonical=OuterRef("pk"))),
        )
        .select_related("subject", "author", "canonical__subject", "helpful_count")
        # mypy knows relations of the model only.
        .select_related("pending_update")  # type: ignore[misc]
        .defer(*long_columns_of("canonical"))
    )


def votes_of(question: Question) -> HelpfulCount:
    return getattr(question, "helpful_count", None) or HelpfulCount()


def stored_of(question: Question) -> Question:
    """The row as it was fetched, whatever a form has set since."""
    return getattr(question, "stored", question)


def last_editor(question: Question) -> str:
    """The name of whoever saved the live version, where it is known."""
    kept = vars(question)
    if "last_editor" not in kept:
        kept["last_editor"] = _editors(question.pk, question.version).first()
    return kept["last_editor"] or ""


def _editors(question: Any, version: Any) -> QuerySet[Any, Any]:
    """The name of whoever made this version of the question; at most one."""
    revisions = Revision.objects.filter(question=question, number=version).order_by()
    return revisions.values_list("created_by__username", flat=True)


def _number(reports: QuerySet[Report]) -> Coalesce:
    counted = reports.order_by().values("question").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0, output_field=IntegerField())

"""What the list of questions does with those that are chosen: change their status."""

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from learn import publishing
from learn.bulk import chunked
from learn.models import Question

Status = Question.Status

# How many questions change their status in one statement.
PIECE = 10_000


class QuestionActions:
    """Actions of the list of questions; each says how many it changed and how many it left."""

    @admin.action(description=gettext_lazy("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        eligible = ~Q(status__in=[Status.PUBLISHED, Status.TRASHED])
        changed, left = self._set_status(request, queryset, eligible, Status.PUBLISHED)
        self._tell(
            request,
            ngettext("%d question was published.", "%d questions were published.", changed),
            changed,
            ngettext(
                "%d left alone: published already, or in the trash.",
                "%d left alone: published already, or in the trash.",
                left,
            ),
            left,
        )

    @admin.action(description=gettext_lazy("Unpublish"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        eligible = Q(status__in=Question.PUBLIC_STATUSES)
        changed, left = self._set_status(request, queryset, eligible, Status.UNPUBLISHED)
        self._tell(
            request,
            ngettext("%d question was unpublished.", "%d questions were unpublished.", changed),
            changed,
            ngettext(
                "%d left alone: neither published nor scheduled.",
                "%d left alone: neither published nor scheduled.",
                left,
            ),
            left,
        )

    @admin.action(description=gettext_lazy("Move to the trash"), permissions=["change"])
    def move_to_trash(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        eligible = ~Q(status=Status.TRASHED)
        changed, left = self._set_status(request, queryset, eligible, Status.TRASHED)
        self._tell(
            request,
            ngettext(
                "%d question was moved to the trash.",
                "%d questions were moved to the trash.",
                changed,
            ),
            changed,
            ngettext(
                "%d left alone: in the trash already.", "%d left alone: in the trash already.", left
            ),
            left,
        )

    @admin.action(
        description=gettext_lazy("Restore from the trash, unpublished"), permissions=["change"]
    )
    def restore(self, request: HttpRequest, queryset: QuerySet[Question]) -> None:
        eligible = Q(status=Status.TRASHED, pk__in=_restorable(queryset))
        changed, left = self._set_status(request, queryset, eligible, Status.UNPUBLISHED)
        self._tell(
            request,
            ngettext(
                "%d question was restored; it is unpublished.",
                "%d questions were restored; they are unpublished.",
                changed,
            ),
            changed,
            ngettext(
                "%d left alone: not in the trash, or its address belongs to another question.",
                "%d left alone: not in the trash, or its address belongs to another question.",
                left,
            ),
            left,
        )

    def _set_status(
        self, request: HttpRequest, queryset: QuerySet[Question], eligible: Q, status: str
    ) -> tuple[int, int]:
        """How many were brought into the state, and how many left as they were."""
        with transaction.atomic():
            chosen = set(queryset.order_by().values_list("pk", flat=True))
            questions = [
                question
                for chunk in chunked(chosen)
                for question in Question.objects.filter(eligible, pk__in=chunk).only("title")
            ]
            # In large pieces, as each settles references and canonical pages anew.
            for pks in chunked((question.pk for question in questions), PIECE):
                publishing.set_status(Question.objects.filter(pk__in=pks), status)
            LogEntry.objects.log_actions(
                request.user.pk,  # type: ignore[arg-type]
                questions,
                CHANGE,
                _("Status: %(status)s") % {"status": Status(status).label},
            )
        return len(questions), len(chosen) - len(questions)

    def _tell(
        self, request: HttpRequest, done: str, changed: int, not_done: str, left: int
    ) -> None:
        sentences = [done % changed] if changed or not left else []
        sentences += [not_done % left] if left else []
        level = messages.SUCCESS if changed else messages.WARNING
        messages.add_message(request, level, " ".join(sentences))


def _restorable(queryset: QuerySet[Question]) -> list[int]:
    """Of the trash, one question for each address that no other question has now."""
    holder = Question.objects.exclude(status=Status.TRASHED).filter(
        subject=OuterRef("subject"), slug=OuterRef("slug")
    )
    free = queryset.filter(~Exists(holder), status=Status.TRASHED).order_by("updated_at", "pk")
    # The one that was thrown away last overwrites the others.
    latest = {
        (subject, slug): pk for pk, subject, slug in free.values_list("pk", "subject", "slug")
    }
    return list(latest.values())

"""What the list of questions does with those that are chosen: set their status, with an undo; or
begin a change of many."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from learn import mass_edits
from learn.admin.undo import tell_with_undo
from learn.models import MassEdit, MassEditItem, Question

Status = Question.Status

# How long a request goes on with an act before it leaves the rest to the act's own page.
SECONDS = 8
# Questions that are changed together at most.
MOST = 50_000


class QuestionActions(admin.ModelAdmin):
    """Actions of the list of questions; each says how many it changed and how many it left."""

    actions = ("publish", "unpublish", "move_to_trash", "restore", "edit_many", "download")

    def has_mass_edit_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("learn.add_massedit")

    @admin.action(description=gettext_lazy("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        return self._set_status(
            request,
            queryset,
            Status.PUBLISHED,
            lambda changed: ngettext(
                "%d question was published.", "%d questions were published.", changed
            ),
            _("%d left alone: published already, or in the trash."),
        )

    @admin.action(description=gettext_lazy("Unpublish"), permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        return self._set_status(
            request,
            queryset,
            Status.UNPUBLISHED,
            lambda changed: ngettext(
                "%d question was unpublished.", "%d questions were unpublished.", changed
            ),
            _("%d left alone: neither published nor scheduled."),
        )

    @admin.action(description=gettext_lazy("Move to the trash"), permissions=["change"])
    def move_to_trash(
        self, request: HttpRequest, queryset: QuerySet[Question]
    ) -> HttpResponse | None:
        return self._set_status(
            request,
            queryset,
            Status.TRASHED,
            lambda changed: ngettext(
                "%d question was moved to the trash.",
                "%d questions were moved to the trash.",
                changed,
            ),
            _("%d left alone: in the trash already."),
        )

    @admin.action(
        description=gettext_lazy("Restore from the trash, unpublished"), permissions=["change"]
    )
    def restore(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        return self._set_status(
            request,
            queryset,
            Status.UNPUBLISHED,
            lambda changed: ngettext(
                "%d question was restored; it is unpublished.",
                "%d questions were restored; they are unpublished.",
                changed,
            ),
            _("%d left alone: not in the trash, or its address belongs to another question."),
            eligible=Q(status=Status.TRASHED, pk__in=_restorable(queryset)),
        )

    @admin.action(description=gettext_lazy("Edit all of them …"), permissions=["mass_edit"])
    def edit_many(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse:
        ids = self._may_change(request, queryset)
        edit = mass_edits.choose(ids, request.user)  # type: ignore[arg-type]
        return HttpResponseRedirect(reverse("admin:learn_massedit_change", args=[edit.pk]))

    def _may_change(self, request: HttpRequest, queryset: QuerySet[Question]) -> list[int]:
        """Of the chosen questions those that this person may change; at most MOST."""
        rows = queryset.order_by().select_related("subject")[: MOST + 1]
        ids = [row.pk for row in rows if self.has_change_permission(request, row)]
        if len(ids) > MOST:
            raise TooMany
        return ids

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Question], *args: Any
    ) -> HttpResponse | None:
        try:
            return super().response_action(request, queryset, *args)
        except TooMany:
            text = _("Choose fewer: at most %s questions can be changed together.")
            messages.error(request, text % f"{MOST:,}")
            return HttpResponseRedirect(request.get_full_path())

    def _set_status(
        self,
        request: HttpRequest,
        queryset: QuerySet[Question],
        status: str,
        done: Any,
        not_done: str,
        *,
        eligible: Q | None = None,
    ) -> HttpResponse | None:
        """Begin the act; what is not done in SECONDS goes on on its own page."""
        edit = mass_edits.set_states(
            self._may_change(request, queryset),
            status,
            request.user,  # type: ignore[arg-type]
            eligible=eligible,
            seconds=SECONDS,
        )
        if edit.state != MassEdit.State.DONE:
            return HttpResponseRedirect(reverse("admin:learn_massedit_change", args=[edit.pk]))
        changed = edit.items.filter(state=MassEditItem.State.CHANGED).count()
        left = edit.items.count() - changed
        sentences = [done(changed) % changed] if changed or not left else []
        sentences += [not_done % left] if left else []
        text = " ".join(sentences)
        if changed:
            tell_with_undo(request, text, edit, messages.SUCCESS)
        else:
            edit.delete()
            messages.warning(request, text)
        return None


class TooMany(Exception):
    """More questions than can be changed together."""


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

"""What the list of questions does with those that are chosen: set their status, with an undo; or
begin a change of many."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from learn import mass_edits
from learn.admin.common import change_url
from learn.admin.counting import LISTED
from learn.admin.undo import tell_with_undo
from learn.models import MassEdit, MassEditItem, Question
from learn.workflow.transitions import Action, may_take

# How long a request goes on with an act before it leaves the rest to the act's own page.
SECONDS = 8
# Questions that are changed together at most.
MOST = LISTED
# How many questions that are not ready are named; the rest are counted.
NAMED = 5


class QuestionActions(admin.ModelAdmin):
    """Actions of the list of questions; each says how many it changed and how many it left.

    Which states they apply to, and who may take them, is the table of transitions.
    """

    actions = (
        "submit",
        "withdraw",
        "schedule",
        "publish",
        "unpublish",
        "move_to_trash",
        "restore",
        "edit_many",
        "download",
    )

    def has_mass_edit_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("learn.add_massedit")

    def has_submit_permission(self, request: HttpRequest) -> bool:
        return may_take(request.user, Action.SUBMIT)

    def has_schedule_permission(self, request: HttpRequest) -> bool:
        return may_take(request.user, Action.SCHEDULE)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return may_take(request.user, Action.PUBLISH)

    def has_unpublish_permission(self, request: HttpRequest) -> bool:
        return may_take(request.user, Action.UNPUBLISH)

    def has_trash_permission(self, request: HttpRequest) -> bool:
        return may_take(request.user, Action.TRASH)

    def has_restore_permission(self, request: HttpRequest) -> bool:
        return may_take(request.user, Action.RESTORE)

    def note_status(
        self, request: HttpRequest, question: Question, before: Question, *, was_edited: bool
    ) -> None:
        """Let what a form did to the status be undone; `before` is the row as it was."""
        if question.status != before.status:
            edit = mass_edits.note_action(
                question,
                before,
                request.user,  # type: ignore[arg-type]
                was_edited=was_edited,
            )
            request.status_change = (edit, before.get_status_display())  # type: ignore[attr-defined]

    def response_change(self, request: HttpRequest, obj: Question) -> HttpResponse:
        response = super().response_change(request, obj)
        edit, before = getattr(request, "status_change", (None, ""))
        if edit is not None:
            text = _("The status is “%(now)s” now; before it was “%(before)s”.")
            labels = {"now": obj.get_status_display(), "before": before}
            tell_with_undo(request, text % labels, edit, messages.SUCCESS)
        return response

    @admin.action(description=gettext_lazy("Submit for review"), permissions=["submit"])
    def submit(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        return self._perform(
            request,
            queryset,
            Action.SUBMIT,
            lambda changed: ngettext(
                "%d question was submitted for review.",
                "%d questions were submitted for review.",
                changed,
            ),
            _("%d left alone: neither a draft nor unpublished."),
        )

    @admin.action(description=gettext_lazy("Withdraw from review"), permissions=["submit"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        return self._perform(
            request,
            queryset,
            Action.WITHDRAW,
            lambda changed: ngettext(
                "%d question was withdrawn; it is a draft again.",
                "%d questions were withdrawn; they are drafts again.",
                changed,
            ),
            _("%d left alone: not in review."),
        )

    @admin.action(description=gettext_lazy("Schedule"), permissions=["schedule"])
    def schedule(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        return self._perform(
            request,
            queryset,
            Action.SCHEDULE,
            lambda changed: ngettext(
                "%d question was scheduled for its “publish at”.",
                "%d questions were scheduled, each for its “publish at”.",
                changed,
            ),
            _("%d left alone: “publish at” is not to come, or scheduled or trashed already."),
        )

    @admin.action(description=gettext_lazy("Publish"), permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        return self._perform(
            request,
            queryset,
            Action.PUBLISH,
            lambda changed: ngettext(
                "%d question was published.", "%d questions were published.", changed
            ),
            _("%d left alone: published already, or in the trash."),
        )

    @admin.action(description=gettext_lazy("Unpublish"), permissions=["unpublish"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        return self._perform(
            request,
            queryset,
            Action.UNPUBLISH,
            lambda changed: ngettext(
                "%d question was unpublished.", "%d questions were unpublished.", changed
            ),
            _("%d left alone: neither published nor scheduled."),
        )

    @admin.action(description=gettext_lazy("Move to the trash"), permissions=["trash"])
    def move_to_trash(
        self, request: HttpRequest, queryset: QuerySet[Question]
    ) -> HttpResponse | None:
        return self._perform(
            request,
            queryset,
            Action.TRASH,
            lambda changed: ngettext(
                "%d question was moved to the trash.",
                "%d questions were moved to the trash.",
                changed,
            ),
            _("%d left alone: in the trash already."),
        )

    @admin.action(
        description=gettext_lazy("Restore from the trash, unpublished"), permissions=["restore"]
    )
    def restore(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse | None:
        return self._perform(
            request,
            queryset,
            Action.RESTORE,
            lambda changed: ngettext(
                "%d question was restored; it is unpublished.",
                "%d questions were restored; they are unpublished.",
                changed,
            ),
            _("%d left alone: not in the trash, or its address belongs to another question."),
        )

    @admin.action(description=gettext_lazy("Edit all of them …"), permissions=["mass_edit"])
    def edit_many(self, request: HttpRequest, queryset: QuerySet[Question]) -> HttpResponse:
        ids = self._may_change(request, queryset)
        edit = mass_edits.choose(ids, request.user)  # type: ignore[arg-type]
        return HttpResponseRedirect(reverse("admin:learn_massedit_change", args=[edit.pk]))

    def _may_change(self, request: HttpRequest, queryset: QuerySet[Question]) -> list[int]:
        """Of the chosen questions those whose text this person may change; at most MOST."""
        rows = queryset.order_by().select_related("subject")[: MOST + 1]
        ids = [row.pk for row in rows if self.has_change_permission(request, row)]
        if len(ids) > MOST:
            raise TooMany
        return ids

    def _chosen(self, queryset: QuerySet[Question]) -> list[int]:
        """At most MOST; what may be done with each of them the table of transitions says."""
        ids = list(queryset.order_by().values_list("pk", flat=True)[: MOST + 1])
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

    def _perform(
        self,
        request: HttpRequest,
        queryset: QuerySet[Question],
        action: str,
        done: Callable[[int], str],
        not_done: str,
    ) -> HttpResponse | None:
        """Begin the act; what is not done in SECONDS goes on on its own page."""
        edit = mass_edits.take_action(
            self._chosen(queryset),
            action,
            request.user,  # type: ignore[arg-type]
            seconds=SECONDS,
        )
        if edit.state != MassEdit.State.DONE:
            return HttpResponseRedirect(reverse("admin:learn_massedit_change", args=[edit.pk]))
        changed = edit.items.filter(state=MassEditItem.State.CHANGED).count()
        hindered = list(
            edit.items.filter(
                state=MassEditItem.State.SKIPPED, before__reason=mass_edits.Reason.NOT_READY
            )
            .select_related("question")
            .only("note", "question__title")
        )
        left = edit.items.count() - changed - len(hindered)
        sentences = [done(changed) % changed] if changed or not (left or hindered) else []
        sentences += [not_done % left] if left else []
        text = " ".join(sentences)
        if changed:
            tell_with_undo(request, text, edit, messages.SUCCESS)
        else:
            edit.delete()
            if text:
                messages.warning(request, text)
        _tell_hindered(request, hindered)
        return None


def _tell_hindered(request: HttpRequest, items: list[MassEditItem]) -> None:
    """Name the questions that are not ready to be published, with what stands in the way."""
    if not items:
        return
    named = format_html_join(
        ", ",
        '<a href="{}">{}</a> ({})',
        (
            (change_url(Question, item.question_id), item.question.title, item.note)
            for item in items[:NAMED]
        ),
    )
    more = _(" and %d more") % (len(items) - NAMED) if len(items) > NAMED else ""
    sentence = ngettext(
        "{} question is not ready to be published: {}{}.",
        "{} questions are not ready to be published: {}{}.",
        len(items),
    )
    messages.warning(request, format_html(sentence, len(items), named, more))


class TooMany(Exception):
    """More questions than can be changed together."""

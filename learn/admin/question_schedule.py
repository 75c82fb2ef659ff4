"""The schedule at the desk: updates of live questions, and the list of all that is to come."""

import datetime
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from learn import schedules
from learn.admin.question_rights import fetched_state
from learn.models import Question, RelatedQuestion, ScheduledUpdate
from learn.workflow.rights import limit
from learn.workflow.transitions import Action, may_take

# Of each kind; what comes later shows as time goes on.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the schedule."""

    moment: datetime.datetime
    kind: str
    question: Question
    update: ScheduledUpdate | None = None


@dataclass(frozen=True, slots=True)
class FrozenField:
    name: str
    label: str
    now: object
    then: object


class QuestionSchedule(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("schedule/", view(self.schedule_view), name="learn_question_schedule"),
            path("schedule/<int:pk>/", view(self.scheduled_update), name="learn_question_update"),
            path(
                "schedule/<int:pk>/cancel/",
                view(require_POST(self.cancel_update)),
                name="learn_question_update_cancel",
            ),
            *super().get_urls(),
        ]

    def _entries(self, request: HttpRequest) -> list[Entry]:
        """What is to come, and the updates that are late, by moment."""
        now = timezone.now()
        updates = limit(
            ScheduledUpdate.objects.pending(), request.user, "question__subject"
        ).select_related("question__subject", "created_by")
        updates = updates.defer("question__answer", "question__answer_html")
        entries = [
            Entry(update.apply_at, "update", update.question, update)
            for update in updates.order_by("apply_at")[:SHOWN]
        ]
        entries += [
            Entry(getattr(question, moment), kind, question)
            for moment, kind in (("publish_at", "publish"), ("unpublish_at", "unpublish"))
            for question in _to_come(request, moment, now)
        ]
        return sorted(entries, key=lambda entry: (entry.moment, entry.question.pk))

    def schedule_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        entries = self._entries(request)
        late = [entry for entry in entries if entry.update and entry.update.is_late]
        coming = [entry for entry in entries if entry not in late]
        context = {
            "title": pgettext("page", "Schedule"),
            "late": late,
            "days": [
                (day, list(rows))
                for day, rows in groupby(coming, lambda e: timezone.localtime(e.moment).date())
            ],
        }
        return self._render_schedule(request, "schedule", context)

    def scheduled_update(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What an update changes: each field as it is now and as it will be."""
        update = self._update(request, pk)
        context = {
            "title": update.question.title,
            "subtitle": _("Scheduled update"),
            "update": update,
            "question": update.question,
            "fields": frozen_fields(update.question, update.content),
            "may_schedule": may_take(request.user, Action.SCHEDULE),
        }
        return self._render_schedule(request, "scheduled_update", context)

    def cancel_update(self, request: HttpRequest, pk: int) -> HttpResponse:
        update = self._update(request, pk)
        if not may_take(request.user, Action.SCHEDULE):
            raise PermissionDenied
        if schedules.cancel(update):
            LogEntry.objects.log_actions(
                request.user.pk or 0, [update.question], CHANGE, _("Scheduled update cancelled")
            )
            messages.success(
                request, _("The update was cancelled; readers keep the text as it is.")
            )
        else:
            messages.warning(request, _("Too late: the update was applied or cancelled already."))
        return redirect("admin:learn_question_schedule")

    def _update(self, request: HttpRequest, pk: int) -> ScheduledUpdate:
        updates = ScheduledUpdate.objects.select_related("question__subject", "created_by")
        update = get_object_or_404(updates, pk=pk)
        if not self.has_view_permission(request, update.question):
            raise PermissionDenied
        return update

    def _render_schedule(
        self, request: HttpRequest, name: str, context: dict[str, Any]
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), **context, "opts": self.opts}
        return TemplateResponse(request, f"admin/learn/question/{name}.html", context)

    # --- from the question's form

    def schedule_fields(self, request: HttpRequest, obj: Question | None) -> tuple[str, ...]:
        """The form's fields for when a change is to appear, and for one that waits."""
        names = []
        if obj is not None and may_take(request.user, Action.SCHEDULE):
            status, _subject = fetched_state(obj)
            names += ["apply_at"] if status in Question.PUBLIC_STATUSES else []
        if pending_of(obj) is not None:
            names.append("also_scheduled")
        return tuple(names)

    def schedule_from_form(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any
    ) -> None:
        """Freeze what the form changes; the row stays as it is."""
        request.scheduled_update = None  # type: ignore[attr-defined]
        content = frozen_changes(form)
        for formset in formsets:
            if formset.has_changed() and formset.model is RelatedQuestion:
                kept = [
                    item.instance
                    for item in formset.forms
                    if item.cleaned_data and not item.cleaned_data.get("DELETE")
                ]
                content["related"] = schedules.related_rows(kept)
        if not content and pending_of(form.instance) is None:
            return
        update = schedules.schedule_update(
            form.instance,
            content,
            apply_at=form.cleaned_data["apply_at"],
            by=request.user,  # type: ignore[arg-type]
            reason=form.cleaned_data["reason"],
        )
        request.scheduled_update = update  # type: ignore[attr-defined]

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        if hasattr(request, "scheduled_update"):
            update = request.scheduled_update
            if update is None:
                return []
            return _("Update scheduled for %s") % shown_moment(update.apply_at)
        return super().construct_change_message(request, form, formsets, add)

    def response_change(self, request: HttpRequest, obj: Question) -> HttpResponse:
        if not hasattr(request, "scheduled_update"):
            return super().response_change(request, obj)
        update = request.scheduled_update
        if update is None:
            text = _("Nothing was changed, so nothing was scheduled.")
            self.message_user(request, text, messages.WARNING)
            return self.response_post_save_change(request, obj)
        text = _("The change is scheduled for %s. Until then readers see the text as it was.")
        self.message_user(request, text % shown_moment(update.apply_at), messages.SUCCESS)
        return self.response_post_save_change(request, obj)


def _to_come(request: HttpRequest, moment: str, now: datetime.datetime) -> list[Question]:
    """Public questions whose `moment` is to come.

    The state is asked of the rows: asked of the database, SQLite would go by its index and read
    every published question.
    """
    questions = Question.objects.filter(**{f"{moment}__gt": now}).order_by(moment)
    rows = limit(questions, request.user).select_related("subject")
    rows = rows.only(
        "title", "slug", "status", "publish_at", "unpublish_at", "subject__title", "subject__slug"
    )
    return [row for row in rows[:SHOWN] if row.status in Question.PUBLIC_STATUSES]


def pending_of(question: Question | None) -> ScheduledUpdate | None:
    """The update that waits for its moment; asked once for a question's form."""
    if question is None or not question.pk:
        return None
    kept = vars(question)
    if "pending_update" not in kept:
        kept["pending_update"] = schedules.pending_update(question)
    return kept["pending_update"]


def frozen_changes(form: forms.ModelForm) -> dict[str, Any]:
    """Of what the form changes, that which can be frozen."""
    names = [name for name in schedules.FROZEN_FIELDS if name in form.changed_data]
    return schedules.freeze(form.instance, names)


def shown_moment(moment: datetime.datetime) -> str:
    """With its time zone: a moment without one is a riddle."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M %Z}"


def schedule_note(question: Question | None) -> SafeString:
    """Above the form: that a change waits, and what it changes."""
    update = pending_of(question)
    if update is None:
        return SafeString("")
    labels = [_label(name) for name in update.content]
    context = {"update": update, "labels": labels, "moment": shown_moment(update.apply_at)}
    return render_to_string("admin/learn/question/_schedule_note.html", context)


def frozen_fields(question: Question, content: dict[str, Any]) -> list[FrozenField]:
    """Each field that is to change, as it is and as it will be."""
    then = Question.objects.get(pk=question.pk)
    schedules.fill(then, content)
    fields = []
    for name, value in content.items():
        if name == "related":
            rows = schedules.related_rows(list(question.related_questions.all()))
            fields.append(FrozenField(name, _label(name), _row_lines(rows), _row_lines(value)))
        else:
            now, new = getattr(question, name), getattr(then, name)
            fields.append(FrozenField(name, _label(name), now, new))
    return fields


def _label(name: str) -> str:
    """What a form calls a field that can be frozen."""
    if name == "related":
        return _("related questions")
    return str(getattr(Question._meta.get_field(name), "verbose_name", name))


def _row_lines(rows: list[list[Any]]) -> str:
    return "\n".join(" · ".join(str(part) for part in row if part) for row in rows)

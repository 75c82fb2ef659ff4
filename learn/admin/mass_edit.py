"""Changes of many questions: choose what to change, see what it would do, do it, undo it."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from learn import mass_edits
from learn.admin.common import ViewOnlyAdmin
from learn.admin.mass_edit_form import MassEditForm
from learn.models import MassEdit, MassEditItem, Question
from learn.workflow.rights import limit, subject_ids
from learn.workflow.transitions import Action

State, ItemState = MassEdit.State, MassEditItem.State
# How long one request goes on with a change.
SECONDS = 2
# Questions that were left alone, named with the reason.
NAMED = 100


@admin.register(MassEdit)
class MassEditAdmin(ViewOnlyAdmin):
    list_display = ("what", "state", "created_by", "created_at")
    list_select_related = ("created_by",)
    list_per_page = 50
    ordering = ("-pk",)
    sortable_by = ()

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(css={"all": ["learn/css/desk_list.css"]})

    @admin.display(description=gettext_lazy("change"))
    def what(self, edit: MassEdit) -> str:
        if edit.kind == MassEdit.Kind.STATUS:
            return f"{edit.get_kind_display()}: {_action_label(edit)}"
        return edit.get_kind_display() or _("not chosen yet")

    def get_queryset(self, request: HttpRequest) -> QuerySet[MassEdit]:
        """Of others only for those who may see all: its samples show texts of any subject."""
        edits = super().get_queryset(request)
        return edits if self._may_see_all(request) else edits.filter(created_by=request.user.pk)

    def _may_see_all(self, request: HttpRequest) -> bool:
        return super().has_view_permission(request) and subject_ids(request.user) is None

    def has_view_permission(self, request: HttpRequest, obj: MassEdit | None = None) -> bool:
        """Everybody may see, and undo, what they did themselves."""
        if self._may_see_all(request):
            return True
        if obj is None:
            return request.user.has_perm("learn.add_massedit")
        return obj.created_by_id == request.user.pk

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        steps = [
            path(
                f"<int:pk>/{name}/",
                wrap(require_POST(getattr(self, f"{name}_step"))),
                name=f"learn_massedit_{name}",
            )
            for name in ("check", "run", "advance", "undo")
        ]
        return steps + super().get_urls()

    # --- the page of one change

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        edit = self._own(request, unquote(object_id))
        return self._page(request, edit, MassEditForm(edit=edit))

    def _page(self, request: HttpRequest, edit: MassEdit, form: forms.Form) -> TemplateResponse:
        numbers = _numbers(edit)
        seen = self._items_seen(request, edit)
        is_tried = edit.state == State.READY and edit.kind != MassEdit.Kind.STATUS
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change many questions"),
            "subtitle": None,
            "opts": self.opts,
            "edit": edit,
            "what": self.what(edit),
            "form": form,
            "numbers": numbers,
            "total": sum(numbers.values()),
            "done": sum(numbers.values()) - _left(edit, numbers),
            "places": edit.items.aggregate(places=Sum("hits"))["places"] or 0,
            "samples": (mass_edits.samples(seen, mass_edits.change_of(edit)) if is_tried else []),
            "left_alone": seen.filter(state__in=[ItemState.SKIPPED, ItemState.KEPT])
            .exclude(note="")
            .select_related("question__subject")
            .only("note", "state", "question__title", "question__slug", "question__subject__slug")
            .order_by("pk")[:NAMED],
            "media": self.media,
        }
        template = "admin/learn/massedit/change.html"
        return TemplateResponse(request, template, context)

    def _items_seen(self, request: HttpRequest, edit: MassEdit) -> QuerySet[MassEditItem]:
        """Those whose texts this person may see now, whatever was theirs when they chose."""
        items = edit.items.all()
        if not self.admin_site.get_model_admin(Question).has_view_permission(request):
            return items.none()
        return limit(items, request.user, "question__subject")

    def _own(self, request: HttpRequest, pk: Any) -> MassEdit:
        edit = get_object_or_404(MassEdit.objects.select_related("created_by"), pk=pk)
        if not self.has_view_permission(request, edit):
            raise PermissionDenied
        return edit

    def _to_change(self, request: HttpRequest, pk: int) -> MassEdit:
        """The edit, for whoever made it; superusers may go on with anybody's."""
        edit = self._own(request, pk)
        is_own = edit.created_by_id == request.user.pk or request.user.is_superuser
        if not is_own or not request.user.has_perm("learn.change_question"):
            raise PermissionDenied
        return edit

    # --- its steps

    def check_step(self, request: HttpRequest, pk: int) -> HttpResponse:
        edit = self._to_change(request, pk)
        if not request.user.has_perm("learn.add_massedit"):
            raise PermissionDenied
        if edit.state not in (State.CHOSEN, State.READY):
            return self._to_page(edit)
        form = MassEditForm(request.POST, edit=edit)
        if form.is_valid():
            self._refuse_foreign_subject(request, form)
        if not form.is_valid():
            return self._page(request, edit, form)
        mass_edits.begin_checking(edit, form.cleaned_data["kind"], form.parameters)
        mass_edits.advance(edit, SECONDS, by=request.user)  # type: ignore[arg-type]
        return self._to_page(edit)

    def _refuse_foreign_subject(self, request: HttpRequest, form: forms.Form) -> None:
        """Nobody moves questions to where they could not change them."""
        subject = form.cleaned_data.get("subject")
        if form.cleaned_data["kind"] != MassEdit.Kind.SUBJECT or subject is None:
            return
        questions = self.admin_site.get_model_admin(Question)
        if not questions.has_change_permission(request, Question(subject=subject)):
            form.add_error("subject", _("You may not change questions of this subject."))

    def run_step(self, request: HttpRequest, pk: int) -> HttpResponse:
        edit = self._to_change(request, pk)
        if not request.user.has_perm("learn.add_massedit"):
            raise PermissionDenied
        mass_edits.begin_running(edit)
        mass_edits.advance(edit, SECONDS, by=request.user)  # type: ignore[arg-type]
        return self._to_page(edit)

    def advance_step(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go on for a while; asked for JSON it says how far it is."""
        edit = self._to_change(request, pk)
        was_undoing = edit.state == State.UNDOING
        mass_edits.advance(edit, SECONDS, by=request.user)  # type: ignore[arg-type]
        numbers = _numbers(edit)
        if was_undoing and edit.state == State.UNDONE:
            _tell_undone(request, numbers)
        if not request.accepts("text/html"):
            total = sum(numbers.values())
            left = _left(edit, numbers)
            is_working = edit.state in MassEdit.WORKING
            return JsonResponse({"done": total - left, "total": total, "is_working": is_working})
        return self._to_page(edit)

    def undo_step(self, request: HttpRequest, pk: int) -> HttpResponse:
        edit = self._to_change(request, pk)
        if not mass_edits.begin_undoing(edit):
            messages.warning(request, _("There is nothing to undo any more."))
            return redirect("admin:learn_question_changelist")
        mass_edits.advance(edit, SECONDS, by=request.user)  # type: ignore[arg-type]
        if edit.state != State.UNDONE:
            return self._to_page(edit)
        numbers = _numbers(edit)
        _tell_undone(request, numbers)
        if numbers.get(ItemState.KEPT):
            return self._to_page(edit)
        return redirect("admin:learn_question_changelist")

    def _to_page(self, edit: MassEdit) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:learn_massedit_change", args=[edit.pk]))


def _action_label(edit: MassEdit) -> str:
    return str(Action(edit.parameters["action"]).label)


def _numbers(edit: MassEdit) -> dict[str, int]:
    """State of an item -> how many items are in it."""
    counted = edit.items.order_by().values_list("state").annotate(Count("pk"))
    return dict(counted)


def _left(edit: MassEdit, numbers: dict[str, int]) -> int:
    """How many items the present step has still to do."""
    waiting = {
        State.CHECKING: ItemState.WAITING,
        State.RUNNING: ItemState.PLANNED,
        State.UNDOING: ItemState.CHANGED,
    }.get(State(edit.state))
    return numbers.get(waiting, 0) if waiting else 0


def _tell_undone(request: HttpRequest, numbers: dict[str, int]) -> None:
    undone, kept = numbers.get(ItemState.UNDONE, 0), numbers.get(ItemState.KEPT, 0)
    text = ngettext(
        "Undone: %d question is as it was.", "Undone: %d questions are as they were.", undone
    )
    sentences = [text % undone]
    if kept:
        sentences.append(_("%d left alone, for the reasons named below.") % kept)
    messages.success(request, " ".join(sentences))

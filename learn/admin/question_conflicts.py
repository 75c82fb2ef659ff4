"""When a form was opened before somebody else saved: what each of the two changed, to choose from.

Nothing is written until somebody chose; what was chosen goes through the form like everything
else, and is refused again if yet another version was saved meanwhile.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from learn.admin.form_values import (
    NOT_MERGED,
    RELATED_PREFIX,
    Inputs,
    Related,
    displayed,
    is_changed,
    question_at,
    read_related,
    related_in,
    related_inputs,
    related_of,
    related_sent,
    revision_at,
    sent_inputs,
    shown_inputs,
    state_of,
)
from learn.admin.markdown_editor import LinesField
from learn.admin.question_row import last_editor
from learn.models import Question
from learn.textdiff import Hunk, compare_words
from learn.textmerge import merge

Item = TypeVar("Item")

THEIRS, MINE, BOTH = "theirs", "mine", "both"
RELATED = "related"


@dataclass(slots=True)
class Conflict:
    """A field that is not the same in the live question and in what was sent."""

    name: str
    label: str
    theirs: Inputs
    mine: Inputs
    # As people read them; the base is None where it is not known.
    base_text: str | None
    their_text: str
    my_text: str
    # What is proposed: THEIRS, MINE, BOTH, or "" where somebody has to choose.
    proposal: str = ""
    both: Inputs = field(default_factory=dict)
    open_conflicts: int = 0
    is_long: bool = False

    @property
    def both_text(self) -> str:
        return next(iter(self.both.values()), "")

    @property
    def their_json(self) -> str:
        return json.dumps(self.theirs)

    @property
    def my_json(self) -> str:
        return json.dumps(self.mine)

    @property
    def both_json(self) -> str:
        return json.dumps(self.both)

    @property
    def was_changed_by_both(self) -> bool:
        return self.proposal not in (THEIRS, MINE)

    @property
    def their_hunks(self) -> list[Hunk]:
        return compare_words(self._base(), self.their_text)

    @property
    def my_hunks(self) -> list[Hunk]:
        return compare_words(self._base(), self.my_text)

    def _base(self) -> str:
        """Without a known base, what the other has."""
        return self.their_text if self.base_text is None else self.base_text


class QuestionConflicts:
    """Mixin of QuestionAdmin."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method == "POST" and "_merge" in request.POST and object_id:
            if request.POST["_merge"] == THEIRS:
                return self._leave_live(request)
            question = self.get_object(request, object_id)  # type: ignore[attr-defined]
            if question is not None:
                request.POST = chosen(request.POST, question)  # type: ignore[assignment]
        return super().changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Question | None = None,
    ) -> HttpResponse:
        form = context["adminform"].form
        if obj is not None and form.has_error(NON_FIELD_ERRORS, "stale"):
            return self._answer_conflict(request, context, form, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)  # type: ignore[misc]

    def _leave_live(self, request: HttpRequest) -> HttpResponse:
        """Nothing is saved; what was typed is still a draft, which the form offers."""
        messages.info(request, _("Nothing was changed: you took the live version."))
        return HttpResponseRedirect(request.path)

    def _answer_conflict(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        form: forms.ModelForm,
        question: Question,
    ) -> HttpResponse:
        # The form has written what was sent into `question`.
        live = Question.objects.select_related("subject", "author").get(pk=question.pk)
        version = form.cleaned_data.get("opened_version")
        state = _read_state(form.data.get("opened_state", ""))
        base = question_at(live, version, state)
        conflicts = find_conflicts(form, base, live, last_editor(live))
        if not conflicts:
            # The same form sent twice, or the same change made by two.
            self.form_was_saved(request)  # type: ignore[attr-defined]
            return self.response_change(request, live)  # type: ignore[attr-defined]
        context |= {
            "title": _("Two versions of one answer"),
            "subtitle": str(live),
            "conflicts": conflicts,
            "untouched": _untouched(form, live, conflicts),
            "live": live,
            "opened_version": version,
            "opened_status": live.status,
            "opened_state": json.dumps(state_of(live)),
            "their_name": last_editor(live) or _("Someone"),
            "can_keep_both": all(conflict.proposal for conflict in conflicts),
            "needs_choice": any(conflict.was_changed_by_both for conflict in conflicts),
            "draft_uid": form.data.get("draft_uid", ""),
            "reason": form.data.get("reason", ""),
            "pressed": [name for name in ("_continue", "_addanother") if name in form.data],
            "opts": self.opts,  # type: ignore[attr-defined]
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/learn/question/conflict.html", context, status=409)


def chosen(sent: QueryDict, question: Question) -> QueryDict:
    """The form that was chosen on the page of a conflict.

    A field without a choice is taken as it was typed, and the form as it was opened, so that the
    conflict comes up again.
    """
    data = sent.copy()
    act = data.pop("_merge")[-1]
    names = data.pop("merge-field", [])
    for name in names:
        choice = MINE if act == MINE else data.get(f"merge-{name}", "")
        if choice not in (THEIRS, MINE, BOTH):
            choice = MINE
            data["opened_version"] = data.get("merge-base", "")
        _take(data, _read_inputs(data.get(f"{choice}-{name}", "")) | _edited(data, name, choice))
    if RELATED in data:
        _take(data, related_inputs(question, _read_rows(data.get(RELATED, ""))))
    return data


def _edited(data: QueryDict, name: str, choice: str) -> Inputs:
    """The joined text as it was edited on the page."""
    edited = data.get(f"edited-{name}")
    return {name: edited} if choice == BOTH and edited is not None else {}


def _take(data: QueryDict, inputs: Inputs) -> None:
    for name, value in inputs.items():
        if value:
            data[name] = value
        else:
            data.pop(name, None)


def _read_inputs(text: str) -> Inputs:
    try:
        inputs = json.loads(text)
    except ValueError:
        return {}
    return (
        {str(name): str(value) for name, value in inputs.items()}
        if isinstance(inputs, dict)
        else {}
    )


def _read_rows(text: str) -> Related:
    try:
        return read_related(text)
    except ValueError:
        return []


def _read_state(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


# --- what differs


def find_conflicts(
    sent: forms.ModelForm, base: Question | None, live: Question, their_name: str
) -> list[Conflict]:
    """The fields in which the live question and what was sent differ, in the form's order."""
    make: Callable[..., forms.ModelForm] = type(sent)
    live_form = make(instance=live)
    base_form = make(instance=base) if base is not None else None
    names = (_("%s, now") % (their_name or _("Someone")), _("yours"))
    found = []
    for name in sent.fields:
        mine = sent_inputs(sent, name)
        if name not in NOT_MERGED and is_changed(live_form, name, mine):
            found.append(_conflict(name, live_form, base_form, mine, names))
    related = _related_conflict(sent, base, live)
    return [*found, *([related] if related else [])]


def _conflict(
    name: str,
    live_form: forms.ModelForm,
    base_form: forms.ModelForm | None,
    mine: Inputs,
    names: tuple[str, str],
) -> Conflict:
    theirs = shown_inputs(live_form, name)
    base = shown_inputs(base_form, name) if base_form else None
    form_field = live_form.fields[name]
    conflict = Conflict(
        name=name,
        label=str(form_field.label),
        theirs=theirs,
        mine=mine,
        base_text=None if base is None else displayed(live_form, name, base),
        their_text=displayed(live_form, name, theirs),
        my_text=displayed(live_form, name, mine),
        is_long=isinstance(form_field, LinesField),
    )
    if base_form is not None and base is not None:
        if not is_changed(base_form, name, mine):
            conflict.proposal = THEIRS
        elif not is_changed(base_form, name, theirs):
            conflict.proposal = MINE
        elif name == "seo_keywords":
            keywords = (_keywords(inputs[name]) for inputs in (base, theirs, mine))
            conflict.both = {name: ", ".join(_joined(*keywords))}
            conflict.proposal = BOTH
        elif isinstance(form_field, LinesField):
            joined = merge(
                base[name], theirs[name], mine[name], theirs_name=names[0], mine_name=names[1]
            )
            conflict.both = {name: joined.text}
            conflict.open_conflicts = joined.conflicts
            conflict.proposal = "" if joined.conflicts else BOTH
    return conflict


def _related_conflict(
    sent: forms.ModelForm, base: Question | None, live: Question
) -> Conflict | None:
    mine, theirs = related_sent(sent.data), related_of(live)
    if mine is None or mine == theirs:
        return None
    version = sent.cleaned_data.get("opened_version")
    revision = revision_at(live, version)
    was = theirs if version == live.version else None
    if revision is not None:
        was = related_in(revision.content.get("related", []))
    conflict = Conflict(
        name=RELATED,
        label=_("related questions"),
        theirs={RELATED: json.dumps(theirs)},
        mine={RELATED: json.dumps(mine)},
        base_text=None if base is None or was is None else _related_text(was),
        their_text=_related_text(theirs),
        my_text=_related_text(mine),
    )
    if was is not None:
        both = _joined(was, theirs, mine)
        conflict.both = {RELATED: json.dumps(both)}
        conflict.proposal = THEIRS if mine == was else MINE if theirs == was else BOTH
    return conflict


def _joined(was: list[Item], theirs: list[Item], mine: list[Item]) -> list[Item]:
    """Theirs without what I removed, then what I added."""
    kept = [item for item in theirs if item in mine or item not in was]
    return [*kept, *(item for item in mine if item not in was and item not in theirs)]


def _keywords(text: str) -> list[str]:
    return [keyword for part in text.split(",") if (keyword := part.strip())]


def _related_text(rows: Related) -> str:
    return "\n".join(f"{row['title']} ({row['url']})" for row in rows)


def _untouched(
    sent: forms.ModelForm, live: Question, conflicts: list[Conflict]
) -> list[tuple[str, str]]:
    """What the page of the conflict has to send besides: the fields in which nothing differs."""
    differing = {conflict.name for conflict in conflicts}
    inputs = [
        item
        for name in sent.fields
        if name not in NOT_MERGED and name not in differing
        for item in sent_inputs(sent, name).items()
    ]
    if RELATED not in differing and related_sent(sent.data) is not None:
        inputs.append((RELATED, json.dumps(related_of(live))))
    inputs += [
        (name, value)
        for name, value in sent.data.items()
        if name.startswith(f"{RELATED_PREFIX}-M") and name.endswith("_FORMS")
    ]
    return [(name, value) for name, value in inputs if value]

"""What the inputs of a question's form hold: as the form shows a row, and as it was sent.

Values are texts by the name of the input, as a browser would send them; "" for what is empty,
unticked or was not sent.
"""

import contextlib
import copy
import datetime
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from learn.models import Author, Question, Revision, Subject
from learn.models.path import parse_path
from learn.models.question_queries import CONTENT_FIELDS

Inputs = dict[str, str]

# What a revision does not keep of a question's form.
STATE_FIELDS = (
    "status",
    "publish_at",
    "unpublish_at",
    "is_detached",
    "origin",
    "reviewer",
    "reviewed_on",
)
# What a form says of its opening, and what is said of one act of saving only.
NOT_MERGED = (
    "opened_version",
    "opened_status",
    "opened_state",
    "reason",
    "takes_over_redirect",
    "apply_at",
    "also_scheduled",
    "not_duplicate",
)
# The names of a revision's columns of a related question, in its order.
RELATED_COLUMNS = ("seed_id", "title", "subject", "url")
RELATED_PREFIX = "related_questions"


# --- the form's own fields


def shown_inputs(form: forms.BaseForm, name: str) -> Inputs:
    """What the field's inputs hold in a form that nobody has touched."""
    bound = form[name]
    value, widget = bound.value(), bound.field.widget
    if isinstance(widget, forms.MultiWidget):
        parts = zip(_endings(widget), widget.widgets, widget.decompress(value) or (), strict=True)
        return {f"{bound.html_name}{ending}": _text(part, text) for ending, part, text in parts}
    return {bound.html_name: _text(widget, value)}


def sent_inputs(form: forms.BaseForm, name: str) -> Inputs:
    """What was sent for the field."""
    widget, html_name = form[name].field.widget, form[name].html_name
    return {
        f"{html_name}{ending}": form.data.get(f"{html_name}{ending}", "").replace("\r\n", "\n")
        for ending in _endings(widget)
    }


def is_changed(form: forms.BaseForm, name: str, inputs: Mapping[str, str]) -> bool:
    """Whether these inputs say something else than the untouched form does."""
    bound = form[name]
    data = QueryDict(mutable=True)
    # An unticked box sends nothing.
    data.update({key: value for key, value in inputs.items() if value})
    sent = bound.field.widget.value_from_datadict(data, MultiValueDict(), bound.html_name)
    return bound.field.has_changed(bound.initial, sent)


def displayed(form: forms.BaseForm, name: str, inputs: Mapping[str, str]) -> str:
    """The inputs as a person reads them: a choice by its label, a box as yes or no."""
    field = form.fields[name]
    texts = list(inputs.values())
    if isinstance(field.widget, forms.CheckboxInput):
        return "✓" if texts[0] else "—"
    if isinstance(field, forms.ModelChoiceField):
        try:
            chosen = field.clean(texts[0]) if texts[0] else None
        except ValidationError:
            chosen = texts[0]
        return str(chosen or "—")
    if isinstance(field, forms.ChoiceField):
        labels = {str(value): str(label) for value, label in field.widget.choices}
        return labels.get(texts[0], texts[0])
    return " ".join(text for text in texts if text)


def _endings(widget: forms.Widget) -> list[str]:
    """What the names of the field's inputs have after the field's name."""
    return widget.widgets_names if isinstance(widget, forms.MultiWidget) else [""]  # type: ignore[attr-defined]


def _text(widget: forms.Widget, value: Any) -> str:
    if isinstance(widget, forms.CheckboxInput):
        return "on" if value else ""
    if not isinstance(widget, forms.Select | RelatedFieldWidgetWrapper):
        value = widget.format_value(value)
    return "" if value is None else str(value)


# --- a question as it was


def state_of(question: Question) -> dict[str, Any]:
    """STATE_FIELDS as JSON types."""
    values = {name: getattr(question, name) for name in STATE_FIELDS}
    return {
        name: value.isoformat() if isinstance(value, datetime.date) else value
        for name, value in values.items()
    }


def question_at(question: Question, version: int | None, state: object) -> Question | None:
    """The question as it was at a version, as far as that is known; None where it is not.

    `question` itself stands for its present version. `state` is what state_of() said then.
    """
    if version == question.version:
        content = question.snapshot()
    else:
        revision = revision_at(question, version)
        if revision is None:
            return None
        content = revision.content
    then = with_content(question, content)
    for name, value in state.items() if isinstance(state, dict) else ():
        if name in STATE_FIELDS and (name != "status" or value in Question.Status.values):
            _set(then, name, value)
    return then


def revision_at(question: Question, version: int | None) -> Revision | None:
    if version is None:
        return None
    return Revision.objects.filter(question=question, number=version).first()


def with_content(question: Question, content: Mapping[str, Any]) -> Question:
    """A question that nobody saves: `question` with the content of a revision."""
    then = copy.copy(question)
    for name in CONTENT_FIELDS:
        if name in content:
            _set(then, name, content[name])
    path = parse_path(content.get("url", ""))
    if path is not None:
        then.slug = path.slug
        then.subject = Subject.objects.filter(slug=path.subject).first() or question.subject
    author = Author.objects.filter(name=content.get("author", "")).first()
    then.author = author or question.author
    return then


def _set(question: Question, name: str, value: object) -> None:
    # What is no such value says nothing of what it was.
    with contextlib.suppress(ValidationError, TypeError):
        setattr(question, name, Question._meta.get_field(name).to_python(value))  # type: ignore[union-attr]


# --- related questions, the rows below the form

Related = list[Inputs]


def related_of(question: Question) -> Related:
    """The rows as they are stored, in their order."""
    rows = question.related_questions.order_by("position").values_list(*RELATED_COLUMNS)
    return related_in(rows)


def related_in(rows: Iterable[Iterable[Any]]) -> Related:
    """The rows of a revision."""
    return [
        {
            name: "" if value is None else str(value)
            for name, value in zip(RELATED_COLUMNS, row, strict=False)
        }
        for row in rows
    ]


def related_sent(data: Mapping[str, str]) -> Related | None:
    """The rows that were sent, in their order; None if the form had none to send."""
    total = data.get(f"{RELATED_PREFIX}-TOTAL_FORMS", "")
    if not total.isdecimal():
        return None
    rows = []
    for number in range(min(int(total), 1000)):
        prefix = f"{RELATED_PREFIX}-{number}"
        row = {name: data.get(f"{prefix}-{name}", "").strip() for name in RELATED_COLUMNS}
        position = data.get(f"{prefix}-position", "")
        if any(row.values()) and not data.get(f"{prefix}-DELETE"):
            rows.append((int(position) if position.isdecimal() else 10**9, number, row))
    return [row for _, _, row in sorted(rows, key=lambda found: found[:2])]


def related_inputs(question: Question, rows: Related) -> Inputs:
    """What a form must send to bring the question's related ones to these rows.

    Rows that stay keep their identity; the others go or are new.
    """
    stored = list(question.related_questions.order_by("position"))
    left = dict(enumerate(rows))
    kept: dict[int, int] = {}
    for item, known in zip(stored, related_of(question), strict=True):
        number = next((number for number, row in left.items() if row == known), None)
        if number is not None:
            kept[item.pk] = number
            del left[number]
    is_same = not left and list(kept.values()) == list(range(len(stored)))
    positions = {item.pk: item.position for item in stored} if is_same else {}
    # The formset takes its stored rows first.
    numbered = [*((item.pk, kept.get(item.pk)) for item in stored), *((None, row) for row in left)]
    inputs = {
        f"{RELATED_PREFIX}-TOTAL_FORMS": str(len(numbered)),
        f"{RELATED_PREFIX}-INITIAL_FORMS": str(len(stored)),
    }
    for place, (pk, number) in enumerate(numbered):
        prefix = f"{RELATED_PREFIX}-{place}"
        inputs[f"{prefix}-id"] = str(pk or "")
        inputs[f"{prefix}-question"] = str(question.pk)
        if number is None:
            inputs[f"{prefix}-DELETE"] = "on"
        else:
            inputs |= {f"{prefix}-{name}": rows[number][name] for name in RELATED_COLUMNS}
            inputs[f"{prefix}-position"] = str(positions.get(pk or 0, number + 1))
    return inputs


def read_related(text: str) -> Related:
    """Rows that were written as JSON; raises ValueError for anything else."""
    rows = json.loads(text)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("no list of rows")
    return [{name: str(row.get(name, "")) for name in RELATED_COLUMNS} for row in rows]

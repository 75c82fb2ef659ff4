"""The steps of a change of many: chosen, tried, done, undone; each in pieces."""

import datetime
import time
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from learn import publishing
from learn.bulk import chunked, insert_rows, update_rows
from learn.mass_edits.changes import Change, Refused, change_of
from learn.models import Author, MassEdit, MassEditItem, Question, Revision, Subject
from learn.readiness import obstacle
from learn.workflow.rights import known_to, may_edit, may_put_back
from learn.workflow.transitions import Action

State, ItemState = MassEdit.State, MassEditItem.State
Status = Question.Status

# Questions to a transaction: of a changed text each is rendered anew; a status costs little.
PIECE, STATUS_PIECE = 100, 2_000
# In what an item keeps of a state: the status that the act gave.
BECAME = "became"
# In what an item keeps that an act left alone: why, as a Reason.
REASON = "reason"
# What publishing has nothing to do with.
CLOSED = (Status.PUBLISHED, Status.TRASHED)
NOTE_LENGTH = 300
# What the history has room for.
REASON_LENGTH = 200
# For how many days a change can be undone.
KEPT_DAYS = 90


class Reason(StrEnum):
    """Why an act on the status left a question alone."""

    WRONG_STATE = "wrong_state"
    NOT_READY = "not_ready"


def choose(question_ids: Iterable[int], by: User) -> MassEdit:
    """A change of these questions, still without saying which."""
    with transaction.atomic():
        edit = MassEdit.objects.create(created_by=by)
        _add_items(edit, question_ids)
    return edit


def take_action(
    question_ids: Iterable[int], action: str, by: User, *, seconds: float | None = None
) -> MassEdit:
    """Take the action with those of the questions that it applies to; begun, and done unless
    `seconds` are over before."""
    with transaction.atomic():
        edit = MassEdit.objects.create(
            kind=MassEdit.Kind.STATUS,
            parameters={"action": action},
            state=State.RUNNING,
            created_by=by,
        )
        _add_items(edit, question_ids, state=ItemState.PLANNED)
    advance(edit, seconds)
    return edit


def _add_items(edit: MassEdit, question_ids: Iterable[int], state: str = ItemState.WAITING) -> None:
    insert_rows(
        MassEditItem,
        ("mass_edit_id", "question_id", "state", "version", "hits", "before", "note"),
        ((edit.pk, pk, str(state), 0, 0, {}, "") for pk in question_ids),
    )


def begin_checking(edit: MassEdit, kind: str, parameters: Mapping[str, Any]) -> None:
    """Say what is to be changed; it is tried on every question before anything is written."""
    with transaction.atomic():
        edit.kind, edit.parameters, edit.state = kind, dict(parameters), State.CHECKING
        edit.save()
        edit.items.update(state=ItemState.WAITING, hits=0, note="", before={})


def begin_running(edit: MassEdit) -> bool:
    """Whether it was ready; another click may have been faster."""
    return _follow(edit, State.READY, State.RUNNING)


def begin_undoing(edit: MassEdit) -> bool:
    return _follow(edit, State.DONE, State.UNDOING)


def _follow(edit: MassEdit, old: str, new: str) -> bool:
    moved = MassEdit.objects.filter(pk=edit.pk, state=old).update(state=new)
    edit.refresh_from_db()
    return bool(moved)


def advance(edit: MassEdit, seconds: float | None = None, *, by: User | None = None) -> None:
    """Go on with what is begun, piece by piece, until it is done or the time is over.

    It is done with the rights that `by` has now; by default these are those of who made the edit.
    """
    actor = by or edit.created_by
    until = None if seconds is None else time.monotonic() + seconds
    while edit.state in MassEdit.WORKING:
        with transaction.atomic():
            # Who else goes on with it waits here.
            edit.refresh_from_db(from_queryset=MassEdit.objects.select_for_update())
            if edit.state in MassEdit.WORKING:
                _do_piece(edit, actor)
        if until is not None and time.monotonic() >= until:
            break


def finish_all() -> int:
    """Go on with everything that was begun; returns how many changes that were."""
    edits = list(MassEdit.objects.filter(state__in=MassEdit.WORKING).order_by("pk"))
    for edit in edits:
        advance(edit)
    return len(edits)


def forget_old(days: int = KEPT_DAYS) -> int:
    """Remove changes that nobody will undo any more; returns how many."""
    until = timezone.now() - datetime.timedelta(days=days)
    old = MassEdit.objects.filter(created_at__lt=until).exclude(state__in=MassEdit.WORKING)
    pks = list(old.values_list("pk", flat=True))
    for pk in pks:
        MassEdit.objects.filter(pk=pk).delete()
    return len(pks)


def _do_piece(edit: MassEdit, actor: User | None) -> None:
    is_status = edit.kind == MassEdit.Kind.STATUS
    waiting, do, done = {
        State.CHECKING: (ItemState.WAITING, _check, State.READY),
        State.RUNNING: (ItemState.PLANNED, _set_status if is_status else _run, State.DONE),
        State.UNDOING: (ItemState.CHANGED, _put_back if is_status else _undo, State.UNDONE),
    }[State(edit.state)]
    size = STATUS_PIECE if is_status else PIECE
    items = list(edit.items.filter(state=waiting).order_by("pk")[:size])
    if items:
        try:
            do(edit, items, actor)
        except (Subject.DoesNotExist, Author.DoesNotExist):
            for item in items:
                item.state, item.note = ItemState.SKIPPED, _("the subject or author is gone")
        names = ("state", "version", "hits", "before", "note")
        rows = ([*(getattr(item, name) for name in names), item.pk] for item in items)
        update_rows(MassEditItem, names, rows)
    if len(items) < size:
        edit.state = done
        edit.save(update_fields=["state"])


# --- content


def _check(edit: MassEdit, items: Sequence[MassEditItem], actor: User | None) -> None:
    """Try the change; nothing of the questions is written."""
    if edit.kind == MassEdit.Kind.STATUS:
        _check_status(edit, items, actor)
        return
    rows = _rows(items)
    for item, row in _applied(change_of(edit), items, rows, actor):
        item.state = ItemState.PLANNED if item.hits else ItemState.SAME
        item.version = row.version


def _run(edit: MassEdit, items: Sequence[MassEditItem], actor: User | None) -> None:
    change = change_of(edit)
    rows = _rows(items, lock=True)
    current = [item for item in items if _is_current(item, rows)]
    before = {pk: {name: getattr(row, name) for name in change.columns} for pk, row in rows.items()}
    changed = []
    for item, row in _applied(change, current, rows, actor):
        item.state = ItemState.SAME
        if item.hits:
            item.state, item.before = ItemState.CHANGED, before[row.pk]
            changed.append((item, row))
    _save(changed, change.reason, actor)


def _undo(edit: MassEdit, items: Sequence[MassEditItem], actor: User | None) -> None:
    rows = _rows(items, lock=True)
    taken = _taken_by_others(rows, [item.before.get("subject_id") for item in items])
    put_back = []
    for item in items:
        row = rows.get(item.question_id)
        if not _is_current(item, rows) or row is None:
            item.state = ItemState.KEPT
            continue
        subject = item.before.get("subject_id", row.subject_id)
        if (subject, row.slug) in taken:
            item.state = ItemState.KEPT
            item.note = _("another question has its address now")
            continue
        is_allowed = _may_edit(row, actor)
        for name, value in item.before.items():
            setattr(row, name, value)
        if not (is_allowed and _may_edit(row, actor)):
            item.state, item.note = ItemState.KEPT, _("you may not change it")
            continue
        item.state = ItemState.UNDONE
        put_back.append((item, row))
    _save(put_back, _("undone: %s") % edit.get_kind_display(), actor)


def _may_edit(row: Question, actor: User | None) -> bool:
    """As the row is in memory. Without anybody it is the site itself that acts, which may all."""
    return actor is None or may_edit(actor, row.status, row.subject_id)


def _save(changed: list[tuple[MassEditItem, Question]], reason: str, actor: User | None) -> None:
    if not changed:
        return
    rows = [row for _item, row in changed]
    reason = Truncator(reason).chars(REASON_LENGTH)
    publishing.save_questions(rows, by=actor, reason=reason)
    for item, row in changed:
        item.version = row.version
    _log(rows, reason, actor)


def _applied(
    change: Change,
    items: Sequence[MassEditItem],
    rows: Mapping[int, Question],
    actor: User | None,
) -> list[tuple[MassEditItem, Question]]:
    """The items whose rows the change was applied to; the others say why it was not."""
    change.look_at(list(rows.values()))
    applied = []
    for item in items:
        row = rows.get(item.question_id)
        if row is None or row.status == Status.TRASHED:
            item.state, item.note = ItemState.SKIPPED, _("in the trash")
            continue
        is_allowed = _may_edit(row, actor)
        try:
            hits = change.apply(row)
        except Refused as reason:
            item.state, item.note = ItemState.SKIPPED, str(reason)
            continue
        # Asked again of the row as changed: it may have come into another subject.
        if is_allowed and _may_edit(row, actor):
            item.hits = hits
            applied.append((item, row))
        else:
            item.state, item.note = ItemState.SKIPPED, _("you may not change it")
    return applied


def _rows(items: Sequence[MassEditItem], *, lock: bool = False) -> dict[int, Question]:
    questions = Question.objects.select_related("subject", "author")
    if lock:
        questions = questions.locked()
    ids = [item.question_id for item in items]
    return questions.filter(pk__in=ids).order_by("pk").in_bulk()


def _is_current(item: MassEditItem, rows: Mapping[int, Question]) -> bool:
    """Whether nobody has edited the question since the item was looked at; else it says who."""
    row = rows.get(item.question_id)
    if row is not None and row.version == item.version:
        return True
    name = (
        Revision.objects.filter(question=item.question_id)
        .order_by("-number")
        .values_list("created_by__username", flat=True)
        .first()
    )
    item.state = ItemState.SKIPPED
    item.note = _("edited meanwhile by %s") % (name or _("someone"))
    return False


def _taken_by_others(
    rows: Mapping[int, Question], subjects: Iterable[int | None]
) -> set[tuple[int, str]]:
    """(subject, slug) of questions at the addresses that these rows may come back to."""
    wanted = {subject for subject in subjects if subject is not None}
    holders = Question.objects.filter(
        subject__in=wanted, slug__in=[row.slug for row in rows.values()]
    )
    holders = holders.exclude(pk__in=rows).exclude(status=Status.TRASHED)
    return set(holders.values_list("subject_id", "slug"))


# --- status


def _check_status(edit: MassEdit, items: Sequence[MassEditItem], actor: User | None) -> None:
    ids = [item.question_id for item in items]
    steps = publishing.plan(
        edit.parameters["action"], Question.objects.filter(pk__in=ids), by=actor
    )
    fit = {question.pk for questions in steps.values() for question in questions}
    for item in items:
        if item.question_id in fit:
            item.state, item.hits = ItemState.PLANNED, 1
        else:
            item.state, item.note = ItemState.SKIPPED, _("not in a state for it")


def _why_not(row: Question | None, action: str, actor: User | None) -> tuple[Reason, str]:
    """Why the action did not change the question, and in words: what stands in the way of
    publishing it, if that is it, as `readiness` says it."""
    if row is not None and action in publishing.PUBLISHING and row.status not in CLOSED:
        question = Question.objects.select_related("subject").get(pk=row.pk)
        if hindrance := obstacle(question, among=known_to(actor) if actor else None):
            return Reason.NOT_READY, hindrance[:NOTE_LENGTH]
    return Reason.WRONG_STATE, _("not in a state for it")


def _set_status(edit: MassEdit, items: Sequence[MassEditItem], actor: User | None) -> None:
    before = _states(items)
    changed = publishing.perform(
        edit.parameters["action"],
        Question.objects.filter(pk__in=before),
        by=actor,
    )
    became = dict(
        pair
        for chunk in chunked(question.pk for question in changed)
        for pair in Question.objects.filter(pk__in=chunk).values_list("pk", "status")
    )
    for item in items:
        row = before.get(item.question_id)
        if row is None or row.pk not in became:
            item.state = ItemState.SKIPPED
            reason, item.note = _why_not(row, edit.parameters["action"], actor)
            item.before = {REASON: reason}
        else:
            item.state, item.hits, item.version = ItemState.CHANGED, 1, row.version
            item.before = state_before(row, became[row.pk])


def state_before(row: Question, became: str) -> dict[str, Any]:
    """What an item keeps of a state: the fields as they were, and which state they gave way to."""
    state = {name: _as_json(getattr(row, name)) for name in publishing.STATE_FIELDS}
    return {**state, BECAME: became}


def _put_back(edit: MassEdit, items: Sequence[MassEditItem], actor: User | None) -> None:
    rows = _states(items)
    taken = _taken_by_others(rows, {row.subject_id for row in rows.values()})
    put_back = {}
    for item in items:
        row = rows.get(item.question_id)
        if row is None or row.status != item.before[BECAME]:
            item.state, item.note = ItemState.KEPT, _("its status was changed since")
        elif actor is not None and not may_put_back(
            actor,
            edit.parameters["action"],
            item.before["status"],
            row.subject_id,
            was_edited=row.version != item.version,
        ):
            item.state, item.note = ItemState.KEPT, _("you may not change it")
        elif row.status == Status.TRASHED and (row.subject_id, row.slug) in taken:
            item.state, item.note = ItemState.KEPT, _("another question has its address now")
        else:
            item.state = ItemState.UNDONE
            put_back[row.pk] = {
                name: item.before[name] if name == "status" else _as_moment(item.before[name])
                for name in publishing.STATE_FIELDS
            }
    publishing.put_back_states(put_back)
    action = Action(edit.parameters["action"]).label
    _log([rows[pk] for pk in put_back], _("undone: %s") % action, actor)


def _states(items: Sequence[MassEditItem]) -> dict[int, Question]:
    """The questions of these items, locked, with their states."""
    return {
        question.pk: question
        for chunk in chunked(item.question_id for item in items)
        for question in Question.objects.filter(pk__in=chunk)
        .locked()
        .order_by("pk")
        .only("title", "slug", "subject_id", "version", *publishing.STATE_FIELDS)
    }


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def _as_moment(value: str | None) -> datetime.datetime | None:
    return parse_datetime(value) if value else None


def _log(questions: Sequence[Question], message: str, actor: User | None) -> None:
    if actor is not None:
        LogEntry.objects.log_actions(actor.pk, questions, CHANGE, message)

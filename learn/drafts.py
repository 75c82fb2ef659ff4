"""Drafts: what people have typed and not saved yet. Nothing here touches a question."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from learn.models import Draft, Question


@dataclass(frozen=True, slots=True)
class DraftState:
    """A draft as somebody saw it."""

    uid: uuid.UUID
    version: int


class SupersededError(Exception):
    """The draft holds a text that whoever wants to write it has not seen."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft.uid)
        self.draft = draft


def drafts_of(person: User, question: Question | None) -> QuerySet[Draft]:
    """A person's drafts for a question (one at most), or (None) of new answers; newest first."""
    return Draft.objects.filter(person=person, question=question).order_by("-saved_at")


def save_draft(
    person: User,
    question: Question | None,
    *,
    uid: uuid.UUID,
    replaces: DraftState | None,
    base_version: int | None,
    values: Mapping[str, str],
) -> Draft:
    """Keep what a form holds. `uid` names the form as it was opened, in one tab.

    A draft that another form has written is overwritten only where `replaces` names it as it is
    now, because its text was taken into this form; else SupersededError.
    """
    with transaction.atomic():
        draft = _writable(person, question, uid, replaces)
        if draft is None:
            return _create(person, question, uid, base_version, values)
        draft.uid = uid
        draft.base_version = base_version
        draft.values = dict(values)
        draft.version += 1
        draft.saved_at = timezone.now()
        draft.save()
        return draft


def _writable(
    person: User, question: Question | None, uid: uuid.UUID, replaces: DraftState | None
) -> Draft | None:
    drafts = drafts_of(person, question).select_for_update(of=("self",))
    if question is None:
        drafts = drafts.filter(uid__in=[uid, *([replaces.uid] if replaces else [])])
    # The form's own draft before the one that it replaces.
    draft = min(drafts, key=lambda draft: draft.uid != uid, default=None)
    if draft is None or draft.uid == uid:
        return draft
    if replaces != DraftState(draft.uid, draft.version):
        raise SupersededError(draft)
    return draft


def _create(
    person: User,
    question: Question | None,
    uid: uuid.UUID,
    base_version: int | None,
    values: Mapping[str, str],
) -> Draft:
    try:
        with transaction.atomic():
            return Draft.objects.create(
                person=person,
                question=question,
                uid=uid,
                base_version=base_version,
                values=dict(values),
            )
    except IntegrityError:
        # Another tab was faster by a moment, or the form is that of another question.
        taken = Q(uid=uid) if question is None else Q(uid=uid) | Q(question=question)
        draft = Draft.objects.filter(taken, person=person).latest("saved_at")
        raise SupersededError(draft) from None


def discard_draft(person: User, state: DraftState) -> bool:
    """Remove the draft, unless it has been written since it was seen; whether it is gone."""
    drafts = Draft.objects.filter(person=person, uid=state.uid)
    drafts.filter(version=state.version).delete()
    return not drafts.exists()


def forget_saved(person: User, uid: uuid.UUID) -> None:
    """Remove the draft of a form that was saved: its text is the question's now."""
    Draft.objects.filter(person=person, uid=uid).delete()

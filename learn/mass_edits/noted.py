"""Changes of state that were made one by one, kept so that they can be undone."""

from django.contrib.auth.models import User

from learn.mass_edits.job import state_before
from learn.models import MassEdit, MassEditItem, Question
from learn.workflow.transitions import action_between


def note_action(
    question: Question, before: Question, by: User, *, was_edited: bool
) -> MassEdit | None:
    """Keep a change of state that was made together with others of a question's form, so that it
    can be undone like one that take_action() made; None if no action leads there.

    `before` is the row as it was; `was_edited`: its text was changed in the same moment.
    """
    action = action_between(by, before.status, question.status)
    if action is None:
        return None
    edit = MassEdit.objects.create(
        kind=MassEdit.Kind.STATUS,
        parameters={"action": action},
        state=MassEdit.State.DONE,
        created_by=by,
    )
    edit.items.create(
        question=question,
        state=MassEditItem.State.CHANGED,
        hits=1,
        version=before.version if was_edited else question.version,
        before=state_before(before, question.status),
    )
    return edit

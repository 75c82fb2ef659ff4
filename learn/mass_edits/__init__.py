"""One change to many questions: tried first, done in pieces, undone with one click.

Plain functions over MassEdit and its items; each piece is a transaction of its own that changes
questions and says so in their items. So a change that is interrupted, by whatever, goes on where
it stopped, and no process has to run beside the site.
"""

from learn.mass_edits.changes import Change, Refused, change_of
from learn.mass_edits.job import (
    Reason,
    advance,
    begin_checking,
    begin_running,
    begin_undoing,
    choose,
    finish_all,
    forget_old,
    take_action,
)
from learn.mass_edits.noted import note_action
from learn.mass_edits.samples import Sample, samples

__all__ = [
    "Change",
    "Reason",
    "Refused",
    "Sample",
    "advance",
    "begin_checking",
    "begin_running",
    "begin_undoing",
    "change_of",
    "choose",
    "finish_all",
    "forget_old",
    "note_action",
    "samples",
    "take_action",
]

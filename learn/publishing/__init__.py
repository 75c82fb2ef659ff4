"""Every change of a question's content or state that people make, and what follows from it.

A module of this package imports from `effects`; `merging` from `saving` and `states` too.
"""

from learn.publishing.effects import settle_references
from learn.publishing.merging import MergeRefused, distinguish, merge
from learn.publishing.saving import (
    SHARED_FIELDS,
    TITLES,
    record_revision,
    save_question,
    save_questions,
    unite_titles,
)
from learn.publishing.states import (
    PUBLISHING,
    STATE_FIELDS,
    perform,
    plan,
    prune,
    purge_trash,
    put_back_states,
    republish_pruned,
    request_changes,
    return_review,
    set_status,
)
from learn.publishing.tags import merge_tags, rename_tag, set_alias

__all__ = [
    "PUBLISHING",
    "SHARED_FIELDS",
    "STATE_FIELDS",
    "TITLES",
    "MergeRefused",
    "distinguish",
    "merge",
    "merge_tags",
    "perform",
    "plan",
    "prune",
    "purge_trash",
    "put_back_states",
    "record_revision",
    "rename_tag",
    "republish_pruned",
    "request_changes",
    "return_review",
    "save_question",
    "save_questions",
    "set_alias",
    "set_status",
    "settle_references",
    "unite_titles",
]

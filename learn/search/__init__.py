"""Search over titles and answers: one interface, on SQLite (FTS5) and PostgreSQL (vectors).

The database's own triggers feed the index, in the transaction of every write. Which of the
questions in it readers can be shown is asked when they search, as everywhere: a page that is due
is found at its moment.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager

from learn.models import Question
from learn.search.engine import engine
from learn.search.query import MAX_LENGTH, Found, search
from learn.search.similar import Frequencies, similar_to
from learn.search.spelling import forget_vocabulary
from learn.search.suggestions import suggest

__all__ = [
    "MAX_LENGTH",
    "Found",
    "Frequencies",
    "ensure_index",
    "index_differences",
    "indexing_together",
    "rebuild_index",
    "refresh_statistics",
    "search",
    "similar_to",
    "suggest",
]


def ensure_index() -> None:
    """Make the index where there is none, or not the right one, and fill it."""
    if engine().install():
        rebuild_index()


def indexing_together(questions: Sequence[Question]) -> AbstractContextManager[None]:
    """For the block of an import that inserts these questions by the hundred: they are indexed at
    its end, together. The block gives them their primary keys."""
    return engine().indexing_together(questions)


def rebuild_index() -> None:
    """Index every question anew, in one transaction."""
    engine().install()
    engine().rebuild()
    forget_vocabulary()


def index_differences() -> int:
    """How many questions the index does not hold as they are; 1 where only that is known."""
    return engine().differences()


def refresh_statistics() -> None:
    """After many changes: count anew what is not counted with each."""
    engine().refresh_statistics()
    forget_vocabulary()

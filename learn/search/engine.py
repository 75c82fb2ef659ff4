"""What a database's text index must offer; sqlite.py and postgresql.py are the two that do."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Protocol

from django.db import connection

from learn.models import Question


class Engine(Protocol):
    """The index of titles and answers. The database itself keeps it in step: its triggers feed
    it in the transaction of every write, by whatever hand."""

    # How many candidates are read and compared for a query: as many as the time allows.
    compared: int

    def install(self) -> bool:
        """Make what is missing of the index; whether it then needs a rebuild()."""

    def indexing_together(self, questions: Sequence[Question]) -> AbstractContextManager[None]:
        """Within the block, which inserts these questions and gives them their keys, they need
        not be indexed one by one; afterwards they are."""

    def rebuild(self) -> None:
        """Index every question anew."""

    def refresh_statistics(self) -> None:
        """Bring up to date what is counted from time to time only."""

    def differences(self) -> int:
        """How many questions the index does not hold as they are (at least one if any)."""

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """In how many questions each word stands, whatever its ending."""

    def last_question(self) -> int:
        """The greatest primary key that a question was given, which stands for their number:
        counting them takes time."""

    def title_words(self) -> dict[str, int]:
        """Every word of the titles, and in how many of them it stood when they were counted."""

    def having(self, sets: Sequence[Sequence[str]], *, limit: int) -> list[int]:
        """Primary keys of questions that have all words of one of the sets: at most `limit`,
        the closest as the database sees it."""

    def stand_in_a_title(self, words: Sequence[str]) -> bool:
        """Whether some title has all these words, whatever their endings."""

    def titled(self, words: Sequence[str], beginning: str, *, limit: int) -> list[int]:
        """Primary keys of questions whose titles have the words and one with this beginning."""


@cache
def engine() -> Engine:
    """The engine of the site's database."""
    # Only the one that is in use: the other's driver need not be there.
    if connection.vendor == "postgresql":
        from learn.search.postgresql import PostgresqlEngine

        return PostgresqlEngine()
    from learn.search.sqlite import SqliteEngine

    return SqliteEngine()

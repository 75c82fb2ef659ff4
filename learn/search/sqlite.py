"""The text index on SQLite: three FTS5 tables over the questions' own rows (external content).

`learn_search` holds stems of titles and answers, but not where in them they stand: that would take
half as long again to write, and Python ranks. `learn_search_title` holds stems of titles, and ranks
them; `learn_search_typed` their words as they stand, for what is being typed and for spelling.
SQLite 3.40 is enough: nothing is contentless.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter

from django.db import connection, transaction
from django.db.utils import DatabaseError

from learn.bulk import last_id
from learn.models import Question
from learn.search.words import stem

TOKENIZE = "unicode61 remove_diacritics 2"
TABLES = {
    "learn_search": ("title, answer", f"tokenize='porter {TOKENIZE}', detail=none"),
    "learn_search_title": ("title", f"tokenize='porter {TOKENIZE}'"),
    "learn_search_typed": ("title", f"tokenize='{TOKENIZE}', prefix='1 2 3', detail=none"),
}
WORDS_OF = ("learn_search", "learn_search_typed")
# For imports: what a batch adds fits into memory whole, and is merged with what is there when there
# are eight parts (measured on 28,731 answers: a sixth less time than with FTS5's own figures).
TUNING = {"hashsize": 8 << 20, "automerge": 8}


def _table_sql(table: str) -> str:
    columns, options = TABLES[table]
    return (
        f"CREATE VIRTUAL TABLE {table} USING fts5({columns}, content='learn_question', "
        f"content_rowid='id', {options})"
    )


def _vocabulary_sql(table: str) -> str:
    return f"CREATE VIRTUAL TABLE {table}_words USING fts5vocab({table}, 'row')"


def _feed(row: str, *, remove: bool) -> str:
    """Statements of a trigger that add a row to the tables, or take it out."""
    statements = []
    for table, (columns, _) in TABLES.items():
        values = ", ".join(f"{row}.{column}" for column in columns.split(", "))
        command, given = (f"{table}, ", "'delete', ") if remove else ("", "")
        statements.append(
            f"INSERT INTO {table}({command}rowid, {columns}) VALUES({given}{row}.id, {values});"
        )
    return " ".join(statements)


INSERT = "learn_search_insert"
TRIGGERS = {
    INSERT: f"AFTER INSERT ON learn_question BEGIN {_feed('new', remove=False)} END",
    "learn_search_delete": f"AFTER DELETE ON learn_question BEGIN {_feed('old', remove=True)} END",
    "learn_search_update": (
        "AFTER UPDATE OF title, answer ON learn_question "
        "WHEN old.title IS NOT new.title OR old.answer IS NOT new.answer "
        f"BEGIN {_feed('old', remove=True)} {_feed('new', remove=False)} END"
    ),
}
OBJECTS = {
    **{table: _table_sql(table) for table in TABLES},
    **{f"{table}_words": _vocabulary_sql(table) for table in WORDS_OF},
    **{name: f"CREATE TRIGGER {name} {body}" for name, body in TRIGGERS.items()},
}


class SqliteEngine:
    compared = 200

    def install(self) -> bool:
        """Also where a migration that rebuilt the table of questions took the triggers away."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE name LIKE 'learn!_search%%' ESCAPE '!'"
            )
            present = dict(cursor.fetchall())
            if all(present.get(name) == sql for name, sql in OBJECTS.items()):
                return False
            for name in reversed(OBJECTS):
                kind = "TRIGGER" if name in TRIGGERS else "TABLE"
                cursor.execute(f"DROP {kind} IF EXISTS {name}")
            for sql in OBJECTS.values():
                cursor.execute(sql)
            cursor.executemany(
                "INSERT INTO learn_search(learn_search, rank) VALUES (%s, %s)", list(TUNING.items())
            )
        return True

    @contextmanager
    def indexing_together(self, questions: Sequence[Question]) -> Iterator[None]:
        """The trigger is away meanwhile, which only this transaction sees: for each row that it
        adds FTS5 writes its pages anew, and that takes four times as long."""
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS {INSERT}")
            yield
            cursor.execute(OBJECTS[INSERT])
            for table, (columns, _) in TABLES.items():
                values = attrgetter("pk", *columns.split(", "))
                places = ", ".join(["%s"] * (columns.count(",") + 2))
                cursor.executemany(
                    f"INSERT INTO {table}(rowid, {columns}) VALUES ({places})",
                    list(map(values, questions)),
                )

    def rebuild(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"INSERT INTO {table}({table}) VALUES('rebuild')")

    def refresh_statistics(self) -> None:
        """Nothing to do: FTS5 counts for itself."""

    def differences(self) -> int:
        """FTS5 compares index and content itself and says only whether they differ."""
        for table in TABLES:
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(
                        f"INSERT INTO {table}({table}, rank) VALUES('integrity-check', 1)"
                    )
            except DatabaseError:
                return 1
        return 0

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        stems = {word: stem(word) for word in words}
        places = ", ".join(["%s"] * len(stems))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT term, doc FROM learn_search_words WHERE term IN ({places})",
                list(stems.values()),
            )
            found = dict(cursor.fetchall())
        return {word: found.get(stems[word], 0) for word in stems}

    def last_question(self) -> int:
        return last_id(Question)

    def title_words(self) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT term, doc FROM learn_search_typed_words")
            return dict(cursor.fetchall())

    def having(self, sets: Sequence[Sequence[str]], *, limit: int) -> list[int]:
        match = " OR ".join(f"({' AND '.join(map(_quoted, words))})" for words in sets)
        if len(sets) > 1:
            return _matching("learn_search", match, limit)
        # The titles that say it all come first: where common words match thousands of answers,
        # the page that is meant has them in its title.
        with connection.cursor() as cursor:
            cursor.execute(_CLOSEST, [match, limit, match, limit])
            return list(dict.fromkeys(pk for (pk,) in cursor.fetchall()))[:limit]

    def stand_in_a_title(self, words: Sequence[str]) -> bool:
        return bool(_matching("learn_search_title", " AND ".join(map(_quoted, words)), 1))

    def titled(self, words: Sequence[str], beginning: str, *, limit: int) -> list[int]:
        match = " AND ".join(
            [*map(_quoted, words), *([f"{_quoted(beginning)} *"] * bool(beginning))]
        )
        return _matching("learn_search_typed", match, limit)


# Both parts in one statement; the second is in the order of the keys.
_CLOSEST = """
    SELECT pk FROM (
        SELECT * FROM (
            SELECT 0 AS part, rowid AS pk, rank AS closeness FROM learn_search_title
            WHERE learn_search_title MATCH %s ORDER BY rank LIMIT %s
        )
        UNION ALL
        SELECT * FROM (
            SELECT 1, rowid, 0 FROM learn_search WHERE learn_search MATCH %s LIMIT %s
        )
    )
    ORDER BY part, closeness, pk
"""


def _quoted(word: str) -> str:
    """A word as FTS5 takes it literally. Words hold letters and digits only, never quotes."""
    return f'"{word}"'


def _matching(table: str, match: str, limit: int) -> list[int]:
    # A query of its own: as a part of another its plan may be run for every question.
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH %s LIMIT %s", [match, limit])
        return [pk for (pk,) in cursor.fetchall()]

"""The text index on SQLite: three FTS5 tables over the questions' own rows (external content), and
one of how common the commonest stems are.

`learn_search` holds stems of titles and answers, but not where in them they stand: that would take
half as long again to write, and Python ranks. `learn_search_title` holds stems of titles, and gives
the shortest first; `learn_search_typed` their words as they stand, for what is being typed and for
spelling. SQLite 3.40 is enough: nothing is contentless.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.utils import DatabaseError

from learn.bulk import last_id
from learn.models import Question
from learn.search.words import stem

TOKENIZE = "unicode61 remove_diacritics 2"
TITLES = "learn_search_title"
TABLES = {
    "learn_search": ("title, answer", f"tokenize='porter {TOKENIZE}', detail=none"),
    TITLES: ("title", f"tokenize='porter {TOKENIZE}', detail=none, columnsize=0"),
    "learn_search_typed": ("title", f"tokenize='{TOKENIZE}', prefix='1 2 3', detail=none"),
}
# FTS5 answers in the order of its keys: those of titles begin with their length, so that the
# shortest of 40,000 with a word are had without reading the others. Below it is the question's own.
KEY_BITS = 40
# What FTS5 reads titles by when it fills or compares their index.
TITLES_BY_KEY = "learn_search_titles"
# FTS5 counts a word's questions one by one: of words that more than so many have, the number is
# kept as it was counted last.
COMMON = 5_000
WORDS_OF = ("learn_search", "learn_search_typed")
# For imports: what a batch adds fits into memory whole, and is merged with what is there when there
# are eight parts (measured on 28,731 answers: a sixth less time than with FTS5's own figures).
TUNING = {"hashsize": 8 << 20, "automerge": 8}


def key_of(table: str, form: str = "{}") -> str:
    """SQL for the key that a question has in one of the tables; `form` is how SQL names a column of
    the question there."""
    own = form.format("id")
    return f"(length({form.format('title')}) << {KEY_BITS} | {own})" if table == TITLES else own


def _table_sql(table: str) -> str:
    columns, options = TABLES[table]
    content, key = (TITLES_BY_KEY, "place") if table == TITLES else ("learn_question", "id")
    return (
        f"CREATE VIRTUAL TABLE {table} USING fts5({columns}, content='{content}', "
        f"content_rowid='{key}', {options})"
    )


def _vocabulary_sql(table: str) -> str:
    return f"CREATE VIRTUAL TABLE {table}_words USING fts5vocab({table}, 'row')"


def _insert(table: str, form: str, *, remove: bool = False) -> str:
    """A statement that adds a question to one of the tables, or takes it out."""
    columns = TABLES[table][0].split(", ")
    names = ["rowid", *columns]
    values = [key_of(table, form), *map(form.format, columns)]
    if remove:
        names, values = [table, *names], ["'delete'", *values]
    return f"INSERT INTO {table}({', '.join(names)}) VALUES({', '.join(values)})"


def _feed(form: str, *, remove: bool) -> str:
    """Statements of a trigger that do so with all tables."""
    return " ".join(f"{_insert(table, form, remove=remove)};" for table in TABLES)


INSERT = "learn_search_insert"
TRIGGERS = {
    INSERT: f"AFTER INSERT ON learn_question BEGIN {_feed('new.{}', remove=False)} END",
    "learn_search_delete": (
        f"AFTER DELETE ON learn_question BEGIN {_feed('old.{}', remove=True)} "
        "DELETE FROM learn_search_common WHERE NOT EXISTS (SELECT 1 FROM learn_question); END"
    ),
    "learn_search_update": (
        "AFTER UPDATE OF title, answer ON learn_question "
        "WHEN old.title IS NOT new.title OR old.answer IS NOT new.answer "
        f"BEGIN {_feed('old.{}', remove=True)} {_feed('new.{}', remove=False)} END"
    ),
}
OBJECTS = {
    "learn_search_common": (
        "CREATE TABLE learn_search_common (term TEXT PRIMARY KEY, questions INTEGER NOT NULL) "
        "WITHOUT ROWID"
    ),
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
            # In the order of the keys: FTS5 begins a new part of the index at one that goes back.
            rows = [{"id": q.pk, "title": q.title, "answer": q.answer} for q in questions]
            by_length = sorted(rows, key=lambda row: len(row["title"]))
            for table in TABLES if rows else ():
                # Row by row, though in one call: a statement that may add many is one that could be
                # undone, before which FTS5 writes all it holds.
                cursor.executemany(_insert(table, "%({})s"), by_length if table == TITLES else rows)

    def rebuild(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor, _titles_by_key(cursor):
            for table in TABLES:
                cursor.execute(f"INSERT INTO {table}({table}) VALUES('rebuild')")
        self.refresh_statistics()

    def refresh_statistics(self) -> None:
        """Count the common words: others can write meanwhile, and a word that has become common
        since is counted when it is asked for."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT term, doc FROM learn_search_words WHERE doc > %s", [COMMON])
            counted = cursor.fetchall()
            with transaction.atomic():
                cursor.execute("DELETE FROM learn_search_common")
                cursor.executemany("INSERT INTO learn_search_common VALUES (%s, %s)", counted)

    def differences(self) -> int:
        """FTS5 compares index and content itself and says only whether they differ."""
        for table in TABLES:
            try:
                with transaction.atomic(), connection.cursor() as cursor, _titles_by_key(cursor):
                    cursor.execute(
                        f"INSERT INTO {table}({table}, rank) VALUES('integrity-check', 1)"
                    )
            except DatabaseError:
                return 1
        return 0

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        stems = {word: stem(word) for word in words}
        if not stems:
            return {}
        places = ", ".join(["(%s)"] * len(stems))
        with connection.cursor() as cursor:
            cursor.execute(_FREQUENCIES.format(places=places), list(stems.values()))
            found = dict(cursor.fetchall())
        return {word: found[stems[word]] for word in stems}

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
        # The titles that say it all come first, those that say little else before others: where
        # common words match thousands of answers, the page that is meant has them in its title.
        with connection.cursor() as cursor:
            cursor.execute(_CLOSEST, [match, limit, match, limit])
            found = dict.fromkeys(key & OWN_KEY for _part, key in sorted(cursor.fetchall()))
        return list(found)[:limit]

    def stand_in_a_title(self, words: Sequence[str]) -> bool:
        return bool(_matching(TITLES, " AND ".join(map(_quoted, words)), 1))

    def titled(self, words: Sequence[str], beginning: str, *, limit: int) -> list[int]:
        match = " AND ".join(
            [*map(_quoted, words), *([f"{_quoted(beginning)} *"] * bool(beginning))]
        )
        return _matching("learn_search_typed", match, limit)


OWN_KEY = (1 << KEY_BITS) - 1
# Both parts in one statement.
_CLOSEST = f"""
    SELECT * FROM (
        SELECT 0, rowid FROM {TITLES} WHERE {TITLES} MATCH %s ORDER BY rowid LIMIT %s
    )
    UNION ALL
    SELECT * FROM (
        SELECT 1, rowid FROM learn_search WHERE learn_search MATCH %s ORDER BY rowid LIMIT %s
    )
"""
_FREQUENCIES = """
    WITH asked(stem) AS (VALUES {places})
    SELECT stem, coalesce(
        (SELECT questions FROM learn_search_common WHERE term = stem),
        (SELECT doc FROM learn_search_words WHERE term = stem),
        0
    ) FROM asked
"""


@contextmanager
def _titles_by_key(cursor: Any) -> Iterator[None]:
    """Only within the block there is the view that FTS5 fills and compares the index of titles by:
    while a view names it, SQLite renames no table, and that is how Django alters one."""
    cursor.execute(
        f"CREATE VIEW {TITLES_BY_KEY} AS SELECT {key_of(TITLES)} AS place, title "
        "FROM learn_question ORDER BY place"
    )
    yield
    cursor.execute(f"DROP VIEW {TITLES_BY_KEY}")


def _quoted(word: str) -> str:
    """A word as FTS5 takes it literally. Words hold letters and digits only, never quotes."""
    return f'"{word}"'


def _matching(table: str, match: str, limit: int) -> list[int]:
    # A query of its own: as a part of another its plan may be run for every question.
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid FROM {table} WHERE {table} MATCH %s ORDER BY rowid LIMIT %s",
            [match, limit],
        )
        return [pk for (pk,) in cursor.fetchall()]

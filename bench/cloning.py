"""From thousands of generated questions to a million: copies of them in SQL, each with a word of
its own in title, answer and address, and with all that hangs on a question.

What Python derives from these is derived by the same rules in SQL. Only `content_hash` and `uid`,
which are digests, are other ones; they are as unique.
"""

from collections.abc import Callable, Mapping
from itertools import product

from django.db import connection, models, transaction

# One for each copy; not among the words that the generator uses.
WORDS = ["x" + "".join(parts) for parts in product(("ab", "ek", "il", "om", "un"), repeat=4)]
# Column -> what a copy has; `%%` stands for the column as it was.
CHANGED = {
    "id": "%% + {shift}",
    "title": "replace(%%, '?', ' by {word}?')",
    "article_title": "replace(%%, '?', ' by {word}?')",
    "question": "replace(%%, '?', ' by {word}?')",
    "slug": "%% || '-by-{word}'",
    # The paragraph that both end with.
    "answer": "%% || ' It was {word}.'",
    "answer_html": "substr(%%, 1, length(%%) - 5) || ' It was {word}.</p>\n'",
    "seed_id": "%% + {shift}",
    "seed_hash": "substr(%%, 11) || '{number:010d}'",
    "content_hash": "substr(%%, 9) || '{number:08d}'",
}
UID = {
    # Text of 32 characters on SQLite.
    "sqlite": "substr(%%, 9) || '{number:08x}'",
    "postgresql": "(substr(replace(%%::text, '-', ''), 9) || '{number:08x}')::uuid",
}
LINKED = {
    "learn_taggedquestion": {"content_object_id": "%% + {shift}"},
    "learn_relatedquestion": {
        "question_id": "%% + {shift}",
        "target_id": "%% + {shift}",
        "url": "%% || '-by-{word}'",
        "seed_id": "%% + {shift}",
        "title": "replace(%%, '?', ' by {word}?')",
    },
    "learn_similarquestion": {"question_id": "%% + {shift}", "target_id": "%% + {shift}"},
}
OWNER = {"learn_taggedquestion": "content_object_id"}


def clone(
    first: int, last: int, times: int, *, progress: Callable[[int], None] = lambda done: None
) -> None:
    """Add `times` copies of the generated questions with these keys."""
    from learn.models import Question, RelatedQuestion, SimilarQuestion, TaggedQuestion

    size = last - first + 1
    for number in range(1, times + 1):
        given = {"shift": size * number, "word": WORDS[number], "number": number}
        with transaction.atomic(), _IndexedAtOnce(first + size * number, last + size * number):
            changed = CHANGED | {"uid": UID[connection.vendor]}
            _copy(Question, changed, "id", first, last, given)
            for model in (TaggedQuestion, RelatedQuestion, SimilarQuestion):
                table = model._meta.db_table
                owner = OWNER.get(table, "question_id")
                _copy(model, LINKED[table], owner, first, last, given)
        progress(size * (number + 1))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The keys were given by us.
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('learn_question', 'id'), max(id)) "
                "FROM learn_question"
            )


def _copy(
    model: type[models.Model],
    changed: Mapping[str, str],
    owner: str,
    first: int,
    last: int,
    given: Mapping[str, object],
) -> None:
    fields = [field.column for field in model._meta.concrete_fields]
    columns = [column for column in fields if column != "id" or "id" in changed]
    values = [changed.get(column, "%%").format(**given).replace("%%", column) for column in columns]
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} "
            f"WHERE {owner} BETWEEN {first} AND {last}"
        )


class _IndexedAtOnce:
    """As `learn.search.indexing_together`, for rows that Python never sees."""

    def __init__(self, first: int, last: int) -> None:
        self._range = f"BETWEEN {first} AND {last}"

    def __enter__(self) -> None:
        if connection.vendor == "sqlite":
            from learn.search.sqlite import INSERT

            with connection.cursor() as cursor:
                cursor.execute(f"DROP TRIGGER {INSERT}")

    def __exit__(self, *error: object) -> None:
        if connection.vendor == "sqlite" and error[0] is None:
            from learn.search.sqlite import INSERT, OBJECTS, TABLES, key_of

            with connection.cursor() as cursor:
                cursor.execute(OBJECTS[INSERT])
                for table, (columns, _options) in TABLES.items():
                    cursor.execute(
                        f"INSERT INTO {table}(rowid, {columns}) "
                        f"SELECT {key_of(table)} AS place, {columns} "
                        f"FROM learn_question WHERE id {self._range} ORDER BY place"
                    )

"""Rows in bulk by plain statements, for the writes that an import makes by the hundred thousand:
`executemany`, and on PostgreSQL arrays. Measured: Django's bulk_create costs 2.4 times as much.

No save(), no signals and no defaults: the caller gives every column.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from itertools import chain, islice
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.models.base import ModelState

T = TypeVar("T")
M = TypeVar("M", bound=models.Model)

# Pairs of values in one statement; two values each, of the 32,766 that SQLite takes.
PAIRS = 400
# Well under the parameters that any SQLite allows in one statement (999 before 3.32).
IN_LIST = 900
# From so many changed rows on a table's statistics are worth a second.
CHANGED = 5_000
PLAIN_TYPES = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.FloatField,
    models.BooleanField,
)


def chunked(items: Iterable[T], size: int = IN_LIST) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of `model`; `names` are field names (`subject_id` for a foreign key)."""
    columns = ", ".join(_column(model, name) for name in names)
    into = f"INSERT INTO {_table(model)} ({columns})"
    if connection.vendor == "postgresql":
        _insert_arrays(model, names, rows, into)
        return
    places = ", ".join(["%s"] * len(names))
    _execute(model, names, rows, f"{into} VALUES ({places})")


def instance_of(model: type[M], columns: dict[str, Any]) -> M:
    """An unsaved instance with these columns, all of the model's (`subject_id`, not `subject`).

    Without __init__, its defaults and its signals, which take three times as long.
    """
    instance = model.__new__(model)
    instance.__dict__ = columns
    instance._state = ModelState()
    return instance


def widen_cache() -> None:
    """Give this connection to SQLite 32 MB of memory instead of what a reader's has: who writes
    many rows comes back to the same pages of the indexes."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size=-32000")


def insert_pairs(
    model: type[models.Model], names: tuple[str, str], pairs: Sequence[tuple[int, int]]
) -> None:
    """Insert rows of `model` that have two whole numbers and nothing else, in their order.

    One statement for many on SQLite too: a statement for each row costs half as much again.
    """
    if connection.vendor == "postgresql":
        insert_rows(model, names, pairs)
        return
    first, second = (_column(model, name) for name in names)
    into = f"INSERT INTO {_table(model)} ({first}, {second})"
    with connection.cursor() as cursor:
        for start in range(0, len(pairs), PAIRS):
            chunk = pairs[start : start + PAIRS]
            places = ", ".join(["(%s, %s)"] * len(chunk))
            cursor.execute(f"{into} VALUES {places}", list(chain.from_iterable(chunk)))


def insert_objects(model: type[models.Model], objects: Sequence[models.Model]) -> None:
    """Insert unsaved instances with every column but the primary key, which stays unset."""
    names = [f.attname for f in model._meta.concrete_fields if not f.primary_key]
    values = attrgetter(*names)
    insert_rows(model, names, map(values, objects))


def update_objects(model: type[models.Model], objects: Sequence[models.Model]) -> None:
    """Update every column of the instances' rows."""
    names = [f.attname for f in model._meta.concrete_fields if not f.primary_key]
    update_rows(
        model, names, ([*(getattr(item, name) for name in names), item.pk] for item in objects)
    )


def new_ids(model: type[models.Model], name: str, after: int) -> dict[Any, int]:
    """Value of the field `name` -> primary key, for the rows with keys greater than `after`.

    With `last_id` from before an insert, in the same transaction, it holds all inserted rows:
    both databases count keys upwards. The values are as the database gives them; see `stored_as`.
    """
    key = _column(model, "id")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_column(model, name)}, {key} FROM {_table(model)} WHERE {key} > %s", [after]
        )
        return dict(cursor.fetchall())


def stored_as(model: type[models.Model], name: str) -> Callable[[Any], Any]:
    """What turns a value of the field `name` into the database's own: SQLite's uuid is text."""
    return _converter(model, name) or (lambda value: value)


def last_id(model: type[models.Model]) -> int:
    """The greatest primary key so far; 0 in an empty table."""
    return model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0


def rows_where(
    model: type[models.Model], name: str, values: Iterable[Any], columns: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """The columns, as the database gives them, of the rows whose field `name` has one of the
    values, which are such as `stored_as` gives.

    Plain SQL: for long lists Django spends more time on the parameters than the database does.
    """
    selected = ", ".join(_column(model, column) for column in columns)
    wanted = _column(model, name)
    for chunk in chunked(values):
        places = ", ".join(["%s"] * len(chunk))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {selected} FROM {_table(model)} WHERE {wanted} IN ({places})", chunk
            )
            rows = cursor.fetchall()
        yield from rows


def update_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Update rows by primary key, which stands last in each row."""
    columns = ", ".join(f"{_column(model, name)} = %s" for name in names)
    key = _column(model, "id")
    _execute(model, [*names, "id"], rows, f"UPDATE {_table(model)} SET {columns} WHERE {key} = %s")


def _insert_arrays(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], into: str
) -> None:
    """One statement for many rows, an array for each column: PostgreSQL reads and plans every
    statement anew, which takes it longer than to write most rows."""
    # Without the length of a text: a cast to it would cut off what is too long.
    types = [_field(model, name).db_type(connection).partition("(")[0] for name in names]
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    sql = f"{into} SELECT * FROM unnest({arrays})"
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for chunk in chunked(_prepared(model, names, rows)):
            cursor.execute(sql, [list(column) for column in zip(*chunk, strict=True)])


def _execute(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], sql: str
) -> None:
    prepared = _prepared(model, names, rows)
    if prepared:
        # One transaction for all rows, without the cost of a savepoint where one is open.
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.executemany(sql, prepared)


def _prepared(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Sequence[Sequence[Any]]:
    """The rows with the database's own values."""
    converters = [
        (i, convert) for i, name in enumerate(names) if (convert := _converter(model, name))
    ]
    prepared = list(map(list, rows)) if converters else list(rows)
    for index, convert in converters:
        for values in prepared:
            if values[index] is not None:
                values[index] = convert(values[index])  # type: ignore[index]
    return prepared


def _field(model: type[models.Model], name: str) -> Any:
    return next(f for f in model._meta.concrete_fields if name in (f.name, f.attname))


def _converter(model: type[models.Model], name: str) -> Callable[[Any], Any] | None:
    """What turns a value that is not None into the database's own; None where nothing is to be
    done."""
    field = _field(model, name)
    if isinstance(field, (models.ForeignKey, *PLAIN_TYPES)):
        return None
    if isinstance(field, models.UUIDField):
        return None if connection.features.has_native_uuid_field else attrgetter("hex")
    # The alias's own connection: the proxy finds it anew for each of thousands of values.
    convert = partial(field.get_db_prep_save, connection=connections[DEFAULT_DB_ALIAS])
    # The rows of a batch share most of their dates.
    return cache(convert) if isinstance(field, models.DateField) else convert


def analyze_changed_tables() -> None:
    """Tell PostgreSQL's planner of what was just written by the thousand.

    Its own daemon comes minutes later, and until then statements over the whole content are
    planned for empty tables: minutes instead of seconds. SQLite plans without statistics.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_stat_user_tables "
            "WHERE relname LIKE 'learn!_%%' ESCAPE '!' AND n_mod_since_analyze > %s",
            [CHANGED],
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


@contextmanager
def without_query_log() -> Iterator[None]:
    """Keep DEBUG from formatting and remembering every query of the block.

    A query log that somebody asked for (force_debug_cursor) goes on.
    """
    if connection.force_debug_cursor:
        yield
        return
    make_debug_cursor = connection.make_debug_cursor
    connection.make_debug_cursor = connection.make_cursor  # type: ignore
    try:
        yield
    finally:
        connection.make_debug_cursor = make_debug_cursor  # type: ignore[method-assign]


def _column(model: type[models.Model], name: str) -> str:
    return connection.ops.quote_name(_field(model, name).column)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)

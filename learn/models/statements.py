"""A statement as Django writes it, and how the database is asked it when nobody listens.

Django's cursors put the values into the text by themselves: on SQLite that takes as long as the
answer, and PostgreSQL plans the whole anew each time, which for a question's page takes five times
as long as the answer (4.2 and 0.8 ms). Here PostgreSQL keeps the plan for the connection.
"""

import datetime
import re
from functools import cached_property
from itertools import count
from typing import Any
from weakref import WeakSet

from django.db import InterfaceError, NotSupportedError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

# psycopg's connections that have been told to plan each statement once.
_planning_once: WeakSet[Any] = WeakSet()
# A place for a value; "%%" is a percent sign.
_FORMAT_MARK = re.compile(r"(?<!%)%s")


class Text:
    """A statement as Django writes it, and where in its parameters which values belong."""

    def __init__(self, sql: str, parameters: list[Any], places: list[tuple[int, str]]) -> None:
        self.sql, self.parameters, self.places = sql, parameters, places

    @classmethod
    def joined(cls, sql: str, parts: "list[Text]") -> "Text":
        """Of these parts, in this order."""
        parameters: list[Any] = []
        places: list[tuple[int, str]] = []
        for part in parts:
            places += [(index + len(parameters), name) for index, name in part.places]
            parameters += part.parameters
        return cls(sql, parameters, places)

    def with_columns(self, columns: dict[str, str]) -> "Text":
        """With columns of a query around it in the places of these names."""
        names = dict(self.places)
        pieces = _FORMAT_MARK.split(self.sql)
        sql = pieces[0]
        parameters: list[Any] = []
        places: list[tuple[int, str]] = []
        for index, piece in enumerate(pieces[1:]):
            column = columns.get(names.get(index, ""))
            if column is None:
                if index in names:
                    places.append((len(parameters), names[index]))
                parameters.append(self.parameters[index])
            sql += (column or "%s") + piece
        return Text(sql, parameters, places)

    @cached_property
    def qmark_sql(self) -> str:
        """With the marks of SQLite's own interface."""
        return _FORMAT_MARK.sub("?", self.sql).replace("%%", "%")

    @cached_property
    def numbered_sql(self) -> str:
        """With those of PostgreSQL's own; psycopg would put them in anew for each long text."""
        numbers = count(1)
        return _FORMAT_MARK.sub(lambda _mark: f"${next(numbers)}", self.sql).replace("%%", "%")


def is_unwatched(connection: BaseDatabaseWrapper) -> bool:
    """Whether nobody listens to Django's cursors, which can then be done without."""
    return not connection.queries_logged and not connection.execute_wrappers


def fetch(connection: BaseDatabaseWrapper, text: Text, values: dict[str, Any]) -> list[Any]:
    """All rows, as the database gives them."""
    parameters = text.parameters.copy()
    adapted = {name: adapt(connection, value) for name, value in values.items()}
    for index, name in text.places:
        parameters[index] = adapted[name]
    if is_unwatched(connection):
        connection.ensure_connection()
        connection.validate_no_broken_transaction()
        if connection.vendor == "sqlite":
            with connection.wrap_database_errors:
                return connection.connection.execute(text.qmark_sql, parameters).fetchall()
        if connection.connection.prepare_threshold is not None:
            rows = _fetch_prepared(connection, text.numbered_sql, parameters)
            if rows is not None:
                return rows
    with connection.cursor() as cursor:
        cursor.execute(text.sql, parameters)
        return cursor.fetchall()


def _fetch_prepared(connection: Any, sql: str, parameters: list[Any]) -> list[Any] | None:
    """None where it should be asked once more, on a connection that is then made."""
    try:
        with connection.wrap_database_errors:
            # psycopg; a site on SQLite does without it.
            cursor = connection.Database.RawCursor(connection.connection)
            if connection.connection not in _planning_once:
                # By itself PostgreSQL plans anew for each value where the plan for all seems to
                # cost a little more, which it reckons by a third of the rows for each "at least".
                cursor.execute("SET plan_cache_mode = force_generic_plan", prepare=False)
                _planning_once.add(connection.connection)
            rows: list[Any] = cursor.execute(sql, parameters, prepare=True).fetchall()
    except (OperationalError, InterfaceError):
        # Django asks each request's connection first whether it is there, which takes as long as
        # to ask for what is wanted.
        if connection.in_atomic_block or connection.is_usable():
            raise
    except NotSupportedError:
        # A migration has changed a column's type: PostgreSQL does not plan anew for that.
        if connection.in_atomic_block:
            raise
    else:
        connection.health_check_done = True
        return rows
    connection.close()
    return None


def adapt(connection: BaseDatabaseWrapper, value: Any) -> Any:
    """A value as the connection's own interface takes it."""
    if not isinstance(value, datetime.datetime):
        return value
    if connection.vendor == "sqlite":
        # As Django's own, which looks at all that a value could be.
        return str(value.astimezone(connection.timezone).replace(tzinfo=None))
    return connection.ops.adapt_datetimefield_value(value)

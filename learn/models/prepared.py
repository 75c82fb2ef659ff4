"""Questions to the database that Django writes once for a process: for those of every page.

Django takes several times as long to write a statement, and to prepare the reading of its rows, as
the database to answer it. Here both are done once; what is asked for takes the places of stand-ins.
"""

import datetime
import json
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DEFERRED, Model, QuerySet

Converter = Callable[[Any, Any, Any], Any]

# A place for a value; "%%" is a percent sign.
_FORMAT_MARK = re.compile(r"(?<!%)%s")

# Values that stand in no real question, for the places of those that do.
SOME_MOMENT = datetime.datetime(1970, 1, 1, 0, 0, 0, 271828, tzinfo=datetime.UTC)


def some_text(number: int) -> str:
    return f"stand-in {number}"


def some_number(number: int) -> int:
    return -271_828_182 - number


class PreparedQuery:
    """The rows of a queryset with other values: `build` gives it with stand-ins.

    `places` are the stand-ins, each with the name that its value has in `rows`. One that is paged
    takes `limit` and `offset` besides. One of `plain` columns has texts, whole numbers, truths and
    nothing else in its rows; SQLite gives them all at once.
    """

    def __init__(
        self,
        build: Callable[[], QuerySet],
        *,
        is_paged: bool = False,
        plain: bool = False,
        **places: Any,
    ) -> None:
        self._build, self._places, self._is_paged = build, places, is_paged
        self._is_plain = plain

    def rows(self, **values: Any) -> Iterator[list[Any]]:
        # The thread's own: the proxy finds it anew at every touch.
        connection = connections[DEFAULT_DB_ALIAS]
        statement = self._statement
        parameters = statement.parameters.copy()
        adapted = {name: _adapt(connection, value) for name, value in values.items()}
        for index, name in statement.places:
            parameters[index] = adapted[name]
        for row in map(list, _fetch(connection, statement, parameters)):
            for index, converter, expression in statement.converters:
                row[index] = converter(row[index], expression, connection)
            yield row

    def objects(self, **values: Any) -> list[Any]:
        """The same as instances of the queryset's model."""
        make = self._statement.maker.make
        return [make(row) for row in self.rows(**values)]

    @cached_property
    def _statement(self) -> "_Statement":
        statement = _Statement(connections[DEFAULT_DB_ALIAS], self._build(), self._places)
        statement.is_plain = self._is_plain
        if self._is_paged:
            statement.sql += " LIMIT %s OFFSET %s"
            end = len(statement.parameters)
            statement.parameters += [0, 0]
            statement.places += [(end, "limit"), (end + 1, "offset")]
        return statement


def _fetch(
    connection: BaseDatabaseWrapper, statement: "_Statement", parameters: list[Any]
) -> list[Any]:
    if (
        connection.vendor == "sqlite"
        and not connection.queries_logged
        and not connection.execute_wrappers
    ):
        # Django's cursor would write the marks of the places anew each time, which takes as long
        # as SQLite's answer.
        connection.ensure_connection()
        connection.validate_no_broken_transaction()
        with connection.wrap_database_errors:
            found = connection.connection.execute(statement.qmark_sql, parameters).fetchall()
        return json.loads(found[0][0]) if statement.is_plain else found
    with connection.cursor() as cursor:
        cursor.execute(statement.sql, parameters)
        return cursor.fetchall()


def _adapt(connection: BaseDatabaseWrapper, value: Any) -> Any:
    if not isinstance(value, datetime.datetime):
        return value
    if connection.vendor == "sqlite":
        # As Django's own, which looks at all that a value could be.
        return str(value.astimezone(connection.timezone).replace(tzinfo=None))
    return connection.ops.adapt_datetimefield_value(value)


def _swift(connection: BaseDatabaseWrapper, converter: Converter) -> Converter:
    """The same as the converter, without asking the settings for each moment of SQLite's."""
    operations: Any = connection.ops
    is_of_moments = (
        connection.vendor == "sqlite" and converter == operations.convert_datetimefield_value
    )
    return _with_timezone if is_of_moments else converter


def _with_timezone(
    value: datetime.datetime | None, _expression: Any, connection: BaseDatabaseWrapper
) -> datetime.datetime | None:
    return None if value is None else value.replace(tzinfo=connection.timezone)


class _Statement:
    """What Django made of a queryset."""

    is_plain = False

    def __init__(
        self, connection: BaseDatabaseWrapper, queryset: QuerySet, places: dict[str, Any]
    ) -> None:
        compiler = queryset.query.get_compiler(using=connection.alias)
        self.sql, parameters = compiler.as_sql()
        self.parameters = list(parameters)
        names = {_adapt(connection, stand_in): name for name, stand_in in places.items()}
        self.places = [
            (index, names[value]) for index, value in enumerate(parameters) if value in names
        ]
        if {name for _index, name in self.places} != set(places):
            raise ValueError(f"Not all of {sorted(places)} have a place in: {self.sql}")
        columns = [column for column, *_sql in compiler.select]
        self._columns = len(columns)
        self.converters = [
            (index, _swift(connection, converter), expression)
            for index, (converters, expression) in compiler.get_converters(columns).items()
            for converter in converters
        ]
        self._compiler = compiler

    @cached_property
    def qmark_sql(self) -> str:
        """With the marks of SQLite's own interface.

        Plain rows come as one text of JSON: for each row by itself Python lets other threads run,
        and then waits for its turn again. Under load that takes longer than the statement.
        """
        sql = _FORMAT_MARK.sub("?", self.sql).replace("%%", "%")
        if not self.is_plain:
            return sql
        names = ", ".join(f"c{number}" for number in range(self._columns))
        return (
            f"WITH found({names}) AS ({sql}) "
            f"SELECT json_group_array(json_array({names})) FROM found"
        )

    @cached_property
    def maker(self) -> "_Maker":
        compiler = self._compiler
        return _Maker(compiler.klass_info, compiler.select, compiler.annotation_col_map)


class _Maker:
    """Makes an instance of a row's columns, and of those that `select_related` joined."""

    def __init__(self, info: dict[str, Any], select: Any, annotations: dict[str, int]) -> None:
        self._model: type[Model] = info["model"]
        names = {select[index][0].target.attname: index for index in info["select_fields"]}
        fields = self._model._meta.concrete_fields
        # What was not selected is found behind the last column.
        self._cells = itemgetter(*(names.get(field.attname, -1) for field in fields))
        self._key = names[self._model._meta.pk.attname]
        self._annotations = list(annotations.items())
        self._joined = [
            (joined["local_setter"], joined["remote_setter"], _Maker(joined, select, {}))
            for joined in info.get("related_klass_infos", ())
        ]

    def make(self, row: list[Any]) -> Model:
        return self._make([*row, DEFERRED])

    def _make(self, row: list[Any]) -> Model:
        instance = self._model(*self._cells(row))
        instance._state.adding = False
        instance._state.db = DEFAULT_DB_ALIAS
        for name, index in self._annotations:
            setattr(instance, name, row[index])
        for set_here, set_there, maker in self._joined:
            other = None if row[maker._key] is None else maker._make(row)
            set_here(instance, other)
            if other is not None:
                set_there(other, instance)
        return instance

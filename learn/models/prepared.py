"""Questions to the database that Django writes once for a process: for those of every page.

Django takes several times as long to write a statement, and to prepare the reading of its rows, as
the database to answer it. Here both are done once; what is asked for takes the places of stand-ins.
"""

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState

from learn.models.statements import Text, adapt, fetch, is_unwatched

Converter = Callable[[Any, Any, Any], Any]

# Values that stand in no real question, for the places of those that do.
SOME_MOMENT = datetime.datetime(1970, 1, 1, 0, 0, 0, 271828, tzinfo=datetime.UTC)


def some_text(number: int) -> str:
    return f"stand-in {number}"


def some_number(number: int) -> int:
    return -271_828_182 - number


class PreparedQuery:
    """The rows of a queryset with other values: `build` gives it with stand-ins.

    `places` are the stand-ins, each with the name that its value has in `rows`. One of `plain`
    columns has texts, whole numbers, truths and nothing else in its rows; SQLite gives them all at
    once. PostgreSQL plans it once for all values (`learn.models.statements`).
    """

    def __init__(
        self,
        build: Callable[[], QuerySet],
        *,
        plain: bool = False,
        **places: Any,
    ) -> None:
        self._build, self._places = build, places
        self.is_plain = plain

    def rows(self, **values: Any) -> Iterator[list[Any]]:
        # The thread's own: the proxy finds it anew at every touch.
        connection = connections[DEFAULT_DB_ALIAS]
        if self.is_plain and is_unwatched(connection):
            ((text,),) = fetch(connection, self._at_once, values)
            return self.statement.converted(connection, json.loads(text))
        return self.statement.converted(connection, fetch(connection, self.statement.text, values))

    def objects(self, **values: Any) -> list[Any]:
        """The same as instances of the queryset's model."""
        make = self.statement.maker.make
        return [make(row) for row in self.rows(**values)]

    @cached_property
    def statement(self) -> "_Statement":
        return _Statement.of(connections[DEFAULT_DB_ALIAS], self._build(), self._places)

    @cached_property
    def _at_once(self) -> "Text":
        """All rows as one text of JSON.

        For each row by itself Python lets other threads run, and then waits for its turn again.
        Under load that takes longer than the statement.
        """
        return self.statement.as_json(connections[DEFAULT_DB_ALIAS].vendor)


class PreparedTogether:
    """A prepared query and, for each of its rows, the rows of others, in one statement.

    `others` are plain ones, each with the columns of the first (as its model or annotations name
    them) that take the places of the same names; what else has a place in them is given as for the
    first.
    """

    def __init__(
        self, first: PreparedQuery, **others: tuple[PreparedQuery, dict[str, str]]
    ) -> None:
        self._first, self._others = first, others

    def objects(self, **values: Any) -> list[tuple[Any, dict[str, list[list[Any]]]]]:
        """Instances of the first query's model, and by name the others' rows for each."""
        connection = connections[DEFAULT_DB_ALIAS]
        first, text = self._first.statement, self._text
        found = []
        for row in first.converted(connection, fetch(connection, text, values)):
            columns, texts = row[: first.width], row[first.width :]
            rows = {
                name: list(other.statement.converted(connection, json.loads(text)))
                for (name, (other, _given)), text in zip(self._others.items(), texts, strict=True)
            }
            found.append((first.maker.make(columns), rows))
        return found

    @cached_property
    def _text(self) -> "Text":
        vendor = connections[DEFAULT_DB_ALIAS].vendor
        first = self._first.statement
        parts = [first.text]
        names = ", ".join(_names(first.width))
        sql = f"WITH page({names}) AS ({first.text.sql}) SELECT page.*"
        for other, given in self._others.values():
            columns = {place: f"page.c{first.position(name)}" for place, name in given.items()}
            text = other.statement.as_json(vendor, columns)
            sql += f", ({text.sql})"
            parts.append(text)
        return Text.joined(f"{sql} FROM page", parts)


def _names(number: int) -> list[str]:
    return [f"c{index}" for index in range(number)]


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

    def __init__(self, compiler: Any, text: Text, connection: BaseDatabaseWrapper) -> None:
        self.text = text
        self._compiler = compiler
        columns = [column for column, *_sql in compiler.select]
        self.width = len(columns)
        self._converters = [
            (index, _swift(connection, converter), expression)
            for index, (converters, expression) in compiler.get_converters(columns).items()
            for converter in converters
        ]

    @classmethod
    def of(
        cls,
        connection: BaseDatabaseWrapper,
        queryset: QuerySet,
        stand_ins: dict[str, Any],
    ) -> "_Statement":
        compiler = queryset.query.get_compiler(using=connection.alias)
        sql, parameters = compiler.as_sql()
        names = {adapt(connection, stand_in): name for name, stand_in in stand_ins.items()}
        text = Text(
            sql,
            list(parameters),
            [(index, names[value]) for index, value in enumerate(parameters) if value in names],
        )
        if {name for _index, name in text.places} != set(stand_ins):
            raise ValueError(f"Not all of {sorted(stand_ins)} have a place in: {sql}")
        return cls(compiler, text, connection)

    def converted(
        self, connection: BaseDatabaseWrapper, rows: Iterable[Sequence[Any]]
    ) -> Iterator[list[Any]]:
        for row in map(list, rows):
            for index, converter, expression in self._converters:
                row[index] = converter(row[index], expression, connection)
            yield row

    def position(self, name: str) -> int:
        """Of a column of the queryset's own model, or of an annotation."""
        annotations: dict[str, int] = self._compiler.annotation_col_map
        return annotations[name] if name in annotations else self.maker.names[name]

    def as_json(self, vendor: str, columns: dict[str, str] | None = None) -> Text:
        """All rows, in their order, as one text; `columns` as `Text.with_columns` has them."""
        text = self.text.with_columns(columns or {})
        names = ", ".join(_names(self.width))
        if vendor == "postgresql":
            rows = f"coalesce(json_agg(json_build_array({names})), '[]')::text"
        else:
            rows = f"json_group_array(json_array({names}))"
        sql = f"WITH found({names}) AS ({text.sql}) SELECT {rows} FROM found"
        return Text(sql, text.parameters, text.places)

    @cached_property
    def maker(self) -> "_Maker":
        compiler = self._compiler
        return _Maker(compiler.klass_info, compiler.select, compiler.annotation_col_map)


class _Maker:
    """Makes an instance of a row's columns, and of those that `select_related` joined."""

    def __init__(self, info: dict[str, Any], select: Any, annotations: dict[str, int]) -> None:
        self._model: type[Model] = info["model"]
        # Attribute -> its column. What was not selected is loaded when it is asked for.
        self.names = names = {
            select[index][0].target.attname: index for index in info["select_fields"]
        }
        self._columns = list(names.items())
        self._key = names[self._model._meta.pk.attname]
        self._annotations = list(annotations.items())
        self._joined = [
            (joined["local_setter"], joined["remote_setter"], _Maker(joined, select, {}))
            for joined in info.get("related_klass_infos", ())
        ]

    def make(self, row: list[Any]) -> Model:
        """Without __init__ and its signals, which nobody listens to and which take longer."""
        instance = self._model.__new__(self._model)
        instance.__dict__ = {name: row[index] for name, index in self._columns}
        instance._state = state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        for name, index in self._annotations:
            setattr(instance, name, row[index])
        for set_here, set_there, maker in self._joined:
            other = None if row[maker._key] is None else maker.make(row)
            set_here(instance, other)
            if other is not None:
                set_there(other, instance)
        return instance

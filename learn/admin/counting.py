"""How many rows there are, without reading them all."""

from typing import NamedTuple

from django.db import connection
from django.db.models import F, IntegerField, Model, QuerySet
from django.db.models.expressions import Combinable, RawSQL
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from learn.models import Question

# Rows that a list counts and leads to, page by page; what is beyond is reached by filters. No more
# can be changed together, so what is offered as “all” is all.
LISTED = 50_000
# Questions that are counted for each subject or author in a list of them.
ROW_LIMIT = 10_000


class Count(NamedTuple):
    """A number of rows: exact, or where there are more than that, at least it."""

    number: int
    is_exact: bool = True
    # What the database's statistics say, where it is not exact.
    estimate: int | None = None

    def __str__(self) -> str:
        if self.is_exact:
            return number_format(self.number, force_grouping=True)
        if self.estimate is not None:
            return _("about %s") % number_format(self.estimate, force_grouping=True)
        return _("more than %s") % number_format(self.number, force_grouping=True)


def count_up_to(queryset: QuerySet, limit: int) -> Count:
    """The number of rows, of which at most `limit` are counted.

    In the queryset's own order, which an index gives: a count without one may begin with the
    whole table.
    """
    found = queryset.values("pk")[: limit + 1].count()
    return Count(min(found, limit), is_exact=found <= limit)


def not_looked_up(column: str) -> Combinable:
    """The column of a number, as what is filtered while rows are read in another index's order.

    SQLite keeps no statistics here: it takes the index of a column that is compared with a value,
    however many rows have that, and sorts them. PostgreSQL knows, and estimates by the column.
    """
    return F(column) + 0 if connection.vendor == "sqlite" else F(column)


def questions_with(column: str, model: type[Model]) -> RawSQL:
    """The number of questions of each row of `model`, which `column` leads to: counted from the
    column's index, up to ROW_LIMIT and one more."""
    quote = connection.ops.quote_name
    questions, rows = quote(Question._meta.db_table), quote(model._meta.db_table)
    return RawSQL(
        f"(SELECT COUNT(*) FROM (SELECT 1 FROM {questions} WHERE {questions}.{quote(column)} = "
        f"{rows}.{quote('id')} LIMIT {ROW_LIMIT + 1}) AS few)",
        [],
        output_field=IntegerField(),
    )


def shown_number(counted: int) -> str:
    """A number that questions_with() gives, in words."""
    return str(Count(min(counted, ROW_LIMIT), is_exact=counted <= ROW_LIMIT))


def estimated_rows(model: type[Model]) -> int | None:
    """How many rows PostgreSQL's statistics give the table; None where there are none."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        (rows,) = cursor.fetchone()
    return rows if rows > 0 else None

"""Operations of migrations that let readers and writers of a large table go on.

A migration that uses one must say `atomic = False`: PostgreSQL builds such an index outside of
transactions. It had better hold nothing else. On SQLite they are Django's plain operations. On
both a migration that was broken off can be run again from its beginning.
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import transaction
from django.db.migrations.operations import AddConstraint, AddIndex, RemoveIndex

FIND_INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(quote_ident(%s))"
FIND_CONSTRAINT = (
    "SELECT convalidated FROM pg_constraint"
    " WHERE conname = %s AND conrelid = to_regclass(quote_ident(%s))"
)


def _is_postgresql(schema_editor: Any) -> bool:
    return bool(schema_editor.connection.vendor == "postgresql")


def _is_on_sqlite(schema_editor: Any, index: str) -> bool:
    """Nothing is where SQL is only shown."""
    if schema_editor.collect_sql:
        return False
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = %s", [index])
        return cursor.fetchone() is not None


def _found(schema_editor: Any, query: str, *values: str) -> bool | None:
    """Whether the thing is whole; None if it is not there. Nothing is where SQL is only shown."""
    if schema_editor.collect_sql:
        return None
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(query, values)
        row = cursor.fetchone()
    return row and row[0]


class AddIndexWithoutLock(AddIndexConcurrently):
    """`AddIndex` while the table is written. Broken off, it can be run again: what is left of
    the index is removed first, and an index that is whole is taken as it is."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        states = (app_label, schema_editor, from_state, to_state)
        if not _is_postgresql(schema_editor):
            if not _is_on_sqlite(schema_editor, self.index.name):
                AddIndex.database_forwards(self, *states)
            return
        self._ensure_not_in_transaction(schema_editor)
        is_whole = _found(schema_editor, FIND_INDEX, self.index.name)
        if is_whole is False:
            model = to_state.apps.get_model(app_label, self.model_name)
            schema_editor.remove_index(model, self.index, concurrently=True)
        if not is_whole:
            super().database_forwards(*states)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        base = AddIndexConcurrently if _is_postgresql(schema_editor) else AddIndex
        base.database_backwards(self, app_label, schema_editor, from_state, to_state)


class RemoveIndexWithoutLock(RemoveIndexConcurrently):
    """`RemoveIndex` while the table is written. An index that is not there is taken as removed."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        states = (app_label, schema_editor, from_state, to_state)
        if _is_postgresql(schema_editor):
            super().database_forwards(*states)
        elif schema_editor.collect_sql or _is_on_sqlite(schema_editor, self.name):
            RemoveIndex.database_forwards(self, *states)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        base = RemoveIndexConcurrently if _is_postgresql(schema_editor) else RemoveIndex
        base.database_backwards(self, app_label, schema_editor, from_state, to_state)


class AddCheckWithoutLock(AddConstraint):
    """`AddConstraint` of a check: at once for new rows, then held against the old ones while the
    table is written. Broken off, it can be run again."""

    atomic = False

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if not _is_postgresql(schema_editor):
            # It makes the table anew: wholly, or not at all.
            with transaction.atomic(schema_editor.connection.alias):
                super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        table, name = model._meta.db_table, self.constraint.name
        if _found(schema_editor, FIND_CONSTRAINT, name, table) is None:
            sql = self.constraint.create_sql(model, schema_editor)
            schema_editor.execute(f"{sql} NOT VALID", params=None)
        quote = schema_editor.quote_name
        schema_editor.execute(f"ALTER TABLE {quote(table)} VALIDATE CONSTRAINT {quote(name)}")

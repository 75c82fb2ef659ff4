"""Operations without locks, on the database under test: done, broken off, done again, undone."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.utils import IntegrityError

from learn.concurrently import AddCheckWithoutLock, AddIndexWithoutLock, RemoveIndexWithoutLock
from learn.models import Author

pytestmark = pytest.mark.django_db(transaction=True)

INDEX = models.Index(fields=["url"], name="author_url_test")
CHECK = models.CheckConstraint(condition=~models.Q(name="Nobody"), name="author_name_test")


@pytest.fixture
def state():
    return MigrationLoader(connection).project_state()


@pytest.fixture(autouse=True)
def _tidy(state):
    yield
    for name, undo in (
        (INDEX.name, migrations.AddIndex("author", INDEX)),
        (CHECK.name, migrations.AddConstraint("author", CHECK)),
    ):
        if name in names():
            run(undo, state, backwards=True)


def run(operation, state, *, backwards=False):
    after = state.clone()
    operation.state_forwards("learn", after)
    with connection.schema_editor(atomic=False) as editor:
        if backwards:
            operation.database_backwards("learn", editor, after, state)
        else:
            operation.database_forwards("learn", editor, state, after)
    return after


def names() -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Author._meta.db_table)
    return set(found)


def test_index_is_added_and_removed_both_ways(state) -> None:
    after = run(AddIndexWithoutLock("author", INDEX), state)
    assert INDEX.name in names()
    run(RemoveIndexWithoutLock("author", INDEX.name), after)
    assert INDEX.name not in names()
    run(RemoveIndexWithoutLock("author", INDEX.name), after, backwards=True)
    assert INDEX.name in names()
    run(AddIndexWithoutLock("author", INDEX), state, backwards=True)
    assert INDEX.name not in names()


def test_index_is_added_again_and_removed_again_after_a_break(state) -> None:
    """Before Django knew that it was done."""
    after = run(AddIndexWithoutLock("author", INDEX), state)
    run(AddIndexWithoutLock("author", INDEX), state)
    assert INDEX.name in names()
    run(RemoveIndexWithoutLock("author", INDEX.name), after)
    run(RemoveIndexWithoutLock("author", INDEX.name), after)
    assert INDEX.name not in names()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no half index")
def test_index_that_was_broken_off_is_built_anew_and_a_whole_one_is_kept(state) -> None:
    run(AddIndexWithoutLock("author", INDEX), state)
    run(AddIndexWithoutLock("author", INDEX), state)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [INDEX.name]
        )
        run(AddIndexWithoutLock("author", INDEX), state)
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", [INDEX.name]
        )
        assert cursor.fetchone() == (True,)


def test_check_is_added_twice_holds_and_is_removed(state) -> None:
    Author.objects.create(name="Somebody")
    run(AddCheckWithoutLock("author", CHECK), state)
    if connection.vendor == "postgresql":  # broken off before Django knew
        run(AddCheckWithoutLock("author", CHECK), state)
    with pytest.raises(IntegrityError):
        Author.objects.create(name="Nobody")
    run(AddCheckWithoutLock("author", CHECK), state, backwards=True)
    Author.objects.create(name="Nobody")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's table stays as it is")
def test_check_that_breaks_off_leaves_the_table_of_sqlite_whole(state, monkeypatch) -> None:
    Author.objects.create(name="Somebody")

    def break_off(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(connection.SchemaEditorClass, "alter_db_table", break_off)
    with pytest.raises(KeyboardInterrupt):
        run(AddCheckWithoutLock("author", CHECK), state)
    assert Author.objects.get().name == "Somebody"
    assert CHECK.name not in names()

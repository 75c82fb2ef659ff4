"""What the index answers, and how much of it is read for that, without the ranking."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learn import publishing, search
from learn.models import Question
from learn.search.engine import engine
from tests.factories import make_question

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite's index")
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL's")


def test_titles_with_all_words_come_before_answers_and_the_shortest_first():
    answer = make_question(title="Which rock?", answer="Granite, granite, granite and quartz.")
    long = make_question(title="Where in the mountains are granite and quartz found together?")
    short = make_question(title="Granite or quartz?")
    assert engine().having([["granite", "quartz"]], limit=3) == [short.pk, long.pk, answer.pk]
    assert engine().having([["granite", "quartz"]], limit=2) == [short.pk, long.pk]


def test_title_that_becomes_shorter_comes_earlier():
    question = make_question(title="Where in the mountains is granite found?")
    other = make_question(title="Granite found?")
    assert engine().having([["granite"]], limit=1) == [other.pk]
    question.title = "Granite?"
    publishing.save_question(question)
    assert engine().having([["granite"]], limit=1) == [question.pk]
    assert search.index_differences() == 0


def test_titles_of_an_import_are_indexed_whatever_the_order_of_their_lengths():
    titles = ("Granite, quartz and feldspar?", "Granite?", "Granite and quartz?")
    questions = [make_question(title=title) for title in titles]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM learn_question")
    with search.indexing_together(questions):
        Question.objects.bulk_create(questions)
    shortest = [questions[1].pk, questions[2].pk, questions[0].pk]
    assert engine().having([["granite"]], limit=3) == shortest
    assert search.index_differences() == 0


@on_sqlite
def test_titles_are_not_sorted_to_find_the_shortest():
    with CaptureQueriesContext(connection) as queries, connection.cursor() as cursor:
        engine().having([["granite", "quartz"]], limit=3)
        for query in list(queries):
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            assert all("TEMP B-TREE" not in step for *_, step in cursor.fetchall())


@on_sqlite
def test_title_that_the_index_lacks_is_noticed():
    question = make_question(title="Granite?")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER learn_search_update")
    Question.objects.filter(pk=question.pk).update(title="Obsidian?")
    assert search.index_differences() == 1


@on_sqlite
def test_no_view_stands_in_the_way_of_a_migration():
    search.rebuild_index()
    search.index_differences()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
        assert cursor.fetchall() == []


@on_sqlite
def test_common_words_are_counted_once_and_rare_ones_as_they_are(monkeypatch):
    monkeypatch.setattr("learn.search.sqlite.COMMON", 1)
    make_question(title="Granite?", answer="Quartz.")
    make_question(title="Granite again?", answer="Feldspar.")
    search.refresh_statistics()
    make_question(title="Granite once more?", answer="Quartz.")
    words = ["granite", "quartz", "feldspar", "gneiss"]
    assert engine().frequencies(words) == {"granite": 2, "quartz": 2, "feldspar": 1, "gneiss": 0}
    Question.objects.all().delete()
    assert engine().frequencies(words) == dict.fromkeys(words, 0)


def index_many(number: int) -> None:
    """Titles with one word in common, of which PostgreSQL's index alone knows."""
    vector = "to_tsvector('english', 'granite found in mountain number ' || n)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO learn_searchdocument SELECT n, {vector}, {vector}, {vector} "
            f"FROM generate_series(1, {number}) AS n"
        )


@on_postgresql
def test_no_more_than_some_thousand_rows_are_read_of_many_that_have_a_word():
    index_many(9_000)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO learn_searchdocument VALUES (9001, 'granit:1A', 'granit:1', 'granit:1')"
        )
        read = "SELECT pg_stat_get_xact_tuples_fetched('learn_searchdocument'::regclass)"
        cursor.execute(read)
        (before,) = cursor.fetchone()
        found = engine().having([["granite"]], limit=100)
        cursor.execute(read)
        (after,) = cursor.fetchone()
    assert (found[0], len(found)) == (9001, 100)
    assert after - before < 3_000


@on_postgresql
def test_as_many_are_found_as_are_asked_for():
    index_many(2_100)
    assert len(set(engine().having([["granite"]], limit=2_000))) == 2_000

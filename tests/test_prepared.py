"""Statements that Django writes once."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.signals import post_init, pre_init
from django.db.transaction import TransactionManagementError
from django.test import Client
from django.utils import timezone

from learn.models import Author, Question, Subject
from learn.models.path import QuestionPath
from learn.models.prepared import (
    SOME_MOMENT,
    PreparedQuery,
    PreparedTogether,
    some_number,
    some_text,
)
from learn.readerpages import TAGS
from learn.related import LINKS
from tests.factories import make_question, make_related, make_subject

pytestmark = pytest.mark.django_db

AT_PATH = PreparedQuery(
    lambda: (
        Question.objects.at(QuestionPath(some_text(0), some_text(1)))
        .for_page()
        .with_neighbours(SOME_MOMENT)
    ),
    subject=some_text(0),
    slug=some_text(1),
    now=SOME_MOMENT,
)


def values_of(instance):
    """What an instance holds, whether its row says so or a joined one."""
    fields = [field.attname for field in instance._meta.concrete_fields]
    loaded = {name: instance.__dict__[name] for name in fields if name in instance.__dict__}
    joined = {
        name: values_of(other) if other else None
        for name, other in instance._state.fields_cache.items()
    }
    further = {name: getattr(instance, name, None) for name in ("previous_id", "next_id")}
    return loaded, joined, further, instance._state.adding, instance._state.db


@pytest.mark.parametrize("model", [Question, Subject, Author])
def test_nobody_waits_for_instances_to_be_made(model):
    """Prepared objects are made without these signals."""
    assert not pre_init.has_listeners(model)
    assert not post_init.has_listeners(model)


def test_prepared_objects_are_those_of_the_queryset():
    subject = make_subject()
    first, second, third = (make_question(subject=subject, slug=slug) for slug in "abc")
    copy = make_question(subject=subject, slug="bb", canonical=second, uid=None)
    make_question(subject=subject, slug="bc", publish_at=timezone.now() + datetime.timedelta(1))
    for question in (first, second, third, copy):
        found = AT_PATH.objects(subject=subject.slug, slug=question.slug, now=timezone.now())
        plain = Question.objects.at(question.path).for_page().with_neighbours()
        assert [values_of(row) for row in found] == [values_of(row) for row in plain]
    assert AT_PATH.objects(subject=subject.slug, slug="d", now=timezone.now()) == []


def test_statement_is_written_once_and_values_are_those_of_each_call():
    built = []

    def build():
        built.append(1)
        return Question.objects.filter(pk=some_number(0)).values_list("pk", "date")

    prepared = PreparedQuery(build, pk=some_number(0))
    questions = [make_question(), make_question()]
    rows = [list(prepared.rows(pk=question.pk)) for question in questions]
    assert rows == [[[question.pk, question.date]] for question in questions]
    assert built == [1]


def test_statement_of_a_broken_transaction_is_refused():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            AT_PATH.objects(subject="a", slug="b", now=timezone.now())
        transaction.set_rollback(False)


def test_statement_that_fails_raises_an_error_of_django():
    prepared = PreparedQuery(
        lambda: Question.objects.filter(pk=some_number(0)).values_list("pk"), pk=some_number(0)
    )
    with pytest.raises(DatabaseError):
        list(prepared.rows(pk=object()))


def test_place_that_is_not_in_the_statement_is_an_error():
    prepared = PreparedQuery(
        lambda: Question.objects.filter(slug=some_text(0)), slug=some_text(0), pk=some_number(0)
    )
    with pytest.raises(ValueError, match="pk"):
        prepared.objects(slug="a", pk=1)


def test_plain_rows_are_those_of_the_queryset():
    odd = 'A "quoted" \\ back, a\nline, \u2028, 🌙 and %s'
    rows = [make_question(title=title) for title in (odd, "b", "c")]
    subject = rows[0].subject_id
    prepared = PreparedQuery(
        lambda: (
            Question.objects.filter(subject=some_number(0))
            .order_by("-pk")
            .values_list(
                "pk", "title", "no_index", "canonical", "subject__slug", "canonical__title"
            )[:2]
        ),
        plain=True,
        subject=some_number(0),
    )
    found = list(prepared.rows(subject=subject))
    expected = [[row.pk, row.title, False, None, row.subject.slug, None] for row in rows]
    mine = [row for row in reversed(expected) if row[4] == rows[0].subject.slug]
    assert found == mine[:2]
    assert list(prepared.rows(subject=subject + 99)) == []


def together():
    return PreparedTogether(
        PreparedQuery(
            lambda: (
                Question.objects.filter(subject=some_number(0))
                .order_by("slug")
                .with_neighbours(SOME_MOMENT)
            ),
            subject=some_number(0),
            now=SOME_MOMENT,
        ),
        tags=(TAGS, {"question": "id"}),
        links=(LINKS, {"question": "id", "previous": "previous_id", "following": "next_id"}),
    )


def test_rows_that_come_together_are_those_that_come_alone():
    subject, now = make_subject(), timezone.now()
    questions = [make_question(subject=subject, slug=slug) for slug in "abc"]
    for question in questions[:2]:
        question.tags.add("One", "two & “three”")
        make_related(question, questions[2])
    found = together().objects(subject=subject.pk, now=now)
    assert [question.slug for question, _beside in found] == ["a", "b", "c"]
    for question, beside in found:
        values = {"previous": question.previous_id, "following": question.next_id, "now": now}
        assert beside["tags"] == list(TAGS.rows(question=question.pk))
        assert beside["links"] == list(LINKS.rows(question=question.pk, **values))
    assert len(found[0][1]["tags"]) == 2
    assert len(found[1][1]["links"]) == 3
    assert found[2][1]["tags"] == []


@pytest.mark.parametrize("number", [1, 3])
def test_rows_that_come_together_cost_one_query(number, django_assert_num_queries):
    subject = make_subject()
    for slug in "abc"[:number]:
        make_question(subject=subject, slug=slug)
    with django_assert_num_queries(1):
        assert len(together().objects(subject=subject.pk, now=timezone.now())) == number


BY_TITLE = PreparedQuery(
    lambda: Question.objects.filter(title=some_text(0)).values_list("title"), title=some_text(0)
)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite's own interface remembers statements"
)


def prepared_by_the_server() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%title%'")
        return cursor.fetchone()[0]


@pytest.fixture
def fresh_connection(transactional_db):
    connection.close()
    yield
    connection.close()


@on_postgresql
def test_postgresql_keeps_the_plan_for_the_connection(fresh_connection):
    make_question(title="Why?")
    for _time in range(2):
        assert list(BY_TITLE.rows(title="Why?")) == [["Why?"]]
        assert prepared_by_the_server() == 1


@on_postgresql
def test_postgresql_plans_a_list_once_whatever_part_of_it_is_asked_for(fresh_connection):
    """Left to itself it would plan anew each time: that of all seems to cost more."""
    subject = make_subject()
    for letter in "abc":
        make_question(subject=subject, slug=letter)
    for _time in range(12):
        assert Client().get(f"/learn/{subject.slug}").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(custom_plans) FROM pg_prepared_statements")
        assert cursor.fetchone() == (0,)


@on_postgresql
def test_connection_that_takes_no_prepared_statements_is_asked_as_ever(
    fresh_connection, monkeypatch
):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", None)
    make_question(title="Why?")
    assert list(BY_TITLE.rows(title="Why?")) == [["Why?"]]
    assert prepared_by_the_server() == 0


@on_postgresql
def test_connection_that_the_server_has_ended_is_made_anew(fresh_connection):
    make_question(title="Why?")
    assert list(BY_TITLE.rows(title="Why?")) == [["Why?"]]
    elsewhere = connection.copy()
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    elsewhere.close()
    assert list(BY_TITLE.rows(title="Why?")) == [["Why?"]]


@on_postgresql
def test_query_that_takes_too_long_is_not_asked_twice(fresh_connection):
    asleep = PreparedQuery(
        lambda: Question.objects.filter(title=some_text(0)).extra(select={"x": "pg_sleep(9)"}),
        title=some_text(0),
    )
    make_question(title="Why?")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 100")
    before = connection.connection
    with pytest.raises(DatabaseError):
        list(asleep.rows(title="Why?"))
    assert connection.connection is before


@on_postgresql
def test_one_prepared_query_tells_django_that_the_connection_is_there(fresh_connection):
    make_question(title="Why?")
    list(BY_TITLE.rows(title="Why?"))
    connection.health_check_done = False
    list(BY_TITLE.rows(title="Why?"))
    assert connection.health_check_done


@on_postgresql
def test_plan_that_a_migration_has_spoilt_is_made_anew(fresh_connection):
    make_question(title="Why?")
    assert list(BY_TITLE.rows(title="Why?")) == [["Why?"]]
    length = Question._meta.get_field("title").max_length
    change_titles_elsewhere(length + 1)
    try:
        for _time in range(2):
            assert list(BY_TITLE.rows(title="Why?")) == [["Why?"]]
    finally:
        change_titles_elsewhere(length)


def change_titles_elsewhere(length: int) -> None:
    elsewhere = connection.copy()
    with elsewhere.cursor() as cursor:
        cursor.execute(f"ALTER TABLE learn_question ALTER COLUMN title TYPE varchar({length})")
    elsewhere.close()

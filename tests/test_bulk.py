"""Rows in bulk: what is written is what was given, or nothing."""

import datetime

import pytest
from django.db import DataError, connection, transaction
from django.utils import timezone

from learn.bulk import IN_LIST, insert_objects, insert_rows
from learn.models import Question, Tag
from tests.factories import make_question

pytestmark = pytest.mark.django_db


def test_values_of_every_type_come_back_as_they_were() -> None:
    question = make_question()
    values = {
        "title": "{a,\"b\"} \\ 'c' NULL ż",
        "answer": "",
        "seed_id": None,
        "score": 0.1,
        "date": datetime.date(2024, 2, 29),
        "publish_at": timezone.now(),
        "unpublish_at": None,
        "no_index": True,
        "seed_source": b"\x00\\x27",
        "slug": "other",
        "uid": "12345678-1234-5678-1234-567812345678",
    }
    for name, value in values.items():
        setattr(question, name, Question._meta.get_field(name).to_python(value))
    question.pk = None
    insert_objects(Question, [question])
    stored = Question.objects.get(slug="other")
    columns = [field.attname for field in Question._meta.concrete_fields if not field.primary_key]
    assert {name: getattr(stored, name) for name in columns} == {
        name: getattr(question, name) for name in columns
    }


def test_more_rows_than_one_statement_takes_are_all_there_in_their_order() -> None:
    names = [f"tag {number}" for number in range(2 * IN_LIST + 1)]
    insert_rows(Tag, ("name", "slug", "key"), ((name, name, name) for name in names))
    assert list(Tag.objects.order_by("pk").values_list("name", flat=True)) == names


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no length of texts")
def test_text_that_is_too_long_is_refused_and_not_cut_off() -> None:
    with pytest.raises(DataError), transaction.atomic():
        insert_rows(Tag, ("name", "slug", "key"), [("a", "a", "a"), ("b" * 256, "b", "b")])
    assert not Tag.objects.exists()

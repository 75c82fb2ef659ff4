"""Long texts are packed with LZ4 where PostgreSQL has it, and in its own way where it has not."""

import pytest
from django.db import connection

from learn.compression import compress_with_lz4
from tests.factories import make_question

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite packs nothing"),
]


def packed(column: str, table: str, key: str, pk: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_column_compression({column}) FROM {table} WHERE {key} = %s", [pk]
        )
        return str(cursor.fetchone()[0])


def has_lz4() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'lz4' = ANY (enumvals) FROM pg_settings"
            " WHERE name = 'default_toast_compression'"
        )
        return bool(cursor.fetchone()[0])


def test_long_answer_and_its_words_are_packed_as_the_server_can() -> None:
    answer = "\n\n".join(f"Water moves through membrane {number}." for number in range(400))
    question = make_question(answer=answer)
    way = "lz4" if has_lz4() else "pglz"
    assert packed("answer", "learn_question", "id", question.pk) == way
    assert packed("answer_html", "learn_question", "id", question.pk) == way
    assert packed("vector", "learn_searchdocument", "question_id", question.pk) == way


def test_server_without_lz4_is_left_as_it_is() -> None:
    statement = compress_with_lz4("learn_question", "answer").replace("'lz4'", "'lz5'")
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("SET COMPRESSION lz4", "SET COMPRESSION lz5"))

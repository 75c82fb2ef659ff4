"""Many questions with what they bear, on PostgreSQL: the package makes them once."""

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from learn.models import Author, Question, SitemapPart, Tag
from learn.totals import store_totals
from tests.admin.builders import make_question, make_subject

ROWS = 200_000
# What differs from row to row; of every hundred four are drafts, five copies, one is hidden.
VARIED = {
    "slug": "'question-' || n",
    "title": "'What is number ' || n || '?'",
    "answer": "'It follows ' || n || ' and precedes w' || n % 977 || ', as known.'",
    "uid": "gen_random_uuid()",
    "seed_id": "n",
    "subject_id": "(SELECT min(id) FROM learn_subject) + n % 40",
    "author_id": "(SELECT min(id) FROM learn_author) + n % 7",
    "status": "CASE WHEN n % 25 = 0 THEN 'draft' ELSE 'published' END",
    "no_index": "n % 100 = 0",
    "has_math": "n % 3 = 0",
    # The row before.
    "canonical_id": "CASE WHEN n % 20 = 0 THEN q.id + n - 1 END",
    "content_hash": "md5(n::text)",
    "seed_hash": "md5('file' || n)",
    "updated_at": "now() - n * interval '1 minute'",
    "publish_at": "now() - n * interval '1 minute'",
}
TOPICS = 40
# The tables that grow with the questions, with their rows.
GROWING = {
    "learn_question": ROWS,
    "learn_searchdocument": ROWS,
    "learn_taggedquestion": ROWS,
    "learn_relatedquestion": ROWS,
}


@pytest.fixture(scope="package")
def many_questions(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Inserted by SQL, analysed, and gone again after the package."""
    with django_db_blocker.unblock():
        for number in range(40):
            make_subject(f"subject-{number:02}")
        for number in range(7):
            Author.objects.get_or_create(name="QuickTakes" if not number else f"Author {number}")
        question = make_question("what-is-osmosis", seed_id=0)
        columns = [
            field.column for field in Question._meta.concrete_fields if not field.primary_key
        ]
        values = ", ".join(VARIED.get(column, f"q.{column}") for column in columns)
        values = values.replace("%", "%%")
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO learn_question ({', '.join(columns)}) SELECT {values} "
                f"FROM learn_question AS q, generate_series(1, {ROWS}) AS n WHERE q.id = %s",
                [question.pk],
            )
            tag = Tag.objects.create(name="known")
            cursor.execute(
                "INSERT INTO learn_taggedquestion (tag_id, content_object_id) "
                "SELECT %s, id FROM learn_question WHERE id %% 40 = 0",
                [tag.pk],
            )
            for table in ("question", "searchdocument", "subject", "author", "taggedquestion"):
                # As the database itself does soon after so many rows have come.
                cursor.execute(f"VACUUM ANALYZE learn_{table}")
        yield
        with connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE learn_question, learn_subject, learn_author, learn_tag CASCADE"
            )


@pytest.fixture(scope="package")
def many_links(many_questions: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Each question has a topic, and refers to the one before it."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for number in range(TOPICS):
            tag = Tag.objects.create(name=f"topic {number}", count=ROWS // TOPICS)
            cursor.execute(
                "INSERT INTO learn_taggedquestion (tag_id, content_object_id) "
                "SELECT %s, id FROM learn_question WHERE (id / 7) %% %s = %s",
                [tag.pk, TOPICS, number],
            )
        cursor.execute(
            "INSERT INTO learn_relatedquestion (question_id, position, title, subject, url, "
            "target_id) SELECT id, 1, title, '', slug, id - 1 FROM learn_question "
            "WHERE id > (SELECT min(id) FROM learn_question)"
        )
        for table in (*GROWING, "learn_tag"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        store_totals()
        yield
        SitemapPart.objects.all().delete()

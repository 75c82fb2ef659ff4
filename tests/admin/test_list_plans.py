"""Without statistics SQLite still pages and counts the list of questions from one index alone."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.admin.builders import list_url, make_question, make_subject
from tests.admin.people import client_of, make_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plans"),
]

# What SQLite reads for the rows that are counted or paged, inside of what counts or fetches them.
READ = re.compile(r"(SCAN|SEARCH) (learn_question|U0) USING (.*)")
LISTS = {
    "whole": ("", "question_recent"),
    "published": ("?status__exact=published", "question_recent"),
    "shown": ("?no_index__exact=0", "question_recent"),
    "formulas": ("?has_math__exact=1", "question_recent"),
    "originals": ("?copy=no", "question_recent"),
    "by slug": ("?o=1", "question_slug"),
    "by slug, backwards": ("?o=-1", "question_slug"),
}


def plan_of(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[-1] for row in cursor.fetchall()]


def reads(client: Client, query: str) -> tuple[str, str]:
    """The indexes that the count and the page of the list read their rows from."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(list_url("question", query)).status_code == 200
    statements = [found["sql"] for found in captured.captured_queries]
    (count,) = [sql for sql in statements if sql.startswith("SELECT COUNT") and "50001" in sql]
    (page,) = [sql for sql in statements if '"learn_question"."id" IN (SELECT U0' in sql]
    found = []
    for sql in (count, page):
        lines = [READ.fullmatch(line) for line in plan_of(sql)]
        # The page's own rows are fetched by their keys.
        found.append([line[3] for line in lines if line and "PRIMARY KEY" not in line[3]])
    (counted,), (paged,) = found
    return counted, paged


@pytest.fixture(params=["superuser", "limited to many subjects"])
def client(request: pytest.FixtureRequest) -> Client:
    subjects = [make_subject(f"subject-{number}") for number in range(20)]
    for subject in subjects:
        make_question(f"what-is-{subject.slug}", subject=subject, answer="$x$")
    if request.param == "superuser":
        return client_of(User.objects.create_superuser("ada"))
    return client_of(make_user("grace", "publisher", *subjects))


@pytest.mark.parametrize("name", LISTS)
def test_list_is_counted_and_paged_from_its_index_alone(client: Client, name: str) -> None:
    query, index = LISTS[name]
    counted, paged = reads(client, query)
    assert counted == "COVERING INDEX question_recent"
    assert paged == f"COVERING INDEX {index}"

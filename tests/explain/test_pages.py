"""With many rows no page of readers reads a large part of a table: PostgreSQL's own counts.

The statements of each page are run once more under EXPLAIN ANALYZE, on statistics that are true.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from psycopg.sql import Literal

from learn.models import statements
from tests.explain.conftest import GROWING

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="reads PostgreSQL's plans"),
]

# A page that reads so much of a table reads it whole, more or less: a subject, and a topic, has a
# fortieth.
MOST_READ = 0.1


PUBLIC = {
    "home": "/",
    "subjects": "/learn",
    "subject": "/learn/subject-07",
    "subject, last page": "/learn/subject-07?page=90",
    "subject, newest first": "/learn/subject-07?sort=newest",
    "subject, newest first, last page": "/learn/subject-07?sort=newest&page=90",
    "question": "/learn/subject-07/questions/question-100007",
    "question in another subject": "/learn/subject-08/questions/question-100007",
    "copy": "/learn/subject-20/questions/question-100020",
    "unknown question": "/learn/subject-07/questions/question-of-nobody",
    "unknown path": "/question-100007",
    "markdown": "/learn/subject-07/questions/question-100007.md",
    "citations": "/learn/subject-07/questions/question-100007/cite",
    "report": "/learn/subject-07/questions/question-100007/report",
    "topics": "/topics",
    "topic": "/topics/topic-7",
    "topic, last page": "/topics/topic-7?page=40",
    "newest": "/newest",
    "newest, last page": "/newest?page=20",
    "feed": "/feed.atom",
    "feed of a subject": "/learn/subject-07/feed.atom",
    "JSON feed": "/feed.json",
    "sitemaps": "/sitemap.xml",
    "sitemap of pages": "/sitemap-pages.xml",
    "sitemap of topics": "/sitemap-topics.xml",
    "sitemap of a subject": "/sitemap-subject-subject-07.xml",
    "sitemap of questions": "/sitemap-questions.xml?page=7",
    "rare word": "/search?q=w500",
    "word of all": "/search?q=precedes",
    "words": "/search?q=follows+precedes+w500",
    "word in a subject": "/search?q=precedes&subject=subject-07",
    "mistyped word": "/search?q=precedse",
    "suggestions": "/search/suggest?q=what+is+num",
    "suggestions, one letter": "/search/suggest?q=w",
    "practice": "/learn/subject-07/practice",
    "flashcards": "/learn/subject-07/flashcards",
    "deck": "/learn/subject-07/deck.csv",
    "practice of a topic": "/topics/topic-7/practice",
    "llms.txt": "/llms.txt",
    "robots.txt": "/robots.txt",
}


def rows_read(plan: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """(table, rows that were read of it) for each scan of a plan that was run."""
    table = plan.get("Relation Name")
    if table in GROWING:
        dropped = plan.get("Rows Removed by Filter", 0) + plan.get(
            "Rows Removed by Index Recheck", 0
        )
        yield table, (plan["Actual Rows"] + dropped) * plan["Actual Loops"]
    for part in plan.get("Plans", ()):
        yield from rows_read(part)


def much_read(url: str) -> list[tuple[str, str, float]]:
    """(statement, table, part of it) for what a reader's page reads more of than it may."""
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(url).status_code in (200, 301, 404)
    found = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            if not query["sql"].startswith("SELECT"):
                continue
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query['sql']}")
            (plans,) = cursor.fetchone()
            plan = json.loads(plans) if isinstance(plans, str) else plans
            for table, rows in rows_read(plan[0]["Plan"]):
                if rows > MOST_READ * GROWING[table]:
                    found.append((query["sql"], table, rows / GROWING[table]))
    return found


def read_by_kept_plans(url: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, float]]:
    """(statement, table, part of it) for each scan of the plans that PostgreSQL keeps."""
    asked: list[tuple[str, list[Any]]] = []
    fetch = statements._fetch_prepared

    def note(given: Any, sql: str, parameters: list[Any]) -> list[Any] | None:
        asked.append((sql, parameters))
        return fetch(given, sql, parameters)

    monkeypatch.setattr(statements, "_fetch_prepared", note)
    assert Client().get(url).status_code in (200, 301)
    found = []
    with connection.connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        for number, (sql, parameters) in enumerate(asked):
            values = [Literal(value).as_string(cursor) for value in parameters]
            cursor.execute(f"PREPARE kept_{number} AS {sql}")
            cursor.execute(
                f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE kept_{number} ({', '.join(values)})"
            )
            (plan,) = cursor.fetchone()
            cursor.execute(f"DEALLOCATE kept_{number}")
            plan = json.loads(plan) if isinstance(plan, str) else plan
            found += [
                (sql, table, rows / GROWING[table]) for table, rows in rows_read(plan[0]["Plan"])
            ]
    return found


@pytest.mark.usefixtures("many_links")
@pytest.mark.parametrize(
    "name", ["subject", "subject, last page", "question", "question in another subject", "copy"]
)
def test_plan_that_is_kept_for_all_values_reads_a_small_part_of_each_table(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = read_by_kept_plans(PUBLIC[name], monkeypatch)
    assert read
    assert [part for part in read if part[2] > MOST_READ] == []


@pytest.mark.usefixtures("many_links")
@pytest.mark.parametrize("name", PUBLIC)
def test_readers_page_reads_a_small_part_of_each_table(name: str) -> None:
    assert much_read(PUBLIC[name]) == []

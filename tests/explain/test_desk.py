"""With many rows no page of the desk reads the whole table of questions: PostgreSQL's own plans."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from learn.admin.choices import forget_choices
from learn.models import Author, Question, Redirect, Report, Revision, Subject, Tag
from tests.admin.builders import change_url, list_url
from tests.admin.people import client_of, make_user
from tests.explain.conftest import ROWS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="reads PostgreSQL's plans"),
]

TABLE_SCAN = re.compile(r"Seq Scan on learn_question\b")


@pytest.fixture
def desk(many_questions: None, admin_user: User) -> Client:
    # Lists of subjects and authors that another test left in the cache.
    forget_choices()
    client = Client()
    client.force_login(admin_user)
    return client


def plans_of(client: Client, url: str, data: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    """(statement, plan) of each SELECT on questions that the page, or the act, makes."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url) if data is None else client.post(url, data)
    assert response.status_code in (200, 302)
    statements = [
        query["sql"]
        for query in captured.captured_queries
        if "learn_question" in query["sql"] and query["sql"].startswith("SELECT")
    ]
    plans = []
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(f"EXPLAIN {sql}")
            plans.append((sql, "\n".join(line for (line,) in cursor.fetchall())))
    return plans


LISTS = {
    "whole": "",
    "last page": "?p=1000",
    "by slug": "?o=1",
    "by slug, page 300": "?o=-1&p=300",
    "oldest first": "?o=5",
    "rare status": "?status__exact=draft",
    "rare status, page 100": "?status__exact=draft&p=100",
    "common status": "?status__exact=published",
    "empty status": "?status__exact=in_review",
    "trash": "?status__exact=trashed",
    "hidden": "?no_index__exact=1",
    "shown": "?no_index__exact=0",
    "formulas": "?has_math__exact=1",
    "no formulas": "?has_math__exact=0",
    "copies": "?copy=yes",
    "originals": "?copy=no",
    "subject": "?subject__id__exact={subject}",
    "subject and status": "?subject__id__exact={subject}&status__exact=draft",
    "author": "?author__id__exact={author}",
    "rare word": "?q=w500",
    "word of all": "?q=precedes",
    "word and filter": "?q=precedes&status__exact=draft",
    "unknown word": "?q=unheardof",
    "id": "?q=4711",
    "address": "?q=/learn/subject-00/questions/question-40",
    "slug": "?q=question-77",
    "name of an author": "?q=author 3",
}


@pytest.mark.parametrize("name", LISTS)
def test_list_of_questions_reads_no_whole_table(desk: Client, name: str) -> None:
    query = LISTS[name].format(
        subject=Subject.objects.earliest("pk").pk, author=Author.objects.latest("pk").pk
    )
    plans = plans_of(desk, list_url("question", query))
    assert plans or name == "unknown word"
    assert [found for found in plans if TABLE_SCAN.search(found[1])] == []


@pytest.fixture
def limited_desk(many_questions: None) -> Client:
    """Of somebody who works in half of the subjects."""
    forget_choices()
    return client_of(make_user("grace", "publisher", *Subject.objects.order_by("pk")[:20]))


@pytest.mark.parametrize("name", LISTS)
def test_list_limited_to_twenty_subjects_reads_no_whole_table(
    limited_desk: Client, name: str
) -> None:
    query = LISTS[name].format(
        subject=Subject.objects.earliest("pk").pk, author=Author.objects.latest("pk").pk
    )
    plans = plans_of(limited_desk, list_url("question", query))
    assert plans or name == "unknown word"
    assert [found for found in plans if TABLE_SCAN.search(found[1])] == []


@pytest.mark.parametrize("query", ["", "?p=1000", "?no_index__exact=0", "?copy=no&p=900"])
def test_list_limited_to_twenty_subjects_is_read_in_the_order_of_its_index(
    limited_desk: Client, query: str
) -> None:
    plans = plans_of(limited_desk, list_url("question", query))
    (page,) = [plan for sql, plan in plans if "LIMIT 50" in sql and "COUNT" not in sql]
    assert "using question_recent" in page


@pytest.mark.parametrize(
    "model", ["subject", "author", "tag", "redirect", "revision", "report", "savedview"]
)
def test_other_lists_read_no_whole_table(desk: Client, admin_user: User, model: str) -> None:
    question = Question.objects.earliest("pk")
    Redirect.objects.create(old_path="/learn/a/questions/b", question=question)
    Report.objects.create(question=question, version=1, kind="wrong", text="No.")
    Revision.objects.create(question=question, number=1, content={})
    if model == "savedview":
        desk.post("/admin/learn/question/views/", {"name": "a", "query": "copy=no"})
        url = "/admin/learn/question/views/counts/"
    else:
        url = list_url(model)
    assert [found for found in plans_of(desk, url) if TABLE_SCAN.search(found[1])] == []


@pytest.mark.parametrize(
    "page", ["", "learn/question/add/", "question", "subject", "author", "tag"]
)
def test_forms_read_no_whole_table(desk: Client, page: str) -> None:
    models = {"question": Question, "subject": Subject, "author": Author, "tag": Tag}
    url = (
        change_url(page, models[page].objects.earliest("pk").pk)
        if page in models
        else f"/admin/{page}"
    )
    assert [found for found in plans_of(desk, url) if TABLE_SCAN.search(found[1])] == []


@pytest.mark.parametrize("action", ["edit_many", "move_to_trash", "unpublish"])
def test_acts_on_a_page_read_no_whole_table(desk: Client, action: str) -> None:
    keys = list(Question.objects.order_by("pk").values_list("pk", flat=True)[:50])
    data = {"action": action, "_selected_action": keys}
    plans = plans_of(desk, list_url("question"), data)
    assert [found for found in plans if TABLE_SCAN.search(found[1])] == []


def test_number_of_all_is_what_the_statistics_say(desk: Client) -> None:
    text = desk.get(list_url("question")).content.decode()
    estimate = re.search(r"about ([\d,]+) questions", text)
    assert estimate
    assert abs(int(estimate[1].replace(",", "")) - ROWS) < ROWS / 20

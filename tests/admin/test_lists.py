"""Every list of the desk answers with the same queries, however many rows it shows."""

import re
from collections.abc import Callable

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from taggit.models import Tag as UnusedTag

from learn import mass_edits, publishing
from learn.models import Author, PendingStep, Question, Redirect, Report, TaggedQuestion
from tests.admin.builders import change_url, list_url, make_copy, make_question, make_subject

pytestmark = pytest.mark.django_db


def questions(number: int) -> None:
    for i in range(number):
        make_copy(make_question(f"what-is-osmosis-{i}"))


def subjects(number: int) -> None:
    for i in range(number):
        make_question(subject=make_subject(f"subject-{i}"))


def authors(number: int) -> None:
    for i in range(number):
        Author.objects.create(name=f"Author {i}")


def tags(number: int) -> None:
    keywords = ", ".join(f"keyword {i}" for i in range(number))
    publishing.save_question(make_question(seo_keywords=keywords))


def redirects(number: int) -> None:
    for i in range(number):
        Redirect.objects.create(
            old_path=f"/learn/biology/questions/old-{i}", question=make_question(f"new-{i}")
        )


def revisions(number: int) -> None:
    for i in range(number):
        publishing.record_revision(make_question(f"what-is-osmosis-{i}"), reason="written")


def reports(number: int) -> None:
    for i in range(number):
        Report.objects.create(
            question=make_question(f"what-is-osmosis-{i}"), version=1, kind="wrong", text="No."
        )


def mass_edit_rows(number: int) -> None:
    user = User.objects.get()
    for i in range(number):
        mass_edits.take_action([make_question(f"what-is-osmosis-{i}").pk], "trash", user)


def pending_steps(number: int) -> None:
    for step in PendingStep.Step.values[:number]:
        PendingStep.objects.create(step=step)


# Of every list two queries are the session and the user; then, in order:
LISTS = [
    # saved views, count, page with subjects; the filters' subjects and authors are remembered
    pytest.param("question", questions, 5, id="questions"),
    # count, page with the numbers of questions
    pytest.param("subject", subjects, 4, id="subjects"),
    # count, page with the numbers of questions
    pytest.param("author", authors, 4, id="authors"),
    # count, page, numbers of questions
    pytest.param("tag", tags, 5, id="tags"),
    # count, page with questions and their subjects
    pytest.param("redirect", redirects, 4, id="redirects"),
    # count, page with questions and users
    pytest.param("revision", revisions, 4, id="revisions"),
    # count, page with questions and their subjects
    pytest.param("report", reports, 4, id="reports"),
    # count, page with users
    pytest.param("massedit", mass_edit_rows, 4, id="changes of many"),
    # count, page
    pytest.param("pendingstep", pending_steps, 4, id="pending steps"),
]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("model", "fill", "queries"), LISTS)
def test_list_needs_as_many_queries_for_three_rows_as_for_one(
    admin_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    model: str,
    fill: Callable[[int], None],
    queries: int,
    rows: int,
) -> None:
    fill(rows)
    # Filled before: the cache of content types.
    admin_client.get(list_url(model))
    with django_assert_num_queries(queries):
        response = admin_client.get(list_url(model))
    assert response.status_code == 200
    assert len(response.context["cl"].result_list) >= min(rows, 2)


@pytest.mark.parametrize("query", ["?copy=yes", "?has_math__exact=1", "?status__exact=draft"])
def test_filter_that_fits_nothing_shows_no_question(admin_client: Client, query: str) -> None:
    make_question()
    response = admin_client.get(list_url("question", query))
    assert list(response.context["cl"].result_list) == []


def test_filters_show_what_fits(admin_client: Client) -> None:
    question = make_question(answer="The formula $x$.", no_index=True)
    for query in (
        "?copy=no",
        "?has_math__exact=1",
        "?no_index__exact=1",
        "?status__exact=published",
    ):
        response = admin_client.get(list_url("question", query))
        assert list(response.context["cl"].result_list) == [question]
    response = admin_client.get(list_url("question", f"?subject__id__exact={question.subject_id}"))
    assert list(response.context["cl"].result_list) == [question]


def test_copy_is_marked_with_a_link_to_what_it_repeats(admin_client: Client) -> None:
    question = make_question()
    make_copy(question)
    response = admin_client.get(list_url("question", "?copy=yes"))
    link = f'<a href="{change_url("question", question.pk)}">№ {question.pk}</a>'
    assert link in response.content.decode()


def test_question_changed_last_comes_first(admin_client: Client) -> None:
    older, newer = make_question("older"), make_question("newer")
    publishing.save_question(older)
    response = admin_client.get(list_url("question"))
    assert list(response.context["cl"].result_list) == [older, newer]


def test_long_columns_stay_in_the_database(admin_client: Client) -> None:
    make_question()
    response = admin_client.get(list_url("question"))
    assert response.context["cl"].result_list[0].get_deferred_fields() >= {
        "answer",
        "answer_html",
        "seed_source",
    }


@pytest.mark.parametrize("model", ["author", "question", "redirect", "subject"])
def test_add_page_answers(admin_client: Client, model: str) -> None:
    make_question()
    response = admin_client.get(f"{list_url(model)}add/")
    assert response.status_code == 200
    assert response.context["title"] == f"Add {model}"


@pytest.mark.parametrize("model", ["pendingstep", "report", "revision", "tag"])
def test_what_the_site_writes_cannot_be_added(admin_client: Client, model: str) -> None:
    assert admin_client.get(f"{list_url(model)}add/").status_code == 403


@pytest.mark.parametrize(
    "page", ["", "learn/question/", "learn/question/add/", "learn/tag/", "learn/revision/"]
)
def test_anonymous_visitor_is_sent_to_login(client: Client, page: str) -> None:
    response = client.get(f"/admin/{page}")
    assert response.status_code == 302
    assert response["Location"] == f"/admin/login/?next=/admin/{page}"


def test_index_bears_the_desks_name_and_a_link_to_the_site(admin_client: Client) -> None:
    response = admin_client.get("/admin/")
    assert response.context["title"] == "QuickTakes desk"
    assert '<a href="/">View site</a>' in response.content.decode()


def test_tables_that_nobody_edits_by_hand_are_not_registered() -> None:
    assert not admin.site.is_registered(UnusedTag)
    assert not admin.site.is_registered(TaggedQuestion)
    assert admin.site.is_registered(Question)


@pytest.mark.parametrize("page", ["learn/question/", "learn/question/add/"])
def test_page_holds_nothing_that_a_strict_policy_forbids(admin_client: Client, page: str) -> None:
    html = admin_client.get(f"/admin/{page}").content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []

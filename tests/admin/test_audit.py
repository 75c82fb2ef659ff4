"""The log of acts: all of them, by whom, on what; to look at only."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from learn import publishing
from learn.admin import audit
from learn.models import Question, Redirect, Report
from learn.workflow.transitions import Action
from tests.admin.builders import change_url, make_question, make_subject, send
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

LOG = "/admin/admin/logentry/"


def shown(client: Client, query: str = "") -> list[str]:
    entries = client.get(f"{LOG}{query}").context["cl"].result_list
    return [f"{entry.user}: {entry.object_repr}: {entry.get_change_message()}" for entry in entries]


def test_acts_of_form_and_list_are_shown_newest_first(admin_client: Client) -> None:
    kim = make_user("kim", "author")
    question = make_question(status="draft")
    other = make_question("other", status="draft")
    send(client_of(kim), change_url("question", question.pk), answer="New.")
    publishing.perform(Action.SUBMIT, Question.objects.order_by("pk"), by=kim)
    assert shown(admin_client) == [
        f"kim: {other.title}: Status: in review",
        f"kim: {question.title}: Status: in review",
        f"kim: {question.title}: Changed Answer.",
    ]


@pytest.fixture
def acts(db: None) -> tuple[User, Question]:
    """Each of two people has submitted a question of their own."""
    question = make_question("mine", status="draft")
    kim = make_user("kim", "author")
    publishing.perform(Action.SUBMIT, Question.objects.filter(pk=question.pk), by=kim)
    other = make_question("other", status="draft")
    lee = make_user("lee", "author")
    publishing.perform(Action.SUBMIT, Question.objects.filter(pk=other.pk), by=lee)
    return kim, question


def test_log_is_filtered_by_person_question_and_date(
    admin_client: Client, acts: tuple[User, Question]
) -> None:
    kim, question = acts
    Redirect.objects.create(old_path="/learn/biology/questions/former", question=question)
    expected = ["kim: Mine?: Status: in review"]
    for query in (
        f"?user={kim.pk}",
        "?q=kim",
        f"?q={question.pk}",
        f"?q={question.path}",
        f"?q=https://site.example{question.path}",
        "?q=/learn/biology/questions/former",
    ):
        assert shown(admin_client, query) == expected, query
    assert len(shown(admin_client, "?action_time__gte=2020-01-01T00:00:00Z")) == 2
    assert shown(admin_client, "?action_time__lt=2020-01-01T00:00:00Z") == []
    assert shown(admin_client, "?q=nobody") == []


def test_nothing_can_be_changed(admin_client: Client, acts: tuple[User, Question]) -> None:
    pk = LogEntry.objects.first().pk
    assert admin_client.get(f"{LOG}add/").status_code == 403
    assert admin_client.post(f"{LOG}{pk}/change/", {"change_message": "x"}).status_code == 403
    assert admin_client.post(f"{LOG}{pk}/delete/", {"post": "yes"}).status_code == 403


def test_log_counts_to_a_bound(
    admin_client: Client, acts: tuple[User, Question], monkeypatch
) -> None:
    monkeypatch.setattr(audit, "COUNTED", 1)
    assert admin_client.get(LOG).context["cl"].result_count == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_log_needs_as_many_queries_for_three_acts_as_for_one(
    admin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    kim = make_user("kim", "author")
    for number in range(rows):
        make_question(f"q-{number}", status="draft")
    publishing.perform(Action.SUBMIT, Question.objects.all(), by=kim)
    admin_client.get(LOG)
    # session, user, count, people of the filter, acts
    with django_assert_num_queries(5):
        assert len(shown(admin_client)) == rows


def test_reports_that_are_marked_as_done_are_in_the_log(admin_client: Client) -> None:
    report = Report.objects.create(question=make_question(), version=1, kind="wrong", text="No.")
    data = {"action": "mark_done", "_selected_action": [report.pk]}
    admin_client.post("/admin/learn/report/", data)
    assert shown(admin_client) == [f"ada: {report}: State: done"]


def test_sign_in_is_kept(client: Client) -> None:
    user = make_user("kim", "author", password="a-long-password")
    client.post("/admin/login/", {"username": "kim", "password": "wrong"})
    client.post("/admin/login/", {"username": "kim", "password": "a-long-password"})
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_repr, entry.get_change_message()) == (user, "kim", "Signed in")


def test_log_is_for_publishers_of_every_subject(db: None) -> None:
    assert client_of(make_user("max", "publisher")).get(LOG).status_code == 200
    assert client_of(make_user("lee", "editor")).get(LOG).status_code == 403
    limited = make_user("kim", "publisher", make_subject())
    assert client_of(limited).get(LOG).status_code == 403

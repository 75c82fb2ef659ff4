import pytest
from django.contrib.auth.models import User
from django.test import Client

from learn import feedback, publishing
from learn.models import HelpfulCount, Question, Report
from tests.admin.builders import change_url, list_url, make_question, messages_of, send

pytestmark = pytest.mark.django_db


def make_report(question: Question, **values: str) -> Report:
    given = {"kind": "wrong", "text": "It is 4.", **values}
    return Report.objects.create(question=question, version=question.version, **given)


def test_queue_shows_open_reports_first_with_question_and_version(admin_client: Client) -> None:
    question = make_question()
    done = make_report(question, state="done")
    older, newer = make_report(question), make_report(question)
    publishing.save_question(question)
    response = admin_client.get(list_url("report"))
    assert list(response.context["cl"].result_list) == [newer, older, done]
    html = response.content.decode()
    assert f'<a href="{change_url("question", question.pk)}">{question}</a>' in html
    assert "1 (2)" in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state__exact=open", 1),
        ("?kind__exact=math", 1),
        ("?kind__exact=wrong", 1),
        ("?kind__exact=other", 0),
        ("?q=what-is-osmosis", 2),
        ("?q=/learn/biology/questions/what-is-osmosis", 2),
        ("?q=what-is", 0),
    ],
)
def test_reports_are_found(admin_client: Client, query: str, found: int) -> None:
    question = make_question()
    make_report(question, state="done")
    make_report(question, kind="math")
    assert len(admin_client.get(list_url("report", query)).context["cl"].result_list) == found


def test_chosen_reports_are_marked_as_done(admin_client: Client) -> None:
    question = make_question()
    reports = [make_report(question), make_report(question, state="done")]
    data = {"action": "mark_done", "_selected_action": [report.pk for report in reports]}
    response = admin_client.post(list_url("report"), data, follow=True)
    assert messages_of(response) == ["1 report marked as done."]
    assert set(Report.objects.values_list("state", flat=True)) == {"done"}


def test_report_takes_a_note_and_keeps_what_the_reader_wrote(admin_client: Client) -> None:
    report = make_report(make_question())
    send(
        admin_client,
        change_url("report", report.pk),
        state="done",
        note="Mended.",
        text="Something else",
    )
    report.refresh_from_db()
    assert (report.state, report.note, report.text) == ("done", "Mended.", "It is 4.")


def test_what_a_reader_wrote_is_shown_as_text(admin_client: Client) -> None:
    report = make_report(make_question(), text="<script>alert(1)</script>")
    for url in (list_url("report"), change_url("report", report.pk)):
        assert "<script>alert" not in admin_client.get(url).content.decode()


def test_question_shows_its_votes_and_reports(admin_client: Client) -> None:
    question = make_question()
    make_report(question)
    make_report(question, state="done")
    feedback.vote(question, helpful=True, address="192.0.2.7")
    html = admin_client.get(change_url("question", question.pk)).content.decode()
    assert "1 yes, 0 no" in html
    assert f'{list_url("report")}?question__id__exact={question.pk}">1 open of 2</a>' in html


def test_question_without_votes_shows_zero_and_writes_nothing(admin_client: Client) -> None:
    html = admin_client.get(change_url("question", make_question().pk)).content.decode()
    assert "0 yes, 0 no" in html
    assert not HelpfulCount.objects.exists()


def test_mark_done_needs_the_right_to_change(client: Client) -> None:
    client.force_login(User.objects.create_user("reader", is_staff=True))
    report = make_report(make_question())
    data = {"action": "mark_done", "_selected_action": [report.pk]}
    assert client.post(list_url("report"), data).status_code == 403
    report.refresh_from_db()
    assert report.state == "open"

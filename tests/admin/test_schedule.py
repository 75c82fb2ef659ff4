"""The schedule at the desk."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from learn import schedules
from learn.models import Question, ScheduledUpdate
from tests.admin.builders import (
    change_url,
    errors_of,
    make_question,
    make_subject,
    messages_of,
    moment,
    send,
)
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

SCHEDULE = "/admin/learn/question/schedule/"
LATER = {"apply_at_0": "2040-05-01", "apply_at_1": "12:00:00"}


def pending() -> ScheduledUpdate:
    return ScheduledUpdate.objects.pending().get()


def test_change_of_a_live_page_waits_until_its_moment(admin_client: Client, client: Client) -> None:
    question = make_question()
    url = change_url("question", question.pk)
    response = send(admin_client, url, answer="The new answer.", reason="Better", **LATER)
    assert response.status_code == 302, errors_of(response)
    assert "The new answer." not in client.get(str(question.path)).content.decode()
    question.refresh_from_db()
    assert question.version == 1
    assert pending().content == {"answer": "The new answer."}
    assert messages_of(admin_client.get(response["Location"])) == [
        "The change is scheduled for 2040-05-01 12:00 UTC. Until then readers see the text as it "
        "was."
    ]
    message = LogEntry.objects.get().get_change_message()
    assert message == "Update scheduled for 2040-05-01 12:00 UTC"

    ScheduledUpdate.objects.update(apply_at=timezone.now())
    assert "Late" in admin_client.get(SCHEDULE).content.decode()
    call_command("applyschedule", verbosity=0)
    call_command("applyschedule", verbosity=0)
    assert "The new answer." in client.get(str(question.path)).content.decode()
    assert Question.objects.get().version == 2
    assert "Late" not in admin_client.get(SCHEDULE).content.decode()


def test_edit_after_scheduling_asks_whether_the_scheduled_text_is_to_change(
    admin_client: Client,
) -> None:
    question = make_question()
    url = change_url("question", question.pk)
    send(admin_client, url, answer="Scheduled.", **LATER)
    assert (
        "A change is scheduled for 2040-05-01 12:00 UTC" in admin_client.get(url).content.decode()
    )
    errors = errors_of(send(admin_client, url, answer="Now.", title="Now?"))
    assert errors == {
        "also_scheduled": [
            "A change of this question waits for 2040-05-01 12:00 UTC. Say whether what you change "
            "now is to be in that text as well."
        ]
    }
    assert send(admin_client, url, answer="Now.", also_scheduled="no").status_code == 302
    assert pending().content == {"answer": "Scheduled."}
    assert send(admin_client, url, answer="Now 2.", also_scheduled="yes").status_code == 302
    assert pending().content == {"answer": "Now 2."}
    question.refresh_from_db()
    assert question.answer == "Now 2."


def test_save_that_changes_no_text_asks_nothing(admin_client: Client) -> None:
    question = make_question()
    url = change_url("question", question.pk)
    send(admin_client, url, answer="Scheduled.", **LATER)
    assert send(admin_client, url, status="unpublished").status_code == 302


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (
            {"answer": "New.", "apply_at_0": "2020-01-01", "apply_at_1": "12:00:00"},
            "Choose a moment to come, or leave this empty.",
        ),
        (
            {"answer": "New.", "status": "unpublished", **LATER},
            "Only the text can wait. Save the status and its moments first, then schedule the "
            "change of the text.",
        ),
    ],
)
def test_moment_that_cannot_be_is_refused(
    admin_client: Client, changes: dict[str, str], error: str
) -> None:
    question = make_question()
    response = send(admin_client, change_url("question", question.pk), **changes)
    assert errors_of(response) == {"apply_at": [error]}
    assert not ScheduledUpdate.objects.exists()


def test_moment_without_a_change_schedules_nothing_and_says_so(admin_client: Client) -> None:
    question = make_question()
    response = send(admin_client, change_url("question", question.pk), **LATER)
    assert messages_of(admin_client.get(response["Location"])) == [
        "Nothing was changed, so nothing was scheduled."
    ]
    assert not ScheduledUpdate.objects.exists()


def test_new_moment_moves_what_waits(admin_client: Client) -> None:
    question = make_question()
    url = change_url("question", question.pk)
    send(admin_client, url, answer="Scheduled.", **LATER)
    send(admin_client, url, **LATER | {"apply_at_0": "2041-05-01"})
    assert pending().apply_at == datetime.datetime(2041, 5, 1, 12, tzinfo=datetime.UTC)
    assert pending().content == {"answer": "Scheduled."}


def test_draft_has_no_moment_for_a_change(admin_client: Client) -> None:
    question = make_question(status="draft")
    page = admin_client.get(change_url("question", question.pk)).content.decode()
    assert 'name="apply_at_0"' not in page


def test_moment_is_not_for_an_editor(db: None) -> None:
    client = client_of(make_user("kim", "editor"))
    url = change_url("question", make_question().pk)
    assert 'name="apply_at_0"' not in client.get(url).content.decode()
    errors = errors_of(send(client, url, answer="New.", **LATER))
    assert errors == {"apply_at": ["You may not schedule changes."]}


def test_schedule_lists_what_is_to_come_by_day_with_the_time_zone(
    admin_client: Client, settings
) -> None:
    settings.TIME_ZONE = "Europe/Vienna"
    at = datetime.datetime(2040, 5, 1, 22, 30, tzinfo=datetime.UTC)
    make_question("appears", status="scheduled", publish_at=at)
    make_question("goes", unpublish_at=at)
    schedules.schedule_update(make_question("changes"), {"answer": "New."}, apply_at=at)
    make_question("published")
    with timezone.override("Europe/Vienna"):
        response = admin_client.get(SCHEDULE)
    ((day, entries),) = response.context["days"]
    assert day == datetime.date(2040, 5, 2)
    assert [(entry.kind, entry.question.slug) for entry in entries] == [
        ("publish", "appears"),
        ("unpublish", "goes"),
        ("update", "changes"),
    ]
    assert "00:30 CEST" in response.content.decode()


def test_page_of_an_update_shows_what_changes_and_cancels_it(admin_client: Client) -> None:
    question = make_question()
    update = schedules.schedule_update(question, {"title": "<b>Then</b>"}, apply_at=moment(days=1))
    page = admin_client.get(f"{SCHEDULE}{update.pk}/").content.decode()
    assert "What is osmosis?" in page
    assert "&lt;b&gt;Then&lt;/b&gt;" in page
    response = admin_client.post(f"{SCHEDULE}{update.pk}/cancel/")
    assert response["Location"] == SCHEDULE
    assert not ScheduledUpdate.objects.pending().exists()
    response = admin_client.post(f"{SCHEDULE}{update.pk}/cancel/", follow=True)
    assert messages_of(response)[-1] == ("Too late: the update was applied or cancelled already.")


def test_update_of_another_subject_is_refused(db: None) -> None:
    question = make_question("mass", subject=make_subject("physics"))
    update = schedules.schedule_update(question, {"title": "New?"}, apply_at=moment(days=1))
    client = client_of(make_user("kim", "publisher", make_subject("biology")))
    assert client.get(f"{SCHEDULE}{update.pk}/").status_code == 403
    assert client.post(f"{SCHEDULE}{update.pk}/cancel/").status_code == 403
    assert "Mass?" not in client.get(SCHEDULE).content.decode()


def test_editor_can_look_at_an_update_but_not_cancel_it(db: None) -> None:
    update = schedules.schedule_update(make_question(), {"title": "New?"}, apply_at=moment(days=1))
    client = client_of(make_user("kim", "editor"))
    page = client.get(f"{SCHEDULE}{update.pk}/").content.decode()
    assert "Cancel this update" not in page
    assert client.post(f"{SCHEDULE}{update.pk}/cancel/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_schedule_needs_as_many_queries_for_three_rows_as_for_one(
    admin_client: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        question = make_question(f"q-{number}", unpublish_at=moment(days=2))
        schedules.schedule_update(question, {"answer": "New."}, apply_at=moment(days=1))
        make_question(f"p-{number}", status="scheduled", publish_at=moment(days=1))
    admin_client.get(SCHEDULE)
    # session, user, updates, what appears, what goes
    with django_assert_num_queries(5):
        admin_client.get(SCHEDULE)

"""The schedule in Chromium."""

import datetime

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, expect

from learn import schedules
from learn.models import ScheduledUpdate
from tests.admin.builders import change_url, make_question, moment
from tests.admin.desk_browser import OpenDesk
from tests.admin.people import make_user

pytestmark = pytest.mark.browser

SCHEDULE = "/admin/learn/question/schedule/"


def test_change_of_a_live_page_is_scheduled_seen_as_late_and_cancelled(
    open_desk: OpenDesk,
) -> None:
    question = make_question()
    page = open_desk(make_user("max", "publisher"))
    page.goto(change_url("question", question.pk))
    page.locator("#id_answer").fill("The new answer.")
    page.locator("#id_apply_at_0").fill("2040-05-01")
    page.locator("#id_apply_at_1").fill("12:00:00")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The change is scheduled for 2040-05-01 12:00 UTC.")).to_be_visible()
    page.get_by_role("navigation", name="Queues").get_by_role("link", name="Schedule").click()
    expect(page.get_by_role("heading", name="Tuesday, 1 May 2040")).to_be_visible()
    ScheduledUpdate.objects.update(apply_at=moment(days=-1))
    page.reload()
    expect(page.get_by_role("heading", name="Late")).to_be_visible()
    page.get_by_role("link", name="Update").click()
    expect(page.get_by_role("row", name="answer")).to_contain_text("The new answer.")
    page.get_by_role("button", name="Cancel this update").click()
    expect(page.get_by_text("Nothing is scheduled.")).to_be_visible()


def test_reader_sees_the_old_text_until_the_run_and_then_the_new_one(
    open_desk: OpenDesk, browser: Browser, live_server
) -> None:
    question = make_question()
    reader = browser.new_page(base_url=live_server.url)
    desk = open_desk(make_user("max", "publisher"))
    schedules.schedule_update(question, {"answer": "The new answer."}, apply_at=moment(days=1))
    reader.goto(str(question.path))
    expect(reader.locator("#answer")).to_contain_text("In two parts.")
    ScheduledUpdate.objects.update(apply_at=moment(days=-1))
    desk.goto("/admin/")
    expect(desk.get_by_role("link", name="1 Late updates")).to_be_visible()
    for _ in range(2):
        call_command("applyschedule", verbosity=0)
    reader.reload()
    expect(reader.locator("#answer")).to_contain_text("The new answer.")
    desk.reload()
    expect(desk.get_by_role("link", name="0 Late updates")).to_be_visible()
    assert question.revisions.count() == 2
    reader.context.close()


def test_change_scheduled_in_the_form_waits_for_its_moment_and_later_edits_are_asked_about(
    open_desk: OpenDesk, browser: Browser, live_server
) -> None:
    """By the clock: nothing but the moment's passing changes between the two runs."""
    question = make_question()
    reader = browser.new_page(base_url=live_server.url)
    desk = open_desk(make_user("max", "publisher"))
    desk.goto(change_url("question", question.pk))
    desk.locator("#id_answer").fill("The new answer.")
    moment_ = timezone.localtime() + datetime.timedelta(seconds=8)
    desk.locator("#id_apply_at_0").fill(f"{moment_:%Y-%m-%d}")
    desk.locator("#id_apply_at_1").fill(f"{moment_:%H:%M:%S}")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("The change is scheduled for")).to_be_visible()
    call_command("applyschedule", verbosity=0)
    reader.goto(str(question.path))
    expect(reader.locator("#answer")).to_contain_text("In two parts.")

    desk.goto(change_url("question", question.pk))
    desk.locator("#id_seo_title").fill("Another")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(
        desk.get_by_text("Say whether what you change now is to be in that text").first
    ).to_be_visible()
    # By keyboard: what scripts add to a page that has just come may move it from under a click.
    desk.get_by_label("No: the scheduled text stays").press("Space")
    expect(desk.get_by_label("No: the scheduled text stays")).to_be_checked()
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("was changed")

    due = ScheduledUpdate.objects.get().apply_at
    desk.wait_for_timeout(max(0, (due - timezone.now()).total_seconds() + 0.2) * 1000)
    desk.goto("/admin/")
    expect(desk.get_by_role("link", name="1 Late updates")).to_be_visible()
    for _ in range(2):
        call_command("applyschedule", verbosity=0)
    reader.reload()
    expect(reader.locator("#answer")).to_contain_text("The new answer.")
    question.refresh_from_db()
    assert question.version == 3
    reader.context.close()

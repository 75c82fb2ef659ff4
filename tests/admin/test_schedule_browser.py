"""The schedule in Chromium."""

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, expect

from learn import schedules
from learn.models import ScheduledUpdate
from tests.admin.builders import change_url, make_question, moment
from tests.admin.desk_browser import OpenDesk, assert_accessible
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_schedule_is_accessible_and_nothing_sticks_out(
    open_desk: OpenDesk, scheme: str, width: int
) -> None:
    make_question("appears", status="scheduled", publish_at=moment(days=1))
    late = schedules.schedule_update(
        make_question(), {"answer": "New.\n" * 50}, apply_at=moment(days=-1)
    )
    ScheduledUpdate.objects.update(error="It is in the trash.")
    viewport = {"width": width, "height": 800}
    page = open_desk(make_user("max", "publisher"), color_scheme=scheme, viewport=viewport)
    for address in (SCHEDULE, f"{SCHEDULE}{late.pk}/"):
        page.goto(address)
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

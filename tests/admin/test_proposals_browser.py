"""Proposing a change of a live page in Chromium: two people, and a reader.

“Compare with live” from the review in one click.
"""

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, expect

from tests.admin.builders import change_url, make_question
from tests.admin.desk_browser import OpenDesk
from tests.admin.people import make_user

pytestmark = pytest.mark.browser


def test_change_goes_from_the_author_by_the_reviewer_to_the_reader(
    open_desk: OpenDesk, browser: Browser, live_server
) -> None:
    cache.clear()
    question = make_question(answer="One.\n\nTwo.")
    author = open_desk(make_user("kim", "author"))
    author.goto(change_url("question", question.pk))
    author.get_by_role("link", name="Propose a change for review").click()
    author.get_by_label("Answer").fill("One.\n\nThree.")
    author.get_by_label("What you changed and why").fill("It was wrong")
    author.get_by_role("button", name="Hand in for review").click()
    expect(author.get_by_text("is in review. Readers see the page as it was")).to_be_visible()

    editor = open_desk(make_user("lee", "editor"))
    editor.goto("/admin/")
    editor.get_by_role("link", name="Review 1").click()
    editor.get_by_role("button", name="Review the next one").click()
    expect(editor.get_by_role("article")).to_contain_text("Three.")
    editor.get_by_role("link", name="Compare with the live text").click()
    expect(editor.locator("del")).to_have_text("Two")
    expect(editor.locator("ins")).to_have_text("Three")
    editor.go_back()
    reader = browser.new_page(base_url=live_server.url)
    reader.goto(str(question.path))
    expect(reader.locator("#answer")).to_contain_text("Two.")
    editor.keyboard.press("a")
    expect(editor.get_by_text("was approved.")).to_be_visible()
    reader.reload()
    expect(reader.locator("#answer")).to_contain_text("Three.")
    reader.context.close()

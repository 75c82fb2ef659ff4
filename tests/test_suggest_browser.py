"""Suggestions as you type, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_question

pytestmark = pytest.mark.browser


@pytest.fixture
def field(browser, transactional_db, live_server):
    """The home page's search field, with two suggestions for "glaciers" shown."""
    make_question(title="How do glaciers move?", slug="how-do-glaciers-move")
    make_question(title="How do glaciers melt slowly?", slug="how-do-glaciers-melt-slowly")
    page = browser.new_page()
    page.goto(live_server.url)
    field = page.locator("input[type=search]")
    field.focus()
    expect(field).to_have_attribute("role", "combobox")
    field.press_sequentially("glaciers")
    expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(2)
    yield field
    page.close()


def test_arrows_choose_and_enter_opens_the_question(field):
    page = field.page
    assert field.get_attribute("aria-expanded") == "true"
    expect(page.get_by_role("status")).to_contain_text("2")
    field.press("ArrowDown")
    chosen = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(chosen).to_contain_text("How do glaciers move?")
    field.press("Enter")
    page.wait_for_url("**/questions/how-do-glaciers-move")


def test_escape_closes_the_list_and_keeps_the_text(field):
    field.press("ArrowUp")
    field.press("Escape")
    expect(field.page.get_by_role("listbox").get_by_role("option")).to_have_count(0)
    assert field.get_attribute("aria-expanded") == "false"
    assert field.get_attribute("aria-activedescendant") is None
    assert field.input_value() == "glaciers"


def test_click_opens_the_question(field):
    field.page.get_by_role("listbox").get_by_role("option").last.click()
    field.page.wait_for_url("**/questions/how-do-glaciers-melt-slowly")


def test_enter_without_a_choice_searches(field):
    field.press("Enter")
    field.page.wait_for_url("**/search?q=glaciers")
    expect(field.page.locator("#results li")).to_have_count(2)

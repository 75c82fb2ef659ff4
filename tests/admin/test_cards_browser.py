"""The desk's first page in Chromium: for everybody, by keyboard alone."""

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from learn.models import EmptySearch
from tests.admin.desk_browser import OpenDesk
from tests.admin.people import make_user
from tests.admin.test_cards import DESK, KEYS, seed

pytestmark = pytest.mark.browser


@pytest.fixture
def max_(transactional_db: None):
    cache.clear()
    user = make_user("max", "publisher")
    seed(user, make_user("lee", "editor"))
    return user


def test_card_is_opened_and_a_row_struck_off_by_keyboard(open_desk: OpenDesk, max_) -> None:
    page = open_desk(max_)
    page.goto("/admin/")
    card = page.get_by_role("link", name="Searches without result", exact=False).first
    for _ in range(60):
        page.keyboard.press("Tab")
        if card.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Searches without result")).to_be_visible()
    button = page.get_by_role("button", name="Strike off searches")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing here.")).to_be_visible()
    assert not EmptySearch.objects.exists()


def test_each_card_shows_one_and_leads_by_keyboard_to_a_list_of_just_that(
    open_desk: OpenDesk, max_
) -> None:
    page = open_desk(max_)
    for key in KEYS:
        page.goto("/admin/")
        card = page.locator(f'a[href="{DESK}{key}/"]').first
        expect(card).to_contain_text("1")
        for _ in range(90):
            page.keyboard.press("Tab")
            if card.evaluate("element => element === document.activeElement"):
                break
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{DESK}{key}/")
        row = page.locator("#content tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(re.compile(key, re.IGNORECASE))

"""The list of questions in a real browser: two people, views, the colours of both schemes.

The check: a view that one saves and shares shows the other the same rows. That a search for a word
takes six queries, and page 300 no longer than page 1, is in test_question_list.py.
"""

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Page, expect

from learn import publishing
from tests.admin.builders import make_question, make_subject
from tests.admin.desk import page_of

pytestmark = pytest.mark.browser


@pytest.fixture
def people(transactional_db):
    permissions = Permission.objects.filter(
        codename__in=["view_question", "change_question", "view_subject"]
    )
    people = [User.objects.create_user(name, is_staff=True) for name in ("ada", "grace")]
    for person in people:
        person.user_permissions.set(permissions)
    return people


@pytest.fixture
def pages(browser, live_server, people):
    pages = [page_of(browser, live_server.url, person) for person in people]
    yield pages
    for page in pages:
        page.context.close()
    assert [page.complaints for page in pages] == [[], []]


@pytest.fixture
def questions(people):
    physics = make_subject("physics")
    for number in range(6):
        make_question(f"vacuole-{number}", answer="Water fills the **vacuole** of a cell.")
        make_question(f"force-{number}", subject=physics, status="draft")


def titles(page: Page) -> list[str]:
    return page.locator("#result_list tbody th").all_inner_texts()


def test_shared_view_shows_the_other_person_the_same_rows(pages, questions):
    ada, grace = pages
    ada.goto("/admin/learn/question/")
    ada.get_by_role("searchbox", name="Search").fill("vacuoles")
    ada.get_by_role("button", name="Search", exact=True).click()
    expect(ada.locator("#result_list tbody tr")).to_have_count(6)
    seen = titles(ada)
    ada.get_by_text("Save this view").click()
    ada.get_by_label("Name").fill("Vacuoles")
    ada.get_by_label("Share with everybody").check()
    ada.get_by_role("button", name="Save").click()
    expect(ada.locator(".messagelist")).to_contain_text("The view “Vacuoles” is saved.")
    assert titles(ada) == seen

    grace.goto("/admin/learn/question/")
    view = grace.get_by_role("link", name="Vacuoles")
    expect(view.locator(".badge")).to_have_text("6")
    view.click()
    expect(view).to_have_attribute("aria-current", "page")
    assert titles(grace) == seen
    expect(grace.get_by_role("button", name="Delete the view")).to_have_count(0)

    ada.get_by_role("button", name="Delete the view “Vacuoles”").click()
    expect(ada.locator(".messagelist")).to_contain_text("is deleted")
    grace.reload()
    expect(grace.get_by_role("link", name="Vacuoles")).to_have_count(0)


def test_tags_are_merged_by_keyboard(browser, live_server, transactional_db):
    for number in range(6):
        publishing.save_question(make_question(f"q-{number}", seo_keywords="cell, cells"))
    page = page_of(browser, live_server.url, User.objects.create_superuser("ada"))
    page.goto("/admin/learn/tag/")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("merge")
    page.get_by_role("button", name="Go", exact=True).press("Enter")
    page.get_by_role("radio", name="cells").check()
    page.get_by_role("button", name="Merge").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("1 tag stands for “cells” now.")
    response = page.request.get("/topics/cell")
    assert response.url.endswith("/topics/cells")
    page.context.close()
    assert page.complaints == []

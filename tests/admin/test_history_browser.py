"""From change to change by the keyboard, and restoring, in a real browser.

The check: one word changed in 3,000 is exactly one pair of del and ins; only the body is restored,
the title stays; restoring makes a new row, and put into the form it leaves the live text until it
is saved; n and p jump between changes. (From the review: test_proposals_browser.)
"""

import re

import pytest
from playwright.sync_api import Page, expect

from learn import publishing
from learn.models import Question
from tests.admin.builders import change_url, make_question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def question(transactional_db: None) -> Question:
    """Changed in three places, far apart."""
    words = ["water"] * 3000
    question = make_question(answer=" ".join(words))
    for place in (10, 1500, 2990):
        words[place] = "ice"
    question.answer = " ".join(words)
    publishing.save_question(question)
    return question


def comparison(question: Question) -> str:
    return f"/admin/learn/question/{question.pk}/compare/?old=1&new=live"


def position(page: Page) -> str:
    return page.get_by_role("status").inner_text().strip()


def test_n_and_p_go_from_change_to_change_and_round(editor, question):
    page = editor().open(comparison(question))
    assert position(page) == "3 changes"
    current = page.locator(".desk-current")
    for key, expected in (("n", 1), ("n", 2), ("n", 3), ("n", 1), ("p", 3)):
        page.keyboard.press(key)
        assert position(page) == f"Change {expected} of 3"
        # One word on each side, and in sight.
        expect(current).to_have_count(2)
        expect(current.first).to_be_in_viewport()
    page.get_by_role("button", name="Previous change").click()
    assert position(page) == "Change 2 of 3"


def test_one_word_of_three_thousand_is_one_pair(editor, question):
    question.answer = question.answer.replace("ice", "snow", 1)
    publishing.save_question(question)
    page = editor().open(f"/admin/learn/question/{question.pk}/compare/?old=2&new=live")
    expect(page.locator("del")).to_have_text(["ice"])
    expect(page.locator("ins")).to_have_text(["snow"])


def test_restored_field_is_live_and_nothing_else_is(editor, question):
    Question.objects.update(seo_title="Newer")
    page = editor().open(comparison(question))
    page.get_by_role("button", name="Restore “Answer” from version 1").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    question.refresh_from_db()
    assert "ice" not in question.answer
    assert (question.seo_title, question.version) == ("Newer", 3)


def test_typed_text_is_compared_with_live_in_one_click(editor, question):
    page = editor().open(change_url("question", question.pk))
    page.locator("#id_seo_title").fill("A new page title")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Compare what I typed with live").click()
    other = opened.value
    expect(other.locator("ins")).to_have_text("A new page title")
    expect(other.locator("del")).to_have_count(0)
    question.refresh_from_db()
    assert question.seo_title == ""


def test_unsaved_text_is_compared_with_live_from_the_banner(editor, question):
    ada = editor()
    page = ada.open(change_url("question", question.pk))
    page.locator("#id_seo_title").fill("Unsaved")
    page.close()
    page = ada.open(change_url("question", question.pk))
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Compare with the live text").click()
    expect(opened.value.locator("ins")).to_have_text("Unsaved")


def test_versions_lead_to_the_comparison_of_any_two(editor, question):
    page = editor().open(change_url("question", question.pk))
    page.get_by_role("link", name="Versions: compare and restore").click()
    page.get_by_label("from version 2").check()
    page.get_by_label("to version 1").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("ins")).to_have_text(["water"] * 3)


def test_version_that_is_put_into_the_form_becomes_live_when_it_is_saved(editor, question):
    page = editor().open(comparison(question))
    page.get_by_label("Only put into the form").check()
    page.get_by_role("button", name="Restore “Answer” from version 1").click()
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.locator("#id_answer")).not_to_have_value(re.compile("ice"))
    question.refresh_from_db()
    assert "ice" in question.answer
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    question.refresh_from_db()
    assert "ice" not in question.answer

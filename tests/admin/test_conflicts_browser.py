"""Two people, or two tabs of one, save the same question: in a real browser.

The check: A and B open a question, A saves the title, B changes the body and saves: status 409 with
the text of both; after “Keep both” A's title and B's body are in the database. Two tabs of one
person too.
"""

import pytest
from playwright.sync_api import Page, expect

from learn.models import Question, Revision
from tests.admin.builders import change_url, make_question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def question(transactional_db: None) -> Question:
    return make_question(answer="First.\n\nSecond.\n\nThird.")


@pytest.fixture
def address(question: Question) -> str:
    return change_url("question", question.pk)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def expect_saved(page: Page) -> None:
    expect(page.locator(".messagelist")).to_contain_text("was changed")


@pytest.mark.parametrize("second", ["ben", "ada"], ids=["two people", "two tabs of one"])
def test_keep_both_joins_what_the_two_changed(editor, question, address, second):
    ada = editor("ada")
    mine = ada.open(address)
    theirs = (ada if second == "ada" else editor(second)).open(address)
    theirs.locator("#id_title").fill("Their title")
    save(theirs)
    expect_saved(theirs)

    mine.locator("#id_answer").fill("My answer.")
    with mine.expect_response(mine.url) as sent:
        save(mine)
    assert sent.value.status == 409
    expect(mine.locator("form.desk-conflict")).to_contain_text("Their title")
    expect(mine.locator("form.desk-conflict")).to_contain_text("My answer.")
    question.refresh_from_db()
    assert (question.title, question.version) == ("Their title", 2)
    mine.get_by_role("button", name="Keep both").click()
    expect_saved(mine)
    question.refresh_from_db()
    assert (question.title, question.answer) == ("Their title", "My answer.")
    # Neither tab has anything unsaved left.
    page = ada.open(address)
    expect(page.locator("#id_answer")).to_have_value("My answer.")
    page.wait_for_timeout(300)
    expect(page.locator(".desk-banner")).to_have_count(0)


def test_paragraph_that_both_changed_is_settled_by_hand(editor, question, address):
    mine, theirs = editor("ada").open(address), editor("ben").open(address)
    theirs.locator("#id_answer").fill("First.\n\nTheir second.\n\nThird.")
    save(theirs)
    expect_saved(theirs)
    mine.locator("#id_answer").fill("First.\n\nMy second.\n\nThird.")
    save(mine)
    joined = mine.get_by_label("Answer, both versions joined")
    assert "<<<<<<< ben, now\nTheir second.\n=======\nMy second.\n>>>>>>> yours" in (
        joined.input_value()
    )
    # Nothing is chosen yet, so nothing can be saved.
    mine.get_by_role("button", name="Save what is chosen").click()
    expect(joined).to_be_visible()
    assert Question.objects.get().version == 2
    joined.fill("First.\n\nOur second.\n\nThird.")
    expect(mine.get_by_label("Keep both")).to_be_checked()
    mine.get_by_role("button", name="Save what is chosen").click()
    expect_saved(mine)
    question.refresh_from_db()
    assert question.answer == "First.\n\nOur second.\n\nThird."


def test_closing_the_page_of_the_conflict_loses_nothing(editor, question, address):
    ada = editor("ada")
    mine, theirs = ada.open(address), editor("ben").open(address)
    theirs.locator("#id_title").fill("Their title")
    save(theirs)
    expect_saved(theirs)
    mine.locator("#id_answer").fill("My answer.")
    save(mine)
    expect(mine.locator("form.desk-conflict")).to_be_visible()
    mine.close()

    page = ada.open(address)
    expect(page.locator(".desk-banner")).to_contain_text("has saved version 2")
    page.get_by_role("button", name="Restore").click()
    save(page)
    page.get_by_role("button", name="Keep both").click()
    expect_saved(page)
    question.refresh_from_db()
    assert (question.title, question.answer) == ("Their title", "My answer.")


def test_own_text_can_be_copied(editor, question, address):
    ada = editor("ada", permissions=["clipboard-read", "clipboard-write"])
    mine, theirs = ada.open(address), editor("ben").open(address)
    theirs.locator("#id_answer").fill("Theirs.")
    save(theirs)
    expect_saved(theirs)
    mine.locator("#id_answer").fill("Mine.")
    save(mine)
    button = mine.get_by_role("button", name="Copy mine")
    button.click()
    expect(mine.get_by_role("button", name="Copied")).to_be_visible()
    assert mine.evaluate("navigator.clipboard.readText()") == "Mine."
    assert Revision.objects.count() == 2

"""No act loses text: where the text is after each, in a real browser.

The check: 30 bursts of typing, the page killed without beforeunload and opened again: the banner
“Unsaved text of 10:32”, restored to the last letter; no new row of history; typed offline,
reloaded, restored; the live page unchanged throughout; scroll and caret unchanged after a save.
"""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from learn.models import Author, Draft, Question, Revision
from tests.admin.builders import add_url, change_url, make_question, make_related, make_subject

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVED = re.compile(r"^Draft saved at \d\d:\d\d\.$")


def answer_of(page: Page) -> Locator:
    return page.locator("#id_answer")


def type_into(page: Page, text: str) -> None:
    """At the end of the answer."""
    answer_of(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def state_of(page: Page) -> Locator:
    return page.locator("[data-draft-state]")


def banner_of(page: Page) -> Locator:
    return page.locator(".desk-banner")


def problem_of(page: Page) -> Locator:
    return page.locator("[data-draft-problem]")


def restore(page: Page) -> None:
    page.get_by_role("button", name="Restore").click()


@pytest.fixture
def question(transactional_db: None) -> Question:
    return make_question(answer="First.\n\nSecond.")


@pytest.fixture
def address(question: Question) -> str:
    return change_url("question", question.pk)


# --- autosave


def test_typing_is_kept_at_once_and_saved_as_one_draft_without_any_history(
    editor, question, address
):
    page = editor().open(address)
    for number in range(30):
        type_into(page, f"{number} ")
    expect(state_of(page)).to_have_text(SAVED)
    draft = Draft.objects.get()
    assert draft.values["answer"] == answer_of(page).input_value()
    assert (draft.base_version, draft.question) == (1, question)
    question.refresh_from_db()
    assert question.answer == "First.\n\nSecond."
    assert not Revision.objects.exists()


def test_autosave_leaves_caret_focus_and_scroll_alone(editor, question, address):
    Question.objects.update(answer="A line.\n" * 200)
    page = editor().open(address)
    answer_of(page).evaluate(
        "area => { area.focus(); area.setSelectionRange(800, 804); area.scrollTop = 500;"
        " scrollTo(0, 120) }"
    )
    page.keyboard.type("x")
    place = """() => { const area = document.activeElement;
        return [area.id, area.selectionStart, area.selectionEnd, area.scrollTop, scrollY] }"""
    before = page.evaluate(place)
    expect(state_of(page)).to_have_text(SAVED)
    assert page.evaluate(place) == before


def test_one_request_is_in_flight_at_a_time(editor, address):
    page = editor().open(address)
    running, most = 0, 0

    def begin(request):
        nonlocal running, most
        if request.url.endswith("/drafts/"):
            running += 1
            most = max(most, running)

    def end(request):
        nonlocal running
        running -= request.url.endswith("/drafts/")

    page.on("request", begin)
    page.on("requestfinished", end)
    type_into(page, "one")
    page.wait_for_timeout(1900)
    type_into(page, "two")
    expect(state_of(page)).to_have_text(SAVED)
    assert most == 1
    assert Draft.objects.get().values["answer"] == answer_of(page).input_value()


def test_save_and_continue_keeps_caret_and_scroll(editor, address):
    Question.objects.update(answer="A line.\n" * 200)
    page = editor().open(address)
    answer_of(page).evaluate(
        "area => { area.focus(); area.setSelectionRange(800, 800); area.scrollTop = 500;"
        " scrollTo(0, 90) }"
    )
    page.keyboard.type("x")
    place = """() => { const area = document.querySelector("#id_answer");
        return [area.selectionStart, area.scrollTop,
          Math.round(area.getBoundingClientRect().top)] }"""
    before = page.evaluate(place)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    expect(answer_of(page)).to_be_focused()
    assert page.evaluate(place) == before


# --- what happens to the text


def test_killed_page_offers_the_text_to_the_last_letter(editor, question, address):
    ada = editor()
    page = ada.open(address)
    type_into(page, "The last letter is z")
    page.close(run_before_unload=False)

    page = ada.open(address)
    expect(banner_of(page)).to_contain_text(re.compile(r"Unsaved text of \d\d:\d\d"))
    assert answer_of(page).input_value() == "First.\n\nSecond."
    restore(page)
    assert answer_of(page).input_value().endswith("The last letter is z")
    expect(banner_of(page)).to_have_count(0)
    expect(state_of(page)).to_have_text(SAVED)
    question.refresh_from_db()
    assert question.answer == "First.\n\nSecond."
    assert not Revision.objects.exists()


def test_thirty_bursts_survive_a_killed_page_and_readers_see_nothing(editor, question, address):
    ada = editor()

    def live() -> str:
        return ada.context.request.get(ada.url + str(question.path)).text()

    before = live()
    page = ada.open(address)
    for number in range(30):
        type_into(page, f" burst {number}")
        page.wait_for_timeout(20)
    page.close(run_before_unload=False)
    assert live() == before
    page = ada.open(address)
    expect(banner_of(page)).to_contain_text(re.compile(r"Unsaved text of \d\d:\d\d"))
    restore(page)
    assert answer_of(page).input_value().endswith("burst 28 burst 29")
    expect(state_of(page)).to_have_text(SAVED)
    assert live() == before
    assert not Revision.objects.exists()
    assert not LogEntry.objects.exists()


def test_lost_network_keeps_the_text_in_the_browser_and_saves_it_when_it_is_back(editor, address):
    ada = editor()
    page = ada.open(address)
    ada.context.set_offline(True)
    type_into(page, "typed offline")
    expect(problem_of(page)).to_contain_text("No connection.")
    assert not Draft.objects.exists()
    page.close()
    ada.context.set_offline(False)

    page = ada.open(address)
    restore(page)
    assert answer_of(page).input_value().endswith("typed offline")
    expect(state_of(page)).to_have_text(SAVED)
    assert Draft.objects.get().values["answer"].endswith("typed offline")


def test_page_that_is_reloaded_after_typing_offline_offers_the_text(editor, address):
    ada = editor()
    page = ada.open(address)
    ada.context.set_offline(True)
    type_into(page, "typed offline")
    expect(problem_of(page)).to_contain_text("No connection.")
    ada.context.set_offline(False)
    page.reload()
    expect(answer_of(page)).to_have_value("First.\n\nSecond.")
    restore(page)
    expect(answer_of(page)).to_have_value("First.\n\nSecond.typed offline")


def test_connection_that_comes_back_saves_the_draft_by_itself(editor, address):
    ada = editor()
    page = ada.open(address)
    ada.context.set_offline(True)
    type_into(page, "typed offline")
    expect(problem_of(page)).to_be_visible()
    ada.context.set_offline(False)
    expect(state_of(page)).to_have_text(SAVED)
    expect(problem_of(page)).to_be_hidden()


def test_server_that_is_down_for_a_while_loses_nothing(editor, address):
    page = editor().open(address)
    page.route("**/drafts/", lambda route: route.abort("connectionrefused"))
    type_into(page, "while it restarts")
    expect(problem_of(page)).to_contain_text("No connection.")
    page.unroute("**/drafts/")
    expect(state_of(page)).to_have_text(SAVED, timeout=15_000)
    assert Draft.objects.get().values["answer"].endswith("while it restarts")


def test_login_that_expires_while_typing_is_said_and_the_text_becomes_a_draft_after_it(
    editor, address
):
    ada = editor()
    page = ada.open(address)
    ada.lose_login()
    type_into(page, "logged out")
    expect(problem_of(page)).to_contain_text("You are logged out.")
    expect(page.get_by_role("link", name="Log in")).to_have_attribute("target", "_blank")
    assert not Draft.objects.exists()
    ada.log_in()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(state_of(page)).to_have_text(SAVED)
    assert Draft.objects.get().values["answer"].endswith("logged out")


def test_form_sent_with_an_expired_login_gives_the_text_back_after_it(editor, question, address):
    User.objects.create_superuser("ada", password="a-good-password")
    ada = editor()
    page = ada.open(address)
    ada.lose_login()
    type_into(page, "sent in vain")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("a-good-password")
    page.get_by_role("button", name="Log in").click()
    restore(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    question.refresh_from_db()
    assert question.answer.endswith("sent in vain")


def test_login_in_another_tab_does_not_spoil_the_open_form(editor, question, address):
    User.objects.create_superuser("ada", password="a-good-password")
    ada = editor()
    page = ada.open(address)
    type_into(page, "still mine")
    ada.lose_login()
    other = ada.open("/admin/login/")
    other.get_by_label("Username").fill("ada")
    other.get_by_label("Password").fill("a-good-password")
    other.get_by_role("button", name="Log in").click()
    other.wait_for_url("**/admin/**")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    question.refresh_from_db()
    assert question.answer.endswith("still mine")


def test_form_that_is_refused_keeps_its_text_as_a_draft(editor, address):
    ada = editor()
    page = ada.open(address)
    type_into(page, "kept though refused")
    page.locator("#id_slug").fill("Not A Slug")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errornote")).to_be_visible()
    assert answer_of(page).input_value().endswith("kept though refused")
    expect(banner_of(page)).to_have_count(0)
    expect(state_of(page)).to_have_text(SAVED)
    page.close()
    page = ada.open(address)
    restore(page)
    assert answer_of(page).input_value().endswith("kept though refused")
    assert page.locator("#id_slug").input_value() == "Not A Slug"


def test_second_tab_of_one_person_does_not_overwrite_the_draft_of_the_first(editor, address):
    ada = editor()
    first, second = ada.open(address), ada.open(address)
    type_into(first, "from the first")
    expect(state_of(first)).to_have_text(SAVED)
    type_into(second, "from the second")
    expect(problem_of(second)).to_contain_text("in another tab")
    assert Draft.objects.get().values["answer"].endswith("from the first")
    second.get_by_role("button", name="Make this text the draft").click()
    expect(state_of(second)).to_have_text(SAVED)
    assert Draft.objects.get().values["answer"].endswith("from the second")
    first.close()
    second.close()
    # Each of the two is still there.
    page = ada.open(address)
    expect(banner_of(page)).to_have_count(2)


def test_text_that_was_not_answered_yet_is_not_overwritten_by_new_typing(editor, address):
    ada = editor()
    page = ada.open(address)
    type_into(page, "older")
    expect(state_of(page)).to_have_text(SAVED)
    page.close()
    page = ada.open(address)
    type_into(page, "newer")
    expect(state_of(page)).to_contain_text("Restore or discard the unsaved text above")
    page.wait_for_timeout(2500)
    assert Draft.objects.get().values["answer"].endswith("older")
    page.get_by_role("button", name="Discard").click()
    expect(state_of(page)).to_have_text(SAVED)
    assert Draft.objects.get().values["answer"].endswith("newer")


def test_discarded_text_can_be_taken_back(editor, address):
    ada = editor()
    page = ada.open(address)
    type_into(page, "older")
    expect(state_of(page)).to_have_text(SAVED)
    page.close()
    page = ada.open(address)
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("button", name="Undo").click()
    page.close()
    page = ada.open(address)
    restore(page)
    assert answer_of(page).input_value().endswith("older")


def test_saved_form_leaves_neither_draft_nor_banner(editor, question, address):
    ada = editor()
    page = ada.open(address)
    type_into(page, "saved")
    expect(state_of(page)).to_have_text(SAVED)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    assert not Draft.objects.exists()
    # Somebody else's edit does not bring the saved text back as unsaved.
    Question.objects.update(answer="Other.", version=3)
    page.reload()
    expect(answer_of(page)).to_have_value("Other.")
    page.wait_for_timeout(300)
    expect(banner_of(page)).to_have_count(0)


def test_saved_form_leaves_no_copy_in_the_browser_once_any_form_is_open(editor, question, address):
    ada = editor()
    page = ada.open(address)
    type_into(page, "saved")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    page.goto(ada.url + add_url("question"))
    expect(page.locator("#id_title")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.includes('draft'))") == []


def test_new_answer_is_safe_before_it_is_a_question(editor, transactional_db):
    make_subject()
    author = Author.objects.create(name="QuickTakes")
    Author.objects.create(name="Another")
    ada = editor()
    page = ada.open(add_url("question"))
    page.locator("#id_title").press_sequentially("What is osmosis?")
    page.locator(".field-author .select2-selection").click()
    page.get_by_role("option", name="QuickTakes").click()
    expect(state_of(page)).to_have_text(SAVED)
    draft = Draft.objects.get()
    assert draft.question is None
    assert draft.values["slug"] == "what-is-osmosis"
    page.close()
    # In another browser, where only the server has it.
    page = editor().open(add_url("question"))
    expect(banner_of(page)).to_contain_text("What is osmosis?")
    restore(page)
    assert page.locator("#id_title").input_value() == "What is osmosis?"
    assert page.locator("#id_author").input_value() == str(author.pk)
    expect(page.locator("#select2-id_author-container")).to_contain_text("QuickTakes")
    answer_of(page).fill("Water moves.")
    page.locator("#id_subject").select_option(label="Biology")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added")
    assert Question.objects.get().title == "What is osmosis?"
    assert not Draft.objects.exists()


def test_related_questions_are_restored_with_rows_that_were_added(editor, question, address):
    make_related(question, "/learn/biology/questions/one")
    ada = editor()
    page = ada.open(address)
    page.locator(".add-row a").click()
    page.locator("#id_related_questions-1-title").fill("Two")
    page.locator("#id_related_questions-1-url").fill("/learn/biology/questions/two")
    page.close()
    page = ada.open(address)
    restore(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    assert [row.title for row in question.related_questions.all()] == ["Related 1", "Two"]


def test_drafts_of_one_person_are_not_shown_to_another(editor, address):
    ada, ben = editor("ada"), editor("ben")
    page = ada.open(address)
    type_into(page, "private")
    expect(state_of(page)).to_have_text(SAVED)
    page = ben.open(address)
    expect(answer_of(page)).to_have_value("First.\n\nSecond.")
    page.wait_for_timeout(300)
    expect(banner_of(page)).to_have_count(0)
    type_into(page, "mine")
    expect(state_of(page)).to_have_text(SAVED)
    assert Draft.objects.count() == 2


def test_newer_version_of_somebody_else_is_said_while_typing(editor, address):
    ben = User.objects.create_superuser("ben")
    page = editor().open(address)
    question = Question.objects.get()
    question.version = 2
    question.save()
    Revision.objects.create(
        question=question, number=2, content=question.snapshot(), created_by=ben
    )
    type_into(page, "x")
    expect(problem_of(page)).to_contain_text("ben has saved version 2 since you opened this.")

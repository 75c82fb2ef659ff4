"""The review in Chromium: two people at once, by keyboard."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import expect

from learn import publishing
from learn.models import Question, Review
from learn.workflow.transitions import Action
from tests.admin.builders import change_url, make_question, make_subject
from tests.admin.desk_browser import OpenDesk
from tests.admin.people import make_user

pytestmark = pytest.mark.browser

QUEUE = "/admin/learn/question/review/"


@pytest.fixture
def texts(transactional_db: None) -> list[Question]:
    """Three texts in review, handed in by kim."""
    cache.clear()
    kim = make_user("kim", "author")
    drafts = [
        make_question(slug, status="draft", publish_at=None, answer="One.\n\nTwo, $x^2$.\n\nThree.")
        for slug in ("first", "second", "third")
    ]
    for draft in drafts:
        publishing.perform(Action.SUBMIT, Question.objects.filter(pk=draft.pk), by=kim)
    return drafts


def test_two_people_at_once_decide_by_keys_and_the_author_gets_the_note(
    open_desk: OpenDesk, texts: list[Question]
) -> None:
    lee, max_ = make_user("lee", "editor"), make_user("max", "editor")
    a, b = open_desk(lee), open_desk(max_)
    for page in (a, b):
        page.goto(QUEUE)
        expect(page.get_by_role("link", name="Review 3")).to_be_visible()
    for page in (a, b):
        page.get_by_role("button", name="Review the next one").click()
    expect(a.get_by_role("heading", name="First?", level=1)).to_be_visible()
    expect(b.get_by_role("heading", name="Second?", level=1)).to_be_visible()

    # A approves with the key and is at the next text, B skips and there is none left.
    a.keyboard.press("a")
    expect(a.get_by_role("heading", name="Third?", level=1)).to_be_visible()
    b.keyboard.press("s")
    expect(b.get_by_text("Nothing else waits for you here.")).to_be_visible()
    expect(b.get_by_role("row", name="Third?").get_by_text("by lee until")).to_be_visible()

    # A requests changes of a line; the key leads to the note first.
    a.get_by_role("radio", name="3 Two, $x^2$.").check()
    a.keyboard.press("r")
    expect(a.get_by_label("Note to the author")).to_be_focused()
    a.keyboard.type("ars: say why.")
    a.keyboard.press("Tab")
    a.keyboard.press("r")
    # What B skipped is free again.
    expect(a.get_by_role("heading", name="Second?", level=1)).to_be_visible()
    assert mail.outbox[0].to == ["kim@site.example"]
    assert "ars: say why." in mail.outbox[0].body

    author = open_desk(Question.objects.get(slug="third").reviews.get().submitted_by)
    author.goto(change_url("question", texts[2].pk))
    expect(author.get_by_text("ars: say why.")).to_be_visible()
    author.get_by_role("button", name="Go to this line").click()
    assert author.evaluate("getSelection().toString()") == "Two, $x^2$."
    author.keyboard.type("Two, because of $x^2$.")
    author.get_by_label("Status").select_option("in_review")
    author.get_by_role("button", name="Save", exact=True).click()
    expect(author.get_by_text("was changed successfully")).to_be_visible()
    third = Question.objects.get(slug="third")
    assert (third.status, third.answer) == (
        "in_review",
        "One.\n\nTwo, because of $x^2$.\n\nThree.",
    )


def test_keys_can_be_switched_off_for_good(open_desk: OpenDesk, texts: list[Question]) -> None:
    page = open_desk(make_user("lee", "editor"))
    page.goto(f"{QUEUE}{texts[0].pk}/")
    page.get_by_label("Keys a, r, s").uncheck()
    page.reload()
    expect(page.get_by_label("Keys a, r, s")).not_to_be_checked()
    page.keyboard.press("a")
    page.wait_for_timeout(200)
    expect(page.get_by_role("heading", name="First?", level=1)).to_be_visible()
    assert Question.objects.get(slug="first").status == "in_review"


def test_two_who_press_next_get_different_texts(open_desk: OpenDesk, texts: list[Question]) -> None:
    """One right after the other: of presses in one instant `tests.workflow.test_reviews` tells,
    as the threads of this server share one connection to a database in memory."""
    pages = [open_desk(make_user(name, "editor")) for name in ("lee", "max")]
    for page in pages:
        page.goto(QUEUE)
    for page in pages:
        page.get_by_role("button", name="Review the next one").click()
        page.wait_for_url(re.compile(rf"{QUEUE}\d+/"))
    assert pages[0].url != pages[1].url


def test_editor_of_one_subject_is_refused_another_everywhere(open_desk: OpenDesk, db: None) -> None:
    biology, physics = make_subject("biology"), make_subject("physics")
    own, foreign = make_question("cell"), make_question("mass", subject=physics)
    page = open_desk(make_user("kim", "publisher", biology))
    form = change_url("question", foreign.pk)
    for address in (
        f"/admin/learn/question/?subject__id__exact={physics.pk}",
        form,
        f"/admin/learn/question/{foreign.pk}/seed/",
    ):
        response = page.goto(address)
        assert response is not None
        assert response.status == 403, address
    # The form's token and the list's checkbox, turned against the other subject.
    page.goto(change_url("question", own.pk))
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    live = f"/admin/learn/question/{foreign.pk}/live/"
    refused = page.request.post(
        live, form={"csrfmiddlewaretoken": token, "panel": "preview", "title": "X"}
    )
    assert refused.status == 403
    for action in ("unpublish", "edit_many", "download"):
        page.goto("/admin/learn/question/")
        box = page.locator("input.action-select")
        box.check()
        box.evaluate("(box, pk) => box.value = pk", str(foreign.pk))
        page.locator("select[name=action]").select_option(action)
        with page.expect_response(re.compile("/admin/learn/question/")) as response:
            page.get_by_role("button", name="Go", exact=True).click()
        assert response.value.status == 403, action
    foreign.refresh_from_db()
    assert foreign.status == "published"


def test_nobody_approves_their_own_text_where_another_has_to_decide(
    open_desk: OpenDesk, texts: list[Question], settings
) -> None:
    """Only the others' texts are theirs to decide; without the rule their own is as well."""
    settings.REVIEW_BY_ANOTHER = True
    lee = make_user("lee", "editor")
    Review.objects.filter(question=texts[0]).update(submitted_by=lee)
    page = open_desk(lee)
    page.goto(QUEUE)
    page.get_by_role("button", name="Review the next one").click()
    expect(page.get_by_role("heading", name="Second?", level=1)).to_be_visible()
    page.goto(f"{QUEUE}{texts[0].pk}/")
    page.keyboard.press("a")
    page.wait_for_timeout(200)
    assert Question.objects.get(slug="first").status == "in_review"
    settings.REVIEW_BY_ANOTHER = False
    page.goto(f"{QUEUE}{texts[0].pk}/")
    page.keyboard.press("a")
    expect(page.get_by_text("was approved")).to_be_visible()
    assert Question.objects.get(slug="first").status == "published"

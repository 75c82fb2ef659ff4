"""The guided first answer of docs/editing.md, walked in a real browser.

With WRITE_IMAGES=1 the pictures of that section are made anew.
"""

import io
import os
import re

import pytest
from django.contrib.auth.models import User
from PIL import Image
from playwright.sync_api import Page, expect

from learn.models import Author, Draft, Question, Revision
from tests.admin.builders import add_url, make_subject
from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

IMAGES = ROOT / "docs" / "images"
GUIDE = (ROOT / "docs" / "editing.md").read_text()
ANSWER = """\
Osmosis is the movement of **water** through a membrane that lets water pass, but not what is \
dissolved in it. Water moves to where more is dissolved.

- **In plant cells** it presses the cell against its wall.
- **In animal cells** too much of it bursts the cell.

The pressure that stops it is $\\Pi = cRT$."""


def picture(page: Page, name: str) -> None:
    """The window as it is, in few colours."""
    shown = page.screenshot()
    if os.environ.get("WRITE_IMAGES") == "1":
        image = Image.open(io.BytesIO(shown)).convert("RGB")
        image.quantize(colors=48, dither=Image.Dither.NONE).save(
            IMAGES / f"{name}.png", optimize=True
        )
    assert f"](images/{name}.png)" in GUIDE
    assert (IMAGES / f"{name}.png").stat().st_size < 60_000


def test_first_answer_is_written_saved_and_published_as_the_guide_says(editor, transactional_db):
    make_subject()
    Author.objects.create(name="QuickTakes")
    ada = editor(viewport={"width": 1120, "height": 680})
    page = ada.open("/admin/")
    # The list of models is in the way of the pictures.
    page.evaluate("localStorage.setItem('django.admin.navSidebarIsOpen', 'false')")

    page.goto(ada.url + add_url("question"))
    page.get_by_label("Title:", exact=True).press_sequentially("What is osmosis?")
    page.get_by_label("Answer:", exact=True).fill(ANSWER)
    expect(page.get_by_label("Slug:")).to_have_value("what-is-osmosis")
    expect(page.locator("[data-draft-state]")).to_have_text(re.compile("^Draft saved at"))
    picture(page, "editing-write")
    assert Draft.objects.count() == 1
    assert not Question.objects.exists()

    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".field-subject .errorlist")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    picture(page, "editing-error")
    page.get_by_role("link", name="Subject", exact=True).click()
    expect(page.locator("#id_subject")).to_be_in_viewport()
    expect(page.get_by_label("Answer:", exact=True)).to_have_value(ANSWER)

    page.get_by_label("Subject:").select_option(label="Biology")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was added")
    question = Question.objects.get()
    assert (question.status, question.answer) == (Question.Status.DRAFT, ANSWER)
    assert not Draft.objects.exists()

    page.get_by_label("Status:").select_option("published")
    page.get_by_label("Note for the history:").fill("First version")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    expect(page.locator(".desk-badge")).to_have_text("published")
    expect(page.get_by_label("Note for the history:")).to_be_focused()
    page.evaluate("scrollTo(0, 0)")
    picture(page, "editing-published")
    page.locator(".desk-state a", has_text="/learn/biology").click()
    expect(page.locator("article math")).to_have_count(1)
    revision = Revision.objects.first()
    assert (revision.reason, revision.created_by) == ("First version", User.objects.get())

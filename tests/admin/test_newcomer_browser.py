"""A newcomer with the account `editor`: from the login to the published answer, by clicking and
typing alone, and what readers have of it at once."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import expect

from learn.models import Question
from tests.admin.test_writing_browser import DROP, picture_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "Why does a capacitor block direct current?"
PATH = "/learn/physics/questions/why-does-a-capacitor-block-direct-current"
TABLE = (
    "\n\n| Current | Through it |\n| --- | --- |\n| direct | for a moment |\n| alternating | yes |"
)


@pytest.fixture
def page(browser, live_server, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.SITE_URL = live_server.url
    call_command("loadsample")
    account = User.objects.get(username="editor")
    account.set_password("a password of the test")
    account.save()
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    heard = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield page
    context.close()
    assert [text for text in heard if "Content Security Policy" in text] == []


def test_newcomer_writes_previews_checks_and_publishes_and_readers_have_it_at_once(page):
    page.goto("/admin/")
    page.get_by_label("Username:").fill("editor")
    page.get_by_label("Password:").fill("a password of the test")
    page.get_by_role("button", name="Log in").click()

    page.goto("/admin/learn/question/add/")
    page.get_by_label("Title:", exact=True).press_sequentially(TITLE)
    answer = page.locator("#id_answer")
    answer.click()
    page.keyboard.type(
        "A capacitor blocks direct current because no charge crosses the gap between its plates. "
        "Once they are charged, $I = C \\, dU/dt$ is zero."
    )
    answer.evaluate(DROP, ["paste", picture_file()])
    expect(page.get_by_role("dialog", name="Insert a picture")).to_be_visible()
    page.keyboard.type("Two plates with a gap between them")
    page.keyboard.press("Enter")
    expect(answer).to_have_value(re.compile(r"!\[Two plates"))
    answer.evaluate("area => area.setSelectionRange(area.value.length, area.value.length)")
    page.keyboard.insert_text(TABLE)

    page.get_by_role("button", name="Preview", exact=True).click()
    preview = page.frame_locator("iframe")
    expect(preview.locator("article table")).to_have_count(1)
    expect(preview.locator("article math")).to_have_count(1)
    page.get_by_label("Subject:").select_option(label="Physics")
    expect(page.get_by_text("Ready to publish.")).to_be_visible()
    page.get_by_label("Status:").select_option("published")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added")

    page.goto(PATH)
    article = page.locator("article#answer")
    for shown in ("math", "table", "img[alt='Two plates with a gap between them']"):
        expect(article.locator(shown)).to_have_count(1)
    assert article.locator("img").evaluate("i => i.complete && i.naturalWidth") == 40
    page.goto("/search?q=capacitor+direct")
    expect(page.locator("#results a").first).to_have_attribute("href", PATH)
    read = page.context.request
    assert PATH in read.get("/feed.atom").text()
    parts = re.findall(r"<loc>([^<]+)</loc>", read.get("/sitemap.xml").text())
    assert any(PATH in read.get(part).text() for part in parts)
    assert Question.objects.get(slug=PATH.rpartition("/")[2]).author.name == "QuickTakes"

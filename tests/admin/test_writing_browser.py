"""Writing an answer in a real browser: the editor and what stands beside it.

The checks: typed **x** is bold in the frame within a second; the preview's main is that of the
published page; a stranger opens a shared link (200, noindex) until it is withdrawn or over (404)
and may not send to the preview (403).
"""

import base64
import datetime
import io
import json
import re

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from learn.models import Question, ShareLink
from tests.admin.builders import change_url, make_question

pytestmark = pytest.mark.browser

MAIN_OF = """
html => new DOMParser().parseFromString(html, "text/html").querySelector("main").outerHTML
"""


def unexpected(messages):
    """Without what the browser itself reports: what was refused, and what it could not reach."""
    expected = re.compile("status of 4|INTERNET_DISCONNECTED")
    return [text for text in messages if not expected.search(text)]


@pytest.fixture
def desk(browser, live_server, admin_user):
    """A page of the desk, signed in; a message in the console fails the test."""
    client = Client()
    client.force_login(admin_user)
    session = client.cookies["sessionid"].value
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    messages = []
    page.heard = messages
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    yield page
    context.close()
    assert unexpected(messages) == []


@pytest.fixture
def question(transactional_db, admin_user):
    return make_question(answer="First line.\n\nSecond line.", status="draft", publish_at=None)


@pytest.fixture
def area(desk, question):
    desk.goto(change_url("question", question.pk))
    area = desk.locator("#id_answer")
    expect(desk.get_by_role("button", name="Bold")).to_be_visible()
    return area


def select(area, start, end):
    area.evaluate(
        "(a, [start, end]) => { a.focus(); a.setSelectionRange(start, end) }", [start, end]
    )


def chosen(area):
    return area.evaluate("a => a.value.slice(a.selectionStart, a.selectionEnd)")


# --- the editor


def test_tab_leaves_the_field_in_both_directions(desk, area):
    area.focus()
    desk.keyboard.press("Tab")
    expect(area).not_to_be_focused()
    area.focus()
    desk.keyboard.press("Shift+Tab")
    expect(area).not_to_be_focused()
    expect(area).to_have_value("First line.\n\nSecond line.")


def test_keys_indent_and_take_back_and_undo_restores(desk, area):
    select(area, 0, 15)
    desk.keyboard.press("Control+]")
    expect(area).to_have_value("  First line.\n\n  Second line.")
    desk.keyboard.press("Control+[")
    expect(area).to_have_value("First line.\n\nSecond line.")
    desk.keyboard.press("Control+z")
    expect(area).to_have_value("  First line.\n\n  Second line.")
    desk.keyboard.press("Control+z")
    expect(area).to_have_value("First line.\n\nSecond line.")


def test_text_typed_before_a_button_is_still_undone_by_the_browser(desk, area):
    area.focus()
    desk.keyboard.press("Control+End")
    desk.keyboard.type(" word")
    select(area, 0, 5)
    desk.get_by_role("button", name="Bold").click()
    expect(area).to_have_value("**First** line.\n\nSecond line. word")
    desk.keyboard.press("Control+z")
    expect(area).to_have_value("First line.\n\nSecond line. word")
    # Of what was typed the browser takes back as much at once as it sees fit.
    for _letter in " word":
        desk.keyboard.press("Control+z")
    expect(area).to_have_value("First line.\n\nSecond line.")


@pytest.mark.parametrize(
    ("name", "value", "selection"),
    [
        ("Bold", "**First** line.", "First"),
        ("Italic", "*First* line.", "First"),
        ("Heading", "### First line.", "### First line."),
        ("List", "- First line.", "- First line."),
        ("Numbered list", "1. First line.", "1. First line."),
        ("Link", "[First](/learn/) line.", "/learn/"),
        ("Code", "`First` line.", "First"),
        ("Formula", "$First$ line.", "First"),
    ],
)
def test_button_formats_what_is_chosen(desk, area, name, value, selection):
    select(area, 0, 5)
    desk.get_by_role("button", name=name, exact=True).click()
    expect(area).to_have_value(f"{value}\n\nSecond line.")
    assert chosen(area) == selection
    expect(area).to_be_focused()


def test_bold_again_takes_it_back(desk, area):
    select(area, 0, 5)
    desk.keyboard.press("Control+b")
    desk.keyboard.press("Control+b")
    expect(area).to_have_value("First line.\n\nSecond line.")


def test_table_gets_lines_of_its_own(desk, area):
    select(area, 11, 11)
    desk.get_by_role("button", name="Table").click()
    assert area.input_value().startswith(
        "First line.\n\n| Column 1 | Column 2 |\n| --- | --- |\n|  |  |\n"
    )
    assert chosen(area) == "Column 1"


def test_tool_bar_is_one_stop_and_arrows_go_through_it(desk, area):
    bold, table = (desk.get_by_role("button", name=name) for name in ("Bold", "Table"))
    bold.focus()
    desk.keyboard.press("ArrowRight")
    expect(desk.get_by_role("button", name="Italic")).to_be_focused()
    desk.keyboard.press("End")
    expect(table).to_be_focused()
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("button", name="Preview", exact=True)).to_be_focused()
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()
    desk.keyboard.press("Tab")
    expect(area).to_be_focused()


# --- the preview


@pytest.fixture
def preview(desk, area):
    desk.get_by_role("button", name="Preview", exact=True).click()
    frame = desk.frame_locator("#preview iframe")
    expect(frame.locator("#answer")).to_contain_text("First line.")
    return frame


def test_typed_text_stands_in_the_page_within_a_second(desk, area, preview):
    area.focus()
    desk.keyboard.press("Control+End")
    desk.keyboard.type(" **x**")
    expect(preview.locator("#answer strong")).to_have_text("x", timeout=1000)


def test_page_beside_the_form_is_the_page_that_is_published(desk, area, preview, question):
    area.fill("Now **bold** and $x^2$.\n\n### Part\n\n- one\n- two")
    desk.locator("#id_title").fill("Another title?")
    expect(preview.locator("h1")).to_have_text("Another title?")
    expect(preview.locator("#answer math")).to_be_visible()
    shown = preview.locator("main").evaluate("main => main.outerHTML")
    desk.locator("#id_status").select_option("published")
    desk.locator("input[name=_continue]").click()
    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")
    question.refresh_from_db()
    html = desk.request.get(str(question.path)).text()
    published = desk.evaluate(MAIN_OF, html)
    assert shown == published


def test_late_reply_does_not_overwrite_a_newer_preview(desk, area, preview):
    held, is_slow = [], True
    desk.route("**/live/", lambda route: held.append(route) if is_slow else route.continue_())
    area.focus()
    desk.keyboard.press("Control+End")
    desk.keyboard.type(" FIRST")
    desk.wait_for_timeout(500)
    desk.keyboard.type(" SECOND")
    desk.wait_for_timeout(500)
    assert len(held) == 1
    is_slow = False
    held[0].continue_()
    expect(preview.locator("#answer")).to_contain_text("FIRST SECOND")
    desk.wait_for_timeout(500)
    expect(preview.locator("#answer")).to_contain_text("FIRST SECOND")


def test_lost_network_is_said_and_the_next_key_goes_on(desk, area, preview):
    desk.context.set_offline(True)
    area.focus()
    desk.keyboard.type("A")
    expect(desk.locator("[data-live-status]")).to_contain_text("cannot be reached")
    desk.context.set_offline(False)
    desk.keyboard.type("B")
    expect(preview.locator("#answer")).to_contain_text("AB")
    expect(desk.locator("[data-live-status]")).to_be_empty()


def test_preview_goes_on_after_signing_in_again_in_another_tab(
    desk, area, preview, admin_user, live_server
):
    desk.context.clear_cookies()
    area.focus()
    desk.keyboard.press("Control+Home")
    desk.keyboard.type("A")
    expect(desk.locator("[data-live-status]")).to_contain_text("no longer signed in")
    assert area.input_value() == "AFirst line.\n\nSecond line."
    client = Client()
    client.force_login(admin_user)
    client.get(change_url("question", Question.objects.get().pk))
    desk.context.add_cookies(
        [
            {"name": name, "value": client.cookies[name].value, "url": live_server.url}
            for name in ("sessionid", "csrftoken")
        ]
    )
    desk.keyboard.type("B")
    expect(preview.locator("#answer")).to_contain_text("ABFirst line.")
    expect(desk.locator("[data-live-status]")).to_be_empty()


def test_scrolling_the_text_scrolls_the_page(desk, area, preview):
    area.fill("\n\n".join(f"Paragraph {number}." for number in range(200)))
    expect(preview.locator("#answer")).to_contain_text("Paragraph 199.")
    area.hover()
    area.evaluate("a => { a.scrollTop = a.scrollHeight }")
    frame = desk.locator("#preview iframe").element_handle().content_frame()
    frame.wait_for_function("scrollY > 1000")


def test_scrolling_the_page_scrolls_the_text(desk, area, preview):
    area.fill("\n\n".join(f"Paragraph {number}." for number in range(200)))
    expect(preview.locator("#answer")).to_contain_text("Paragraph 199.")
    area.evaluate("a => { a.scrollTop = 0 }")
    desk.locator("#preview iframe").hover()
    desk.mouse.wheel(0, 3000)
    handle = area.element_handle()
    desk.wait_for_function("area => area.scrollTop > 500", arg=handle)


def test_phone_width_narrows_the_page_and_is_remembered(desk, area, preview):
    desk.get_by_role("button", name="Phone width").click()
    assert desk.locator("#preview iframe").bounding_box()["width"] <= 377
    desk.reload()
    expect(desk.locator("#preview iframe")).to_be_visible()
    assert desk.locator("#preview iframe").bounding_box()["width"] <= 377


def test_late_list_of_links_does_not_hide_a_new_one(desk, area):
    held = []
    desk.route(
        "**/share/", lambda r: held.append(r) if r.request.method == "GET" else r.continue_()
    )
    desk.get_by_text("Share a preview").click()
    desk.get_by_role("button", name="Make a link").click()
    expect(desk.get_by_role("button", name="Withdraw")).to_be_visible()
    with desk.expect_response("**/share/"):
        held[0].fulfill(json={"links": "<p>late</p>"})
    desk.wait_for_timeout(100)
    expect(desk.get_by_role("button", name="Withdraw")).to_be_visible()


def test_shared_link_opens_for_strangers_until_it_is_withdrawn(desk, area, browser, live_server):
    area.fill("Shared **text**.")
    desk.get_by_text("Share a preview").click()
    desk.get_by_role("button", name="Make a link").click()
    field = desk.get_by_label("Address of the shared preview")
    expect(field).to_have_value(re.compile(f"^{live_server.url}/preview/"))
    address = field.input_value()
    stranger = browser.new_context()
    page = stranger.new_page()
    response = page.goto(address)
    assert response.status == 200
    assert response.headers["x-robots-tag"] == "noindex"
    question = Question.objects.get()
    live = f"{live_server.url}/admin/learn/question/{question.pk}/live/"
    assert stranger.request.post(live, data={"answer": "x"}).status == 403
    expect(page.locator("#answer strong")).to_have_text("text")
    expect(page.get_by_text("This is a preview")).to_be_visible()
    long_ago = timezone.now() - datetime.timedelta(days=90)
    days = [long_ago, timezone.now() + datetime.timedelta(days=1)]
    for expires_at, status in zip(days, (404, 200), strict=True):
        ShareLink.objects.update(
            created_at=long_ago - datetime.timedelta(days=1), expires_at=expires_at
        )
        assert page.goto(address).status == status
    desk.get_by_role("button", name="Withdraw").click()
    expect(desk.get_by_text("No link works")).to_be_visible()
    assert page.goto(address).status == 404
    stranger.close()
    assert Question.objects.get().answer != "Shared **text**."


# --- duplicates


def test_lookalike_is_named_while_the_title_is_typed(desk, question):
    make_question("same", title="How does osmosis move water through a membrane?")
    desk.goto(change_url("question", question.pk))
    title = desk.locator("#id_title")
    title.fill("")
    title.press_sequentially("How does water move osmosis through a membrane?")
    similar = desk.get_by_role("region", name="Questions that ask nearly the same")
    expect(similar.get_by_role("link").first).to_have_text(
        "How does osmosis move water through a membrane?"
    )
    expect(similar).to_contain_text("Nearly the same is asked already")
    title.fill("Why is the sky blue?")
    expect(similar).to_be_hidden()


# --- search preview


def test_search_preview_shows_where_a_long_title_is_cut(desk, area):
    desk.get_by_text("In search results and on other sites").click()
    desktop = desk.locator("[data-screen=desktop]")
    expect(desktop.locator(".title")).to_have_text("What is osmosis? | QuickTakes")
    desk.locator("#id_seo_title").fill(
        "What do the gradient, the divergence and the curl of a field measure??"
    )
    expect(desktop.locator(".title")).to_have_text(
        "What do the gradient, the divergence and the curl of a field…"
    )
    bar = desktop.locator(".room.over svg").first
    assert bar.evaluate("bar => getComputedStyle(bar).color") == "rgb(198, 40, 40)"
    picture = desk.get_by_role("img", name="What is osmosis?")
    assert (
        picture.evaluate("async image => { await image.decode(); return image.naturalWidth }")
        == 1200
    )


def test_search_preview_says_what_the_readers_page_then_says(desk, area, question, browser):
    Question.objects.update(status="published", publish_at=question.created_at)
    desk.reload()
    desk.get_by_text("In search results and on other sites").click()
    desk.locator("#id_seo_description").fill("")
    desk.locator("#id_answer").fill("It is **so**: water moves.\n\nSecond line.")
    words = desk.locator("[data-screen=desktop] .words")
    expect(words).to_contain_text("It is so: water moves.")
    shown = words.inner_text()
    desk.locator("#id_no_index").check()
    desk.get_by_role("button", name="Save and continue editing").click()
    expect(desk.locator(".messagelist")).to_contain_text("was changed")

    desk.goto(str(question.path))
    assert desk.locator("meta[name=description]").get_attribute("content") == shown
    assert desk.locator("meta[name=robots]").get_attribute("content") == "noindex"
    sitemap = desk.request.get(f"/sitemap-subject-{question.subject.slug}.xml").text()
    assert str(question.path) not in sitemap
    data = json.loads(desk.locator("script[type='application/ld+json']").inner_text())
    article = data["@graph"][0]
    assert article["@type"] == ["Article", "LearningResource"]
    text = article["mainEntity"]["acceptedAnswer"]["text"]
    assert " ".join(text.split()) == "It is so: water moves. Second line."
    assert desk.locator("#answer").inner_text().split() == text.split()


# --- pictures

DROP = """
(area, [type, base64]) => {
  const bytes = Uint8Array.from(atob(base64), sign => sign.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "evil.html", { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  area.dispatchEvent(type === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, ...options })
    : new DragEvent("drop", { dataTransfer: data, ...options }));
}
"""


def picture_file(data=None):
    if data is None:
        buffer = io.BytesIO()
        Image.new("RGB", (40, 30), "teal").save(buffer, "PNG")
        data = buffer.getvalue()
    return base64.b64encode(data).decode()


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_picture_goes_into_the_answer_with_what_it_shows(media, desk, area, preview, way):
    select(area, 11, 11)
    area.evaluate(DROP, [way, picture_file()])
    dialog = desk.get_by_role("dialog", name="Insert a picture")
    dialog.get_by_role("button", name="Insert").click()
    expect(dialog.get_by_role("alert")).to_contain_text("what the picture shows")
    expect(dialog.locator("img")).to_be_visible()
    desk.keyboard.type("A teal square")
    desk.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(area).to_have_value(
        re.compile(r"First line\.!\[A teal square\]\(/media/images/[0-9a-f]{20}-40x30\.png\)\n")
    )
    expect(area).to_be_focused()
    picture = preview.get_by_role("img", name="A teal square")
    picture.evaluate("async image => { image.loading = 'eager'; await image.decode() }")
    assert picture.evaluate("image => [image.width, image.height]") == [40, 30]
    desk.keyboard.press("Control+z")
    expect(area).to_have_value("First line.\n\nSecond line.")


def test_file_that_is_refused_leaves_the_answer_alone(media, desk, area):
    area.evaluate(DROP, ["drop", picture_file(b"<svg onload='alert(1)'/>")])
    dialog = desk.get_by_role("dialog", name="Insert a picture")
    desk.keyboard.type("A trick")
    desk.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("SVG files can hold programs")
    desk.keyboard.press("Escape")
    expect(area).to_have_value("First line.\n\nSecond line.")
    expect(area).to_be_focused()


# --- keys


def test_keys_save_open_the_preview_and_go_from_finding_to_finding(desk, area, question):
    area.fill("New text.\n\n![](/media/x.png)")
    checklist = desk.get_by_role("region", name="Ready to publish?")
    expect(checklist.locator("li.error")).to_have_count(1)
    desk.keyboard.press("F8")
    assert chosen(area) == "![](/media/x.png)"
    desk.keyboard.press("F9")
    expect(desk.locator("#preview")).to_be_visible()
    desk.locator("#id_title").focus()
    desk.keyboard.press("Control+s")
    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")
    question.refresh_from_db()
    assert question.answer.startswith("New text.")


def test_key_to_publish_goes_to_the_error_and_publishes_when_it_is_mended(desk, area, question):
    area.fill("Yes.\n\n![](/media/x.png)")
    expect(desk.locator("#id_status option[value=published]")).to_be_disabled()
    desk.keyboard.press("Control+Enter")
    assert chosen(area) == "![](/media/x.png)"
    area.fill("Yes, it is so.")
    expect(desk.locator("#id_status option[value=published]")).to_be_enabled()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")
    question.refresh_from_db()
    assert question.is_published


def test_single_keys_count_outside_of_fields_and_can_be_turned_off(desk, area):
    dialog = desk.get_by_role("dialog", name="Keyboard shortcuts")
    area.focus()
    desk.keyboard.type("?p")
    expect(area).to_have_value(re.compile(r"\?p"))
    expect(dialog).to_be_hidden()
    desk.get_by_role("button", name="Keyboard shortcuts").focus()
    desk.keyboard.press("?")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Single keys").uncheck()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("button", name="Keyboard shortcuts")).to_be_focused()
    desk.keyboard.press("p")
    expect(desk.locator("#preview")).to_be_hidden()
    desk.keyboard.press("Control+/")
    expect(dialog).to_be_visible()
    desk.reload()
    desk.keyboard.press("?")
    expect(dialog).to_be_hidden()

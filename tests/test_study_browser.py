"""Copying, saving, practice and reports in a real browser."""

import json
import re
import zipfile

import pytest
from playwright.sync_api import expect

from learn import decks
from learn.models import Report
from tests.axe import violations_everywhere
from tests.factories import make_question, make_subject

pytestmark = pytest.mark.browser

CODE = "```pycon\n>>> a = 1 < 2\n>>> a\nTrue\n```"


@pytest.fixture
def music(transactional_db):
    subject = make_subject(slug="music", title="Music")
    for number in range(12):
        make_question(subject=subject, slug=f"q-{number:02}", answer=f"Answer {number}.\n\n{CODE}")
    return subject


@pytest.fixture
def question(music):
    return music.questions.get(slug="q-00")


@pytest.fixture
def open_context(browser, live_server, settings):
    settings.SITE_URL = live_server.url
    contexts = []

    def open_context(**options):
        context = browser.new_context(
            base_url=live_server.url,
            permissions=["clipboard-read", "clipboard-write"],
            accept_downloads=True,
            **options,
        )
        contexts.append(context)
        return context

    yield open_context
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_context):
    page = open_context().new_page()
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    yield page
    # The browser itself reports the status of a page that was refused, and, when it is busy, that
    # a page was there before its transition.
    expected = re.compile("status of 4(00|29)|^Transition was aborted")
    assert [text for text in messages if not expected.search(text)] == []


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")


def save(page, question):
    page.goto(str(question.path))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Saved in this browser.")


# --- copying


def test_copied_link_is_the_canonical_one(page, question, live_server):
    page.goto(f"{question.path}?utm_source=x#answer")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    assert clipboard(page) == f"{live_server.url}{question.path}"
    # From the second click on the module listens for itself.
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Saved in this browser.")


def test_copied_markdown_is_what_the_markdown_address_answers(page, question):
    page.goto(str(question.path))
    page.get_by_role("button", name="Copy Markdown").click()
    expect(page.get_by_role("status")).to_have_text("Copied")
    copied = clipboard(page)
    assert copied == page.request.get(f"{question.path}.md").text()
    assert copied.endswith(question.answer + "\n")


def test_copy_that_fails_says_so(open_context, question):
    page = open_context().new_page()
    page.route(f"**{question.path}.md", lambda route: route.abort())
    page.goto(str(question.path))
    page.get_by_role("button", name="Copy Markdown").click()
    expect(page.get_by_role("status")).to_have_text("Your browser does not allow this here.")


def test_copied_code_has_no_prompts_and_the_button_moves_nothing(page, question):
    page.goto(str(question.path))
    button = page.get_by_role("button", name="Copy: Code: pycon")
    button.click()
    expect(button).to_have_text("Copied")
    assert clipboard(page) == "a = 1 < 2\na\nTrue\n"
    shift = """new Promise(done => new PerformanceObserver(list => done(
        list.getEntries().filter(e => !e.hadRecentInput).reduce((sum, e) => sum + e.value, 0)
    )).observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 300))"""
    assert page.evaluate(shift) == 0


def test_without_scripts_only_what_works_is_shown(open_context, question):
    page = open_context(java_script_enabled=False).new_page()
    page.goto(str(question.path))
    actions = page.locator(".actions")
    expect(actions.get_by_role("button")).to_have_count(0)
    expect(actions.get_by_role("link")).to_have_text(
        ["Cite", "Markdown", "Flashcards", "Practice", "Was this helpful?", "Report a problem"]
    )


def test_nothing_of_the_actions_is_fetched_before_the_first_click(open_context, question):
    page = open_context().new_page()
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(str(question.path))
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    assert not [url for url in requests if url.endswith("/study.js")]


# --- saving


def test_saved_list_survives_a_reload_and_is_cleared_by_one_button(page, music, question):
    other = music.questions.get(slug="q-01")
    for each in (question, other, question):
        save(page, each)
    page.goto("/saved")
    links = page.locator("[data-list] a")
    expect(links).to_have_text([question.title, other.title])
    page.reload()
    expect(links).to_have_count(2)
    page.get_by_role("button", name=f"Remove: {other.title}").click()
    expect(links).to_have_text([question.title])
    links.first.click()
    expect(page.locator("h1")).to_have_text(question.title)
    page.goto("/saved")
    page.get_by_role("button", name="Clear the list").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()


def test_saving_and_looking_at_the_list_send_nothing(open_context, question):
    context = open_context()
    page = context.new_page()
    save(page, question)
    requests = []
    page.on("request", lambda request: requests.append(request))
    page.goto("/saved")
    expect(page.locator("[data-list] a")).to_have_count(1)
    assert {request.method for request in requests} == {"GET"}
    assert not [r for r in requests if str(question.uid) in r.url or "?" in r.url]
    assert context.cookies() == []


def test_list_is_exported(page, question, live_server):
    save(page, question)
    page.goto("/saved")
    texts = {}
    for name in ("Export as Markdown", "Export as JSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        texts[download.value.suggested_filename] = download.value.path().read_text()
    address = f"{live_server.url}{question.path}"
    assert texts["saved-answers.md"] == f"- [{question.title}]({address})\n"
    (entry,) = json.loads(texts["saved-answers.json"])
    assert (entry["uid"], entry["path"], entry["title"]) == (
        str(question.uid),
        str(question.path),
        question.title,
    )


def test_list_becomes_a_deck(page, question):
    save(page, question)
    page.goto("/saved")
    with page.expect_download() as download:
        page.get_by_role("button", name="Anki deck").click()
    assert download.value.suggested_filename == "saved.apkg"
    with zipfile.ZipFile(download.value.path()) as archive:
        assert decks.note_guid(question).encode() in archive.read("collection.anki2")


def test_list_without_scripts_says_what_it_needs(open_context, db):
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/saved")
    expect(page.get_by_text("This page needs JavaScript")).to_be_visible()
    expect(page.locator("main").get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize(
    "stored", ["{", "null", "7", '[null, {"path": "//evil.example", "title": "x"}]']
)
def test_list_lives_with_whatever_the_store_holds(page, db, stored):
    page.goto("/saved")
    page.evaluate("stored => localStorage.setItem('quicktakes.saved', stored)", stored)
    page.reload()
    expect(page.locator("[data-without]")).to_be_hidden()
    assert page.locator("a[href*='evil']").count() == 0


# --- practice


def tab_to(page, name):
    """Press Tab until the element with this text has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            return
    pytest.fail(f"Tab does not reach {name}")


def test_round_of_ten_cards_by_keyboard_alone_sends_nothing_and_fills_the_boxes(page, music):
    methods = []
    page.on("request", lambda request: methods.append(request.method))
    page.goto("/learn/music/practice?seed=5")
    for number in range(1, 11):
        expect(page.get_by_text(f"Card {number} of 10")).to_be_visible()
        page.wait_for_load_state("networkidle")
        tab_to(page, "Show the answer")
        page.keyboard.press("Enter")
        tab_to(page, "Not yet" if number == 3 else "I knew it")
        page.keyboard.press("Enter")
    expect(page.get_by_text("You knew 9 of 10.")).to_be_visible()
    assert set(methods) == {"GET"}
    boxes = page.evaluate("JSON.parse(localStorage.getItem('quicktakes.practice'))")
    grades = [entry["box"] for entry in boxes["/learn/music"].values()]
    assert sorted(grades) == [1] * 10
    now = page.evaluate("Date.now()")
    assert len([e for e in boxes["/learn/music"].values() if e["due"] <= now]) == 1


def test_known_card_moves_up_a_box_and_a_missed_one_back_to_the_first(page, question):
    page.goto("/learn/music")
    boxes = {"/learn/music": {str(question.uid): {"box": 2, "due": 0}}}
    page.evaluate("b => localStorage.setItem('quicktakes.practice', JSON.stringify(b))", boxes)
    for grade, box, days in (("I knew it", 3, 4), ("Not yet", 1, 0)):
        page.goto(f"/learn/music/practice?review={question.uid}")
        expect(page.locator("[data-box]")).to_contain_text(re.compile(r"Box \d of 5"))
        page.locator("summary").click()
        page.get_by_role("link", name=grade).click()
        page.wait_for_url(re.compile("practice$"))
        entry, now = page.evaluate(
            """uid => [JSON.parse(localStorage.getItem('quicktakes.practice'))
            ['/learn/music'][uid], Date.now()]""",
            str(question.uid),
        )
        assert entry["box"] == box
        assert abs(entry["due"] - now - days * 86_400_000) < 60_000


def test_cards_that_are_due_are_offered_and_follow_each_other(page, music):
    first, second = music.questions.filter(slug__in=["q-03", "q-04"]).order_by("slug")
    page.goto("/learn/music")
    due = {str(each.uid): {"box": 1, "due": 0} for each in (first, second)}
    later = {str(music.questions.get(slug="q-05").uid): {"box": 1, "due": 9e15}}
    boxes = {"/learn/music": due | later}
    page.evaluate("b => localStorage.setItem('quicktakes.practice', JSON.stringify(b))", boxes)
    page.goto(f"/learn/music/practice?review={first.uid}")
    expect(page.get_by_text("Due again: 1. Review them first")).to_be_visible()
    page.locator("summary").click()
    page.get_by_role("link", name="I knew it").click()
    expect(page.locator("h2")).to_have_text(second.title)
    page.locator("summary").click()
    page.get_by_role("link", name="I knew it").click()
    expect(page.get_by_text("Card 1 of 10")).to_be_visible()
    expect(page.locator("[data-due]")).to_be_hidden()


# --- reports


def test_report_is_sent_by_keyboard_and_the_sixth_is_refused(page, question):
    for number in range(6):
        page.goto(str(question.path))
        page.get_by_role("link", name="Report a problem").focus()
        page.keyboard.press("Enter")
        page.get_by_label("A formula is broken").focus()
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.type(f"Report {number}")
        tab_to(page, "Send the report")
        page.keyboard.press("Enter")
        title = "Thank you" if number < 5 else "That is enough for this hour"
        expect(page.locator("h1")).to_have_text(title)
    assert sorted(Report.objects.values_list("text", flat=True)) == [
        f"Report {number}" for number in range(5)
    ]
    assert set(Report.objects.values_list("kind", "contact")) == {("math", "")}
    assert page.context.cookies() == []


def test_incomplete_report_says_what_is_missing(page, question):
    page.goto(f"{question.path}/report")
    page.get_by_label("What should we look at?").fill("The key is wrong.")
    with page.expect_response("**/report") as response:
        page.get_by_role("button", name="Send the report").click()
    assert response.value.status == 400
    expect(page.get_by_role("alert")).to_contain_text("Choose what is the matter.")
    expect(page.get_by_label("What should we look at?")).to_have_value("The key is wrong.")


# --- all of them

PAGES = {
    "report": "/learn/music/questions/q-00/report",
    "helpful": "/learn/music/questions/q-00/helpful",
    "thanks": "/learn/music/questions/q-00/thanks",
    "practice": "/learn/music/practice?seed=1",
    "result": "/learn/music/practice?seed=1&card=11&missed=1",
    "flashcards": "/learn/music/flashcards",
    "saved": "/saved",
}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_no_wider_than_a_small_phone_and_its_targets_are_large(open_context, music, name):
    page = open_context(viewport={"width": 320, "height": 640}).new_page()
    page.goto(PAGES[name])
    if name == "practice":
        page.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    small = page.evaluate(
        """[...document.querySelectorAll('main :is(a, button, summary, label.choice)')]
        .filter(e => e.getClientRects().length && !e.closest('.prose'))
        .filter(e => e.getBoundingClientRect().height < 24).map(e => e.textContent)"""
    )
    assert small == []


@pytest.mark.parametrize("name", [*PAGES, "question", "incomplete", "filled"])
def test_axe_finds_nothing(open_context, music, name):
    page = open_context().new_page()
    question = music.questions.get(slug="q-00")
    if name == "incomplete":
        page.goto(PAGES["report"])
        page.get_by_role("button", name="Send the report").click()
        expect(page.get_by_role("alert")).to_be_visible()
    elif name in ("question", "filled"):
        save(page, question)
        if name == "filled":
            page.goto("/saved")
    else:
        page.goto(PAGES[name])
    if name == "practice":
        page.locator("summary").click()
    assert violations_everywhere(page) == []

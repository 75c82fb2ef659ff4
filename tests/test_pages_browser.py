"""The readers' pages in a real browser: nothing sticks out, is refused or fetched in vain."""

import os
import re

import pytest
from playwright.sync_api import sync_playwright

from learn.models import Question
from tests.factories import make_question, make_related, make_subject

pytestmark = pytest.mark.browser

NARROW = {"width": 320, "height": 640}
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
ANSWER = r"""
A first paragraph with `a_very_long_identifier_that_has_no_place_to_break_at_all_in_it` and
https://site.example/a/very/long/address/that/has/no/place/to/break/at/all/in/it/anywhere.

### A heading with LONGWORD

| one column | another column | a third column | a fourth column | a fifth column |
|---|:-:|--:|---|---|
| some words in a cell | more words | 1,000,000 | yet more words | the last words |

```python
def a_function(with_a_parameter, and_another, and_a_third):  # and a comment on the same line
    return "a string"
```

1. An item
   - with a nested one
     - that holds $a^2 + b^2 + c^2 + d^2 + e^2 + f^2 + g^2 + h^2 + i^2 + j^2 + k^2 + l^2 = 0$.

$$\int_0^1 f(x)\,dx = a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + a_8 + a_9 + a_{10} + a_{11} + z$$
""".replace("LONGWORD", LONG_WORD)


@pytest.fixture(scope="session")
def browser(chromium):
    # Playwright keeps an event loop in this thread; Django would take the tests for asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def addresses(transactional_db):
    """One page of each kind, the question's with all that could be too wide."""
    subject = make_subject(title=LONG_WORD[:60], description=LONG_WORD)
    question = make_question(
        subject=subject, title=f"What is a {LONG_WORD}?", answer=ANSWER, seo_keywords=LONG_WORD
    )
    for _ in range(2):
        make_related(question, make_question(title=LONG_WORD, answer=LONG_WORD))
    make_question(subject=subject, answer="It is plain.", slug="plain")
    trashed = make_question(subject=subject, status=Question.Status.TRASHED)
    return {
        "home": "/",
        "subject_list": "/learn",
        "subject_detail": subject.get_absolute_url(),
        "question_detail": str(question.path),
        "plain": f"{subject.get_absolute_url()}/questions/plain",
        "404": f"{subject.get_absolute_url()}/questions/none",
        "410": str(trashed.path),
    }


PAGES = ["home", "subject_list", "subject_detail", "question_detail", "plain", "404", "410"]


@pytest.fixture
def visit(browser, live_server, addresses):
    """Open a page by name; returns it with the messages and requests that it made."""
    contexts = []

    def open_page(name, **options):
        context = browser.new_context(**{"viewport": NARROW, **options})
        contexts.append(context)
        page = context.new_page()
        messages, requests = [], []
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(live_server.url + addresses[name])
        page.evaluate("document.fonts.ready")
        return page, messages, requests

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_no_wider_than_a_small_phone_and_leaves_no_messages(visit, name, scheme):
    page, messages, _ = visit(name, color_scheme=scheme)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == NARROW["width"]
    # The browser itself reports the status of an honest 404 or 410.
    assert [text for text in messages if name not in text] == []


def test_every_resource_comes_from_the_site_and_is_found(visit, live_server):
    page, _, requests = visit("question_detail")
    assert all(url.startswith(live_server.url) for url in requests)
    kinds = {url.rpartition(".")[2] for url in requests[1:]}
    assert kinds <= {"css", "woff2", "svg"}
    assert page.evaluate("document.styleSheets.length") == 2


@pytest.mark.parametrize(("name", "count"), [("question_detail", 1), ("plain", 0)])
def test_math_font_is_fetched_once_and_only_where_there_are_formulas(visit, name, count):
    page, _, requests = visit(name)
    assert len([url for url in requests if url.endswith(".woff2")]) == count
    assert page.evaluate("[...document.fonts].filter(f => f.status == 'loaded').length") == count


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_follow_the_readers_choice(visit, scheme):
    page, _, _ = visit("plain", color_scheme=scheme)
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    colours = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}
    assert page.evaluate(ground) == colours[scheme]


def test_first_tab_stop_leads_to_the_content(visit):
    page, _, _ = visit("plain")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("#main$"))


def test_wide_parts_scroll_in_regions_that_the_keyboard_reaches(visit):
    page, _, _ = visit("question_detail")
    wide = page.evaluate(
        """[...document.querySelectorAll('#answer .scroll')].map(
            e => [e.scrollWidth > e.clientWidth, e.tabIndex, e.role, e.ariaLabel.length > 0])"""
    )
    assert wide == [[True, 0, "region", True]] * 3


def test_measure_of_an_answer_is_comfortable_on_a_wide_screen(visit):
    page, _, _ = visit("plain", viewport={"width": 1280, "height": 800})
    characters = page.evaluate(
        """() => {
            const paragraph = document.querySelector('#answer p');
            paragraph.textContent = 'The quick brown fox jumps over the lazy dog. '.repeat(40);
            const height = parseFloat(getComputedStyle(paragraph).lineHeight);
            return paragraph.textContent.length / (paragraph.offsetHeight / height);
        }"""
    )
    assert 60 <= characters <= 75


def test_print_shows_the_answer_and_its_address_only(visit):
    page, _, _ = visit("plain")
    page.emulate_media(media="print")
    shown = {
        selector: page.locator(selector).first.is_visible()
        for selector in ("h1", "#answer", ".meta", ".address", "header", "footer", ".crumbs")
    }
    assert [selector for selector, visible in shown.items() if visible] == [
        "h1",
        "#answer",
        ".meta",
        ".address",
    ]

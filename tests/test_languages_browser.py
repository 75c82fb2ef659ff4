"""Pages from right to left in a real browser."""

import pytest
from django.conf import settings as project

from tests.axe import violations
from tests.factories import make_question, make_related

pytestmark = pytest.mark.browser

ANSWER = "So `x = 1` and $a + b = c$.\n\n```python\nx = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"
PAGES = ["", "/cite", "/report", "/helpful"]
DIRECTIONS = """(selectors) => selectors.map(
    (selector) => getComputedStyle(document.querySelector(selector)).direction
)"""


@pytest.fixture
def question(transactional_db, settings):
    """On a site whose pages and content are Arabic, as if that was shipped."""
    settings.LANGUAGES = [*project.LANGUAGES, ("ar", "العربية")]
    settings.LANGUAGE_CODE = settings.CONTENT_LANGUAGE = "ar"
    question = make_question(title="لماذا السماء زرقاء؟", answer=ANSWER)
    make_related(question, make_question(subject=question.subject, title="ما هو الضوء؟"))
    return question


@pytest.fixture
def visit(browser, live_server, question):
    contexts = []

    def open_page(ending, width):
        context = browser.new_context(viewport={"width": width, "height": 640})
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{live_server.url}{question.get_absolute_url()}{ending}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def test_formulas_and_code_run_from_left_to_right_in_an_answer_from_right_to_left(visit):
    page = visit("", 1280)
    assert page.evaluate(DIRECTIONS, ["html", "#answer", "h1"]) == ["rtl"] * 3
    inner = ["#answer math", "#answer pre", "#answer p code"]
    assert page.evaluate(DIRECTIONS, inner) == ["ltr"] * 3
    assert page.locator("#answer td").first.evaluate(
        "(cell) => cell.getBoundingClientRect().left > cell.nextElementSibling"
        ".getBoundingClientRect().left"
    )


@pytest.mark.parametrize("ending", PAGES)
def test_page_from_right_to_left_fits_a_small_phone_and_axe_finds_nothing(visit, ending):
    page = visit(ending, 320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert violations(page) == []

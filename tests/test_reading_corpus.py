"""The real answers as readers' pages: the hardest of them, and many of them."""

import random
import re
from pathlib import Path

import pytest
from django.core.management import call_command

from learn import inline
from learn.models import Subject
from learn.rendering import decode, render
from tests.axe import violations_everywhere
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("corpus_dir")

_ANSWER = re.compile(r"^answer: >-\n    (.*)$", re.MULTILINE)
_TITLE = re.compile(r"^title: >-\n    (.*)$", re.MULTILINE)
FONT = ROOT / "learn" / "static" / "learn" / "fonts" / "stix-two-math.woff2"
CONTENT_WIDTH = 280  # of a screen of 320 pixels


@pytest.fixture(scope="module")
def answers(corpus_dir: Path) -> dict[Path, str]:
    """The Markdown of every file."""
    texts = {}
    for path in sorted(corpus_dir.glob("*/*.md")):
        found = _ANSWER.search(path.read_text("utf-8"))
        assert found, path
        texts[path] = decode(found[1]).markdown
    return texts


@pytest.fixture
def page(browser):
    page = browser.new_page()
    yield page
    page.close()


def columns(text: str) -> int:
    rows = re.findall(r"^\|.*\|", text, re.MULTILINE)
    return max((row.count("|") for row in rows), default=0)


def longest_code_line(text: str) -> int:
    blocks = re.findall(r"```.*?\n(.*?)```", text, re.DOTALL)
    return max((len(line) for block in blocks for line in block.splitlines()), default=0)


def length_of_title(path: Path) -> int:
    found = _TITLE.search(path.read_text("utf-8"))
    return len(found[1]) if found else 0


@pytest.fixture(scope="module")
def hardest(answers: dict[Path, str]) -> list[Path]:
    """Longest answer, most formulas, widest table, longest line of code, longest title."""
    measures = (len, lambda text: text.count("$"), columns, longest_code_line)
    found = [max(answers, key=lambda path: measure(answers[path])) for measure in measures]
    found.append(max(answers, key=length_of_title))
    return found


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_axe_finds_nothing_on_the_hardest_pages(hardest, page, live_server):
    call_command("loadseeds", *map(str, hardest), verbosity=0)
    # one of them as readers see an unlisted subject; none has a related question in this database
    Subject.objects.filter(slug=hardest[-1].parent.name).update(is_listed=False)
    for path in hardest:
        page.goto(f"{live_server.url}/learn/{path.parent.name}/questions/{path.stem}")
        assert violations_everywhere(page) == [], path
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path


@pytest.mark.browser
def test_no_answer_is_wider_than_a_small_phone(answers, page):
    """400 at random, and all that hold a formula, a table or code, side by side in one page."""
    hard = [path for path, text in answers.items() if re.search(r"[$`]|\\\(|\\\[|^\|", text, re.M)]
    chosen = {*hard, *random.Random(320).sample(sorted(answers), 400)}
    page.set_viewport_size({"width": 320, "height": 640})
    page.route("**/*.woff2", lambda route: route.fulfill(path=FONT))
    page.route(
        "https://site.example/", lambda route: route.fulfill(body="", content_type="text/html")
    )
    page.goto("https://site.example/")
    sheets = "".join(map(inline.stylesheet, inline.STYLESHEETS))
    page.set_content(f"<style>{sheets}</style><main><math><mi>x</mi></math></main>")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("[...document.fonts].map(font => font.status)") == ["loaded"]
    too_wide = []
    paths = sorted(chosen)
    for start in range(0, len(paths), 400):
        part = paths[start : start + 400]
        widths = page.evaluate(
            """answers => {
                const main = document.querySelector('main');
                main.innerHTML = answers.map(
                    html => `<article class="prose">${html}</article>`).join('');
                return [...main.children].map(article => article.scrollWidth);
            }""",
            [render(answers[path]).html for path in part],
        )
        assert len(widths) == len(part)
        too_wide += [
            (str(path), width)
            for path, width in zip(part, widths, strict=True)
            if width > CONTENT_WIDTH
        ]
    assert len(chosen) > 3000
    assert too_wide == []

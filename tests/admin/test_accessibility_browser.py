"""Every page of the desk, whole, as axe and a small phone see it, and by keyboard.

The pages are walked in groups, each in one browser over one set of rows; what fails is said of all
pages of the group at once.
"""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from learn import publishing
from learn.models import Question
from tests.admin.builders import make_copy, make_related
from tests.admin.desk import faults_everywhere, page_of
from tests.admin.desk_pages import PAGES, QUESTIONS, comparison, seed_upload
from tests.admin.people import make_user
from tests.admin.test_cards import seed
from tests.admin.world import World, make_members, make_world

pytestmark = pytest.mark.browser

# How the browser itself reports an answer that refuses something.
REFUSED = "the server responded with a status of 4"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.fixture
def world(transactional_db: None) -> World:
    return make_world(make_members())


@pytest.fixture
def page(browser, live_server, transactional_db, world) -> Iterator[Page]:
    ada = User.objects.create_superuser("ada", password="correct horse")
    seed(ada, make_user("lee", "editor"))
    for pk in (world["live"], world["draft"], world["in_review"], world["edited"]):
        question = Question.objects.get(pk=pk)
        question.title = f"What is a {LONG_WORD}?"
        question.answer = f"It is {LONG_WORD}, the {question.slug}.\n\nIn two parts."
        publishing.save_question(question)
    make_related(question, f"/learn/biology/questions/{'long-' * 12}address")
    make_copy(Question.objects.get(slug="live-2"))
    page = page_of(browser, live_server.url, ada)
    page.set_default_timeout(60_000)
    yield page
    page.context.close()


def is_refusal(complaint: str) -> bool:
    """Of a page that was asked for; never of what belongs to every page."""
    return REFUSED in complaint and "/static/" not in complaint


@pytest.mark.parametrize("group", PAGES)
def test_axe_finds_nothing_and_nothing_sticks_out(page, world, group):
    found = []
    for way in PAGES[group]:
        name = way if isinstance(way, str) else way.__name__
        page.set_viewport_size({"width": 1280, "height": 900})
        if isinstance(way, str):
            assert page.goto(way.format(**world)).status == 200, way
        else:
            way(page, world)
        found += [f"{name} {fault}" for fault in faults_everywhere(page)]
        found += [f"{name} console: {text}" for text in page.complaints if not is_refusal(text)]
        page.complaints.clear()
    assert not found, "\n".join(found)


# Colours that are too faint in one scheme, each of a text that only one width shows.
FAINT = """<!doctype html><html lang="en"><head><title>Faint</title><style>
    body { color: #000; background: #fff }
    @media (prefers-color-scheme: dark) { body { color: #fff; background: #000 } }
    @media (min-width: 400px) { .narrow { display: none } }
    @media (max-width: 400px) { .wide { display: none } }
    @media (prefers-color-scheme: SCHEME) { .WIDTH { color: #888; background: #777 } }
</style></head><body><main><h1>Faint</h1>
<p class="wide">Wide only</p><p class="narrow">Narrow only</p><p>Always</p>
</main></body></html>"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "pixels"), [("wide", 1280), ("narrow", 320)])
def test_faint_text_is_found_in_whatever_scheme_and_width_alone_shows_it(
    browser, scheme, width, pixels
):
    page = browser.new_page()
    page.set_content(FAINT.replace("SCHEME", scheme).replace("WIDTH", width))
    (fault,) = faults_everywhere(page)
    assert fault.startswith(f'{scheme} {pixels}: color-contrast: <p class="{width}">')
    page.close()


# What the Tab key stands on, whether that is in the window, and whether it is seen to be focused.
FOCUS = """() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    window.stops ??= [];
    if (!window.stops.includes(element)) window.stops.push(element);
    const seen = [element, ...(element.labels ?? []), element.closest("li")].filter(Boolean);
    const { top, bottom } = element.getBoundingClientRect();
    const marks = seen.some(part => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(part);
        return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
    });
    const style = getComputedStyle(element);
    const before = [style.borderColor, style.backgroundColor, style.textDecorationLine].join();
    element.blur();
    const after = getComputedStyle(element);
    const changes = before
        !== [after.borderColor, after.backgroundColor, after.textDecorationLine].join();
    element.focus({ preventScroll: true });
    return {
        number: window.stops.indexOf(element),
        html: element.outerHTML.slice(0, 160),
        isShown: bottom > 0 && top < innerHeight,
        isMarked: marks || changes,
    };
}"""
# Controls that are shown and that no step has come to; of a tool bar or radios one is enough.
MISSED = """() => {
    const group = element => element.closest("[role=toolbar]")
        ?? (element.type === "radio" ? element.name : element);
    const reached = new Set(window.stops.map(group));
    const controls = "#content :is(a[href], button, input, select, textarea, summary)";
    return [...document.querySelectorAll(controls)]
        .filter(element => element.checkVisibility({ visibilityProperty: true }))
        .filter(element => !element.disabled && element.type !== "hidden")
        .filter(element => !element.matches(".select2-hidden-accessible"))
        .filter(element => !reached.has(group(element)))
        .map(element => element.outerHTML.slice(0, 160));
}"""


def faults_of_walk(page: Page) -> list[str]:
    """Go through the page by Tab from its start until its end lets go of the focus."""
    # A new question's title has the focus from the start.
    start = page.evaluate(FOCUS)
    found, last = [], start["number"] if start else -1
    for _step in range(600):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop is None or stop["number"] < last:
            return found + [f"never reached: {html}" for html in page.evaluate(MISSED)]
        if stop["number"] == last and not stop["html"].startswith("<iframe"):
            return [*found, f"sticks at {stop['html']}"]
        if not stop["isShown"]:
            found.append(f"out of sight: {stop['html']}")
        if not stop["isMarked"]:
            found.append(f"focus is not seen: {stop['html']}")
        last = stop["number"]
    return [*found, "no end"]


WALKS = {
    "form": f"{QUESTIONS}{{live}}/change/",
    "new form": f"{QUESTIONS}add/",
    "list": QUESTIONS,
    "diff": comparison,
    "queue": f"{QUESTIONS}review/",
    "review": f"{QUESTIONS}review/{{in_review}}/",
    "upload": f"{QUESTIONS}import/",
    "uploaded files": seed_upload,
    "user": "/admin/auth/user/{user}/change/",
}


@pytest.mark.parametrize("name", WALKS)
def test_tab_comes_to_every_control_and_leaves_the_page(
    page: Page,
    world: World,
    name: str,
) -> None:
    way = WALKS[name]
    if isinstance(way, str):
        page.goto(way.format(**world))
    else:
        way(page, world)
        page.reload() if way is comparison else page.evaluate("document.activeElement.blur()")
    page.wait_for_load_state("networkidle")
    assert faults_of_walk(page) == []

"""The readers' pages in a real browser: nothing sticks out, is refused or fetched in vain."""

import re

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import expect

from learn.models import Question, Tag
from learn.models.tag import INDEXED_FROM
from learn.views import subjects
from tests.axe import violations_everywhere
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


SECTIONS = "\n\n".join(
    f"### Section {letter}\n\n- **Lead {letter}:** words.\n\n" + "A line of text.\n\n" * 30
    for letter in "ABCD"
)


@pytest.fixture
def addresses(transactional_db, monkeypatch):
    """One page of each kind, the question's with all that could be too wide."""
    # so that the subject has pages and letters
    monkeypatch.setattr(subjects, "PAGE_SIZE", 2)
    subject = make_subject(title=LONG_WORD[:60], description=LONG_WORD)
    question = make_question(
        subject=subject, title=f"What is a {LONG_WORD}?", answer=ANSWER, seo_keywords=LONG_WORD
    )
    Tag.objects.update(count=INDEXED_FROM)
    for _ in range(2):
        make_related(question, make_question(title=LONG_WORD, answer=LONG_WORD))
    make_question(subject=subject, answer="It is plain.", slug="plain", title="How is plain ice?")
    make_question(subject=subject, answer=SECTIONS, slug="sections")
    trashed = make_question(subject=subject, status=Question.Status.TRASHED)
    return {
        "home": "/",
        "subject_list": "/learn",
        "subject_detail": subject.get_absolute_url(),
        "question_detail": str(question.path),
        "plain": f"{subject.get_absolute_url()}/questions/plain",
        "sections": f"{subject.get_absolute_url()}/questions/sections",
        "about": "/how-answers-are-made",
        "404": f"{subject.get_absolute_url()}/questions/none",
        "410": str(trashed.path),
        "newest_first": f"{subject.get_absolute_url()}?sort=newest",
        "topic_list": "/topics",
        "topic_detail": Tag.objects.get().get_absolute_url(),
        "newest": "/newest",
        "cite": f"{question.path}/cite",
        "search": f"/search?q={LONG_WORD}",
        "search_within": f"/search?q=plain&subject={subject.slug}",
        "search_corrected": "/search?q=plainn",
        "search_none": f"/search?q={'x' * 400}",
        "search_empty": "/search",
    }


PAGES = ["home", "subject_list", "subject_detail", "newest_first", "question_detail", "plain"]
PAGES += ["sections", "about", "404", "410", "topic_list", "topic_detail", "newest", "cite"]
PAGES += ["search", "search_within", "search_corrected", "search_none", "search_empty"]


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


@pytest.mark.parametrize("name", PAGES)
def test_page_is_no_wider_than_a_small_phone_and_leaves_no_messages(visit, name):
    page, messages, _ = visit(name)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == NARROW["width"]
    # The browser itself reports the status of an honest 404 or 410.
    assert [text for text in messages if name not in text] == []


def test_every_resource_comes_from_the_site_and_is_found(visit, live_server):
    page, _, requests = visit("question_detail")
    assert all(url.startswith(live_server.url) for url in requests)
    kinds = {url.rpartition(".")[2] for url in requests[1:]}
    assert kinds <= {"js", "woff2", "svg"}
    # the site's, for answers, for formulas, for code, for tables
    assert page.evaluate("document.styleSheets.length") == 5


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
    # a table, a block of code, a formula in a line, a formula of its own
    assert wide == [[True, 0, "region", True]] * 4
    names = page.locator("#answer .scroll").evaluate_all("all => all.map(e => e.ariaLabel)")
    assert names == ["Table", "Code: python", "Formula", "Formula 2"]


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


# --- accessibility


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_and_dark_at_three_widths(visit, name):
    page, _, _ = visit(name)
    assert violations_everywhere(page) == []


def test_axe_finds_nothing_while_suggestions_are_open(visit):
    page, _, _ = visit("home")
    field = page.locator("main input[type=search]")
    field.focus()
    expect(field).to_have_attribute("role", "combobox")
    field.press_sequentially("plain")
    option = page.get_by_role("listbox").get_by_role("option")
    option.first.wait_for()
    field.press("ArrowDown")
    assert violations_everywhere(page) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") == NARROW["width"]
    assert option.count() == 1


def test_axe_finds_nothing_on_the_page_of_a_server_error(visit, live_server):
    page, messages, _ = visit("plain")
    body = render_to_string("500.html")
    page.route("**/broken", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{live_server.url}/broken")
    assert page.evaluate("document.styleSheets.length") == 1
    assert violations_everywhere(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert messages == []


def test_subject_offers_letters_and_pages(visit):
    page, _, _ = visit("subject_detail")
    page.get_by_role("navigation", name="Letters").get_by_role("link").last.click()
    assert "#letter-" in page.url
    target = page.url.partition("#")[2]
    assert page.locator(f"#{target}").is_visible()
    assert page.get_by_role("navigation", name="Pages").is_visible()


def test_axe_would_find_faint_text(visit):
    page, _, _ = visit("plain")
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    found = violations_everywhere(page)
    assert any(text.startswith("light 1280: color-contrast: <h1") for text in found)


def test_keyboard_reaches_every_link_control_and_box_in_reading_order(visit):
    page, _, _ = visit("question_detail")
    page.evaluate(
        """document.querySelectorAll('a, button, summary, input, select, [tabindex]').forEach(
            (element, number) => element.dataset.number = number)"""
    )
    expected = page.evaluate(
        "[...document.querySelectorAll('[data-number]')].map(e => e.dataset.number)"
    )
    reached = []
    for _ in expected:
        page.keyboard.press("Tab")
        number, outline = page.evaluate(
            """[document.activeElement.dataset.number,
                getComputedStyle(document.activeElement).outlineStyle]"""
        )
        reached.append(number)
        assert outline == "solid"
    assert reached == expected


def test_nothing_moves_while_the_page_loads(visit):
    page, _, _ = visit("question_detail")
    assert shifts(page) == 0


def shifts(page):
    """How much has moved, as the browser counts it."""
    return page.evaluate(
        """() => new Promise(resolve => {
            let sum = 0;
            const add = list => list.getEntries().forEach(entry => sum += entry.value);
            new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
            setTimeout(() => resolve(sum), 300);
        })"""
    )


@pytest.mark.parametrize("name", ["subject_list", "plain", "about"])
def test_nothing_moves_when_scripts_show_their_parts(visit, name):
    page, _, _ = visit(name, viewport={"width": 360, "height": 2000})
    assert shifts(page) == 0


def test_parts_that_need_scripts_take_no_room_without(visit):
    page, _, _ = visit("subject_list", java_script_enabled=False)
    assert page.locator(".filter").bounding_box() is None
    assert page.locator("footer .appearance").bounding_box() is None


# --- keys and the filter of subjects


def test_slash_leads_to_the_search_field_and_is_typed_there(visit):
    page, _, _ = visit("plain")
    page.keyboard.press("/")
    field = page.locator("header input[type=search]")
    assert field.evaluate("e => e === document.activeElement")
    page.keyboard.press("/")
    page.keyboard.press("?")
    assert field.input_value() == "/?"


def test_question_mark_leads_to_the_keys_which_can_be_switched_off(visit):
    page, _, _ = visit("plain")
    page.keyboard.press("?")
    page.wait_for_url("**/how-answers-are-made#keys")
    page.get_by_label("These two keys").select_option(label="Off")
    page.reload()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") != "INPUT"
    page.get_by_label("These two keys").select_option(label="On")
    page.locator("h1").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_keys_with_a_modifier_belong_to_the_browser(visit, modifier):
    page, _, _ = visit("plain")
    page.keyboard.press(f"{modifier}+/")
    assert page.evaluate("document.activeElement.tagName") == "BODY"


def test_filter_shows_the_subjects_that_hold_all_words(visit):
    make_question(subject=make_subject(title="Éclairs and pastry"), title="Why butter?")
    page, messages, _ = visit("subject_list")
    field, shown = (
        page.get_by_label("Show subjects with"),
        page.locator("#subject-list > li:visible"),
    )
    everything = shown.count()
    field.fill("butter eclair")
    expect(shown).to_have_count(1)
    field.fill("no such words")
    expect(shown).to_have_count(0)
    expect(page.locator(".filter [role=status]")).to_contain_text("No subject has that")
    field.fill("")
    expect(shown).to_have_count(everything)
    assert messages == []


# --- sections


def test_table_of_contents_is_folded_on_a_phone_and_leads_to_the_section(visit):
    page, _, _ = visit("sections")
    link = page.locator(".contents").get_by_text("Section C")
    assert not link.is_visible()
    page.get_by_text("On this page").click()
    link.click()
    assert page.url.endswith("#s-section-c")
    assert 0 <= page.locator("#s-section-c").bounding_box()["y"] < 100


def test_table_of_contents_stands_beside_the_answer_on_a_wide_screen(visit):
    page, _, _ = visit("sections", viewport={"width": 1280, "height": 800})
    link = page.get_by_role("link", name="Section C").first
    assert link.is_visible()
    answer, contents = page.locator("#answer").bounding_box(), link.bounding_box()
    assert contents["x"] > answer["x"] + answer["width"]


# --- colours and text size

GROUND = "getComputedStyle(document.documentElement).backgroundColor"
LIGHT, DARK = "rgb(255, 255, 255)", "rgb(20, 23, 27)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_chosen_colours_win_over_the_systems_and_are_kept(visit, scheme):
    page, _, _ = visit("plain", color_scheme=scheme)
    for label, ground in [("Dark", DARK), ("Light", LIGHT)]:
        page.get_by_label("Colours").select_option(label=label)
        assert page.evaluate(GROUND) == ground
        page.reload()
        assert page.evaluate(GROUND) == ground
        assert page.get_by_label("Colours").input_value() == label.lower()
    page.get_by_label("Colours").select_option(label="Auto")
    page.reload()
    assert page.evaluate(GROUND) == {"light": LIGHT, "dark": DARK}[scheme]


def test_text_size_can_be_chosen_and_is_kept(visit):
    page, _, _ = visit("plain")
    size = "Math.round(parseFloat(getComputedStyle(document.body).fontSize))"
    for label, pixels in [("Small", 16), ("Large", 20), ("Medium", 17)]:
        page.get_by_label("Text").select_option(label=label)
        page.reload()
        assert page.evaluate(size) == pixels
        assert page.get_by_label("Text").evaluate("e => e.selectedOptions[0].label") == label


def test_choices_are_not_offered_without_javascript(visit):
    page, _, _ = visit("plain", java_script_enabled=False)
    assert not page.get_by_label("Colours").is_visible()


def test_choices_hold_for_the_page_where_storage_is_refused(visit):
    page, messages, _ = visit("plain")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused') } })"
    )
    page.reload()
    page.get_by_label("Colours").select_option(label="Dark")
    assert page.evaluate(GROUND) == DARK
    assert messages == []


# --- what is fetched on demand

MODULE = "export const attach = mark; export const start = mark; function mark(element) { %s }"


@pytest.fixture
def plain_page(visit):
    """A page with an input and a button as search and study have them."""
    page, _, _ = visit("plain")
    fetched = []

    def answer(route):
        fetched.append(route.request.url)
        body = MODULE % "element.dataset.calls = Number(element.dataset.calls ?? 0) + 1"
        route.fulfill(content_type="text/javascript", body=body)

    page.route("**/module.js", answer)
    # Node by node: pages let no script write HTML (Trusted Types).
    page.evaluate(
        """() => {
        const make = (name, attributes, ...children) => {
          const element = document.createElement(name)
          for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
          element.append(...children)
          return element
        }
        document.querySelector('main').append(
          make('form', {'data-suggest-module': '/module.js'},
            make('input', {id: 'probe', 'data-suggest': ''})),
          make('p', {id: 'study', 'data-study': '', 'data-study-module': '/module.js'},
            make('button', {id: 'copy'}, 'Copy')))
        }"""
    )
    return page, fetched


def test_suggestions_are_fetched_at_the_first_focus_only(plain_page):
    page, fetched = plain_page
    for _ in range(2):
        page.locator("#probe").focus()
        page.locator("#copy").focus()
    page.wait_for_function("document.querySelector('#probe').dataset.calls === '1'")
    assert len(fetched) == 1


def test_study_tools_are_fetched_at_the_first_click_only(plain_page):
    page, fetched = plain_page
    assert fetched == []
    page.locator("#copy").click()
    page.wait_for_function("document.querySelector('#study').dataset.calls === '1'")
    page.locator("#copy").click()
    assert page.evaluate("document.querySelector('#study').dataset.calls") == "1"


def test_resting_on_a_link_prefetches_the_question_and_the_policy_lets_it(visit):
    page, messages, _ = visit("question_detail", viewport={"width": 1280, "height": 800})
    client = page.context.new_cdp_session(page)
    states = []
    client.on("Preload.prefetchStatusUpdated", lambda event: states.append(event["status"]))
    client.send("Preload.enable")
    page.locator("#related a").first.hover()
    for _ in range(200):
        if states[-1:] == ["Ready"]:
            break
        page.wait_for_timeout(50)
    assert states[-1:] == ["Ready"]
    assert messages == []

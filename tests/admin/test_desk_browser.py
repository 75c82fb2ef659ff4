"""The desk's own pages on small and large screens, in both colours, for everybody."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from learn import publishing
from learn.models import Draft, Question
from tests.admin.builders import add_url, change_url, make_question, make_related

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.fixture
def question(transactional_db: None) -> Question:
    question = make_question(title=f"What is a {LONG_WORD}?", answer=f"It is {LONG_WORD}.")
    make_related(question, f"/learn/biology/questions/{'long-' * 12}address")
    return question


def change_form(page: Page, base: str, question: Question) -> None:
    page.goto(base + change_url("question", question.pk))
    page.locator("#id_answer").press_sequentially("x")
    expect(page.locator("[data-draft-state]")).to_have_text("Kept in this browser.")


def banner(page: Page, base: str, question: Question) -> None:
    Draft.objects.create(
        person=User.objects.get(username="ada"),
        question=question,
        base_version=1,
        values={"answer": "Unsaved."},
    )
    page.goto(base + change_url("question", question.pk))
    expect(page.locator(".desk-banner")).to_be_visible()


def errors(page: Page, base: str, question: Question) -> None:
    page.goto(base + change_url("question", question.pk))
    page.locator("#id_slug").fill("No Slug")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".errornote")).to_be_visible()


def new_answer(page: Page, base: str, question: Question) -> None:
    page.goto(base + add_url("question"))


def conflict(page: Page, base: str, question: Question) -> None:
    page.goto(base + change_url("question", question.pk))
    question.answer, question.seo_title = f"Theirs is {LONG_WORD}.", "Theirs"
    publishing.save_question(question, by=User.objects.create(username="ben"))
    page.locator("#id_answer").fill("Mine.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("form.desk-conflict")).to_be_visible()


def versions(page: Page, base: str, question: Question) -> None:
    question.answer = f"It was {LONG_WORD}.\n" + "A line.\n" * 30
    publishing.save_question(question)
    page.goto(f"{base}/admin/learn/question/{question.pk}/versions/")
    expect(page.get_by_role("radio")).to_have_count(4)


def comparison(page: Page, base: str, question: Question) -> None:
    versions(page, base, question)
    page.get_by_role("link", name="Compare version 1 with live").click()
    expect(page.get_by_role("button", name="Next change")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator(".desk-current").first).to_be_visible()


RUN_AXE = """async () => {
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(" ")).join(", ")}`);
}"""


PAGES = [change_form, banner, errors, new_answer, conflict, versions, comparison]


@pytest.mark.parametrize("prepare", PAGES)
def test_page_fits_and_axe_finds_nothing_at_any_width_in_both_colours(editor, question, prepare):
    # The checker itself sets inline styles.
    ada = editor(bypass_csp=True)
    page = ada.context.new_page()
    prepare(page, ada.url, question)
    page.evaluate(AXE_SCRIPT)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width in (320, 360, 768, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            if (shown := page.evaluate("document.documentElement.scrollWidth")) != width:
                found.append((width, scheme, f"{shown} pixels wide"))
            found += [(width, scheme, rule) for rule in page.evaluate(RUN_AXE)]
    assert not found, "\n".join(map(str, found))

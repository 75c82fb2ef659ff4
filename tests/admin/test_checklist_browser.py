"""The checklist in a real browser, from an answer that is typed to its page and to the report.

The check: six planted faults are six named findings, a click moves the caret to the line,
publishing is disabled until they are mended; the report lists the same faults for an answer that
was imported; the readers' page of an answer that passes has no fault of these kinds for axe.
"""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from learn import faults
from learn.models import Question
from tests.admin.builders import change_url, make_question
from tests.admin.desk import faults_everywhere

pytestmark = pytest.mark.browser

FAULTY = (
    "Yes.\n\n#### Two\n\n![](/media/x.png)\n\n[text](/learn/no/questions/none)\n\n$\\frac{a}$\n\n"
    "| a | b |\n| 1 | 2 |\n\n```\ncode"
)
SIX = [
    "Heading that skips a level",
    "Picture without a description",
    "Link that leads nowhere",
    "Formula that cannot be set",
    "Table that is shown as text",
    "Block of code without an end",
]
SOUND = (
    "Water moves through a membrane to where more is dissolved in it.\n\n## What it depends on\n\n"
    "| Side | Dissolved |\n| --- | --- |\n| left | much |\n| right | little |\n\n"
    "![A membrane](https://pictures.example/membrane.png)\n\n### As a formula\n\n"
    "$$\\Pi = i c R T$$\n\n```python\nprint(1)\n```\n\nMore on [another page](/learn)."
)


@pytest.fixture
def question(transactional_db: None) -> Question:
    return make_question(status="draft", publish_at=None)


def test_faults_are_named_lead_to_their_lines_and_stop_publishing(editor, question):
    page = editor().open(change_url("question", question.pk))
    area = page.locator("#id_answer")
    checklist = page.get_by_role("region", name="Ready to publish?")
    area.fill(FAULTY)
    errors = checklist.locator("li.error")
    expect(errors).to_have_count(6)
    for name in SIX:
        expect(errors.filter(has_text=name)).to_have_count(1)
    publish = page.locator("#id_status option[value=published]")
    expect(publish).to_be_disabled()
    checklist.get_by_role("button", name="Link that leads nowhere").click()
    expect(area).to_be_focused()
    chosen = area.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert chosen == "[text](/learn/no/questions/none)"
    area.fill("Yes, it is so.")
    expect(checklist).to_contain_text("Ready to publish.")
    expect(publish).to_be_enabled()


def test_finding_of_another_field_leads_there(editor, question):
    page = editor().open(change_url("question", question.pk))
    checklist = page.get_by_role("region", name="Ready to publish?")
    checklist.get_by_role("button", name="No page description").click()
    expect(page.locator("#id_seo_description")).to_be_focused()


def test_report_lists_the_same_six_for_an_imported_answer(editor, question, tmp_path):
    Question.objects.update(answer=FAULTY)
    call_command("dumpseeds", tmp_path, all=True, verbosity=0)
    question.delete()
    call_command("loadseeds", tmp_path, verbosity=0)
    faults.store_all_faults()
    page = editor().open("/admin/learn/fault/?is_error__exact=1")
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(6)
    for name in SIX:
        expect(rows.filter(has_text=name)).to_have_count(1)


def test_page_of_an_answer_that_passes_has_no_violation(editor, question):
    ada = editor()
    page = ada.open(change_url("question", question.pk))
    page.locator("#id_answer").fill(SOUND)
    checklist = page.get_by_role("region", name="Ready to publish?")
    expect(checklist).to_contain_text("Ready to publish.")
    expect(checklist.locator("li.error")).to_have_count(0)
    page.locator("#id_status").select_option("published")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    page.goto(f"{ada.url}{question.get_absolute_url()}")
    for part in ("h2", "th", "math", "pre", "img[alt]"):
        expect(page.locator(f"#answer {part}").first).to_be_attached()
    assert faults_everywhere(page) == []

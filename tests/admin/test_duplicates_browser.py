"""Duplicates among some thousands of the real questions, in a real browser.

The check: a title with two words of an existing one swapped shows that one first within 500 ms;
publishing is blocked until it is answered; after a merge the old address is a 301 to the question
that was kept, and the old revisions are still readable.
"""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from learn import publishing
from learn.models import Question
from learn.seeds.importer import load_seeds
from learn.seeds.sources import read_source
from tests.admin.builders import change_url, make_question

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "How does the zorbic membrane of a plant cell move water by osmosis?"
SWAPPED = "How does the zorbic membrane of a plant osmosis move water by cell?"


def test_lookalike_is_first_stops_publishing_and_takes_the_other_in(
    editor, corpus_dir: Path, live_server
) -> None:
    for subject in ("biology", "chemistry", "physics"):
        load_seeds(read_source(str(corpus_dir / subject)))
    assert Question.objects.count() > 1_000
    kept = make_question("kept", title=TITLE, answer="Kept.")
    draft = make_question("other", title="Why?", status="draft", publish_at=None)
    draft.answer = "A second version."
    publishing.save_question(draft)
    ada = editor()
    page = ada.open(change_url("question", draft.pk))

    with page.expect_response(lambda reply: "lookalikes" in reply.url) as found:
        page.locator("#id_title").fill(SWAPPED)
    first = page.get_by_role("region", name="Questions that ask nearly the same")
    expect(first.get_by_role("link").first).to_have_text(TITLE)
    assert found.value.request.timing["responseEnd"] < 500

    page.locator("#id_status").select_option("published")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".field-not_duplicate .errorlist")).to_contain_text(TITLE)
    draft.refresh_from_db()
    assert draft.status == "draft"
    page.get_by_label("Not a duplicate, because").fill("It is about plants.")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    draft.refresh_from_db()
    assert draft.is_published

    page.goto(f"{ada.url}/admin/learn/question/{draft.pk}/merge/{kept.pk}/")
    page.get_by_role("button", name="Merge").click()
    expect(page.locator(".messagelist")).to_contain_text("is in the trash")
    moved = page.request.get(ada.url + str(draft.path), max_redirects=0)
    assert (moved.status, moved.headers["location"]) == (301, str(kept.path))
    page.goto(f"{ada.url}/admin/learn/question/{draft.pk}/compare/?old=1&new=2")
    expect(page.locator("ins").filter(has_text="second version")).to_be_visible()

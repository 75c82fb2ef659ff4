"""Renaming at the desk, and what a reader's browser gets.

The check: publish a, rename it b, then c: a answers with one 301 to c, b too; renaming a draft
makes no row; a new question that takes a is asked whether it takes over a redirect (n hits).
"""

import pytest
from playwright.sync_api import Page, expect

from learn.models import Question, Redirect
from tests.admin.builders import add_url, change_url, make_question, make_subject

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def rename(page: Page, slug: str) -> None:
    page.locator("#id_slug").fill(slug)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")


def hops(page: Page, base: str, slug: str) -> list[str]:
    """The slugs of the addresses through which the page is reached, each hop a 301."""
    response = page.goto(f"{base}/learn/biology/questions/{slug}")
    request, found = response.request, []
    while request:
        found.insert(0, request.url.rpartition("/")[2])
        request = request.redirected_from
        if request:
            assert request.response().status == 301
    return found


def test_old_links_lead_on_and_are_taken_over_only_on_purpose(editor, transactional_db):
    make_subject()
    question = make_question("a")
    ada = editor()
    page = ada.open(change_url("question", question.pk))
    for slug in ("b", "c"):
        rename(page, slug)
    reader = ada.context.new_page()
    assert hops(reader, ada.url, "a") == ["a", "c"]
    assert hops(reader, ada.url, "b") == ["b", "c"]

    page.goto(ada.url + add_url("question"))
    page.locator("#id_title").fill("New?")
    # The admin fills the slug in from the title when the title is left.
    page.locator("#id_slug").focus()
    page.locator("#id_slug").fill("a")
    page.locator("#id_answer").fill("New.")
    page.locator("#id_subject").select_option(label="Biology")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field-slug .errorlist")).to_contain_text("takes over a redirect (1 hit)")
    assert not Question.objects.filter(slug="a").exists()
    page.get_by_label("Take over the redirect").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was added")


def test_draft_that_is_renamed_leaves_no_redirect(editor, transactional_db):
    question = make_question("a", status=Question.Status.DRAFT, publish_at=None)
    page = editor().open(change_url("question", question.pk))
    rename(page, "b")
    assert not Redirect.objects.exists()

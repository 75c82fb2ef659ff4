"""A change of many questions, a deletion and their undo, in a real browser and by two people."""

import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from learn import publishing
from learn.models import Question, Revision
from learn.seeds.exporter import seed_bytes, seed_of
from tests.admin.builders import change_url, make_question
from tests.admin.desk import page_of

pytestmark = pytest.mark.browser

NUMBER = 500


@pytest.fixture
def pages(browser, live_server, transactional_db):
    people = [User.objects.create_superuser(name) for name in ("ada", "grace")]
    pages = [page_of(browser, live_server.url, person) for person in people]
    yield pages
    for page in pages:
        page.context.close()
    for page in pages:
        # The browser itself reports what a reader is told of the trash.
        assert [text for text in page.complaints if "410 (Gone)" not in text] == []


def files() -> dict[int, bytes]:
    return {question.pk: seed_bytes(seed_of(question)) for question in Question.objects.all()}


def test_whole_filter_is_changed_and_put_back_and_anothers_edit_is_spared(pages):
    ada, grace = pages
    for number in range(NUMBER):
        make_question(f"colour-{number}", answer=f"The colour {number}; a colour.  \n\n* colour")
    before = files()
    ada.goto("/admin/learn/question/?q=colour")
    ada.locator("#action-toggle").check()
    ada.get_by_role("button", name=f"Select all {NUMBER} questions").click()
    ada.locator("select[name=action]").select_option("edit_many")
    ada.get_by_role("button", name="Go", exact=True).click()
    expect(ada.locator(".lead")).to_contain_text(f"{NUMBER} questions are chosen.")
    expect(ada.get_by_label("Subject")).to_be_hidden()
    ada.get_by_label("Find").fill("colour")
    ada.get_by_label("Replace with").fill("color")
    ada.get_by_role("button", name="Show what it would do").click()
    expect(ada.locator(".verdict")).to_contain_text(
        f"{3 * NUMBER:,} places in {NUMBER} questions.".replace(",", ""), timeout=60_000
    )

    edited = Question.objects.get(slug="colour-7")
    grace.goto(change_url("question", edited.pk))
    grace.locator("#id_answer").fill("The colour seven.")
    grace.get_by_role("button", name="Save", exact=True).click()
    expect(grace.locator(".messagelist")).to_contain_text("was changed")

    ada.get_by_role("button", name=f"Change {NUMBER} questions").click()
    expect(ada.locator(".numbers")).to_contain_text(
        re.compile(f"changed\\s*{NUMBER - 1}"), timeout=60_000
    )
    expect(ada.locator("#content")).to_contain_text("edited meanwhile by grace")
    assert Question.objects.filter(answer__contains="colour").get() == edited
    assert Revision.objects.filter(number=2).count() == NUMBER
    ada.get_by_role("button", name="Undo all of it").click()
    expect(ada.locator(".messagelist")).to_contain_text(
        f"Undone: {NUMBER - 1} questions", timeout=60_000
    )
    after = files()
    assert [pk for pk in before if before[pk] != after[pk]] == [edited.pk]


def test_deleted_question_comes_back_with_one_click(pages, live_server):
    page, reader = pages
    question = make_question(seo_keywords="cell, water")
    publishing.save_question(question)
    tags, revisions = question.tags.count(), question.revisions.count()
    page.goto(change_url("question", question.pk))
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.locator(".messagelist")).to_contain_text("is in the trash")
    assert reader.request.get(str(question.path)).status == 410
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messagelist")).to_contain_text("Undone: 1 question is as it was.")
    assert reader.request.get(str(question.path)).status == 200
    assert (question.tags.count(), question.revisions.count()) == (tags, revisions) == (2, 2)


def test_slug_of_the_trash_is_used_again_and_restoring_asks_for_another(pages):
    page, reader = pages
    question = make_question("osmosis", title="The old one?")
    page.goto(change_url("question", question.pk))
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.locator(".messagelist")).to_contain_text("is in the trash")
    make_question("osmosis", title="The new one?", uid=uuid.uuid4())
    page.goto("/admin/learn/question/?status__exact=trashed")
    row = page.get_by_role("row", name="The old one?")
    expect(row.locator(".field-trashed_by")).to_have_text("ada")
    today = f"{timezone.localtime():%Y-%m-%d}"
    expect(row.locator(".field-trashed_at")).to_contain_text(today)
    row.get_by_role("link", name="Restore …").click()
    expect(page.locator("#content")).to_contain_text("Choose another slug to bring it back.")
    page.get_by_label("Slug").fill("osmosis-again")
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(".messagelist")).to_contain_text("is restored; it is unpublished.")
    question.refresh_from_db()
    assert (question.slug, question.status) == ("osmosis-again", "unpublished")
    assert reader.request.get("/learn/biology/questions/osmosis").status == 200


def test_page_unpublished_in_its_form_comes_back_with_one_click(pages):
    page, reader = pages
    question = make_question()
    page.goto(change_url("question", question.pk))
    page.locator("#id_status").select_option("unpublished")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("The status is “unpublished” now")
    assert reader.request.get(str(question.path)).status == 404
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".messagelist")).to_contain_text("Undone: 1 question is as it was.")
    assert reader.request.get(str(question.path)).status == 200

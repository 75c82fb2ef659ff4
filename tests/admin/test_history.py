"""Versions of a question: compared word by word, restored whole or field by field."""

import datetime
import json
import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client

from learn import publishing
from learn.admin.form_values import state_of
from learn.models import Draft, Question, Revision
from tests.admin.builders import (
    change_url,
    errors_of,
    list_url,
    make_copy,
    make_question,
    make_related,
    make_subject,
    messages_of,
)

pytestmark = pytest.mark.django_db

MARK = re.compile(r'<(del|ins) data-change="([\w-]+)">([^<]*)</\1>')


def url_of(question: Question, page: str, query: str = "") -> str:
    return f"/admin/learn/question/{question.pk}/{page}/{query}"


def edit(question: Question, by: User | None = None, **changes: Any) -> Question:
    question = Question.objects.get(pk=question.pk)
    for name, value in changes.items():
        setattr(question, name, value)
    publishing.save_question(question, by=by, reason="edited")
    return question


def compare(client: Client, question: Question, old: object = 1, new: object = "live") -> str:
    response = client.get(url_of(question, "compare", f"?old={old}&new={new}"))
    assert response.status_code == 200
    return response.content.decode()


def marks(html: str) -> list[tuple[str, str]]:
    return [(kind, text) for kind, _, text in MARK.findall(html)]


def restore(
    client: Client, question: Question, field: str, version: int = 1, **further: str
) -> HttpResponse:
    """Press the button of the page as it is now."""
    now = Question.objects.get(pk=question.pk)
    data = {
        "version": version,
        "field": field,
        "opened_version": now.version,
        "opened_status": now.status,
        "opened_state": json.dumps(state_of(now)),
        **further,
    }
    return client.post(url_of(question, "restore-version"), data)


@pytest.fixture
def question(db: None) -> Question:
    """Its title and its answer were changed since version 1."""
    question = make_question(answer="Water moves slowly.")
    return edit(question, title="What is diffusion?", answer="Water moves fast.")


# --- comparing


def test_changed_words_are_marked_once_on_each_side(
    admin_client: Client, question: Question
) -> None:
    html = compare(admin_client, question)
    assert marks(html) == [
        ("del", "osmosis"),
        ("ins", "diffusion"),
        ("del", "slowly"),
        ("ins", "fast"),
    ]


def test_one_word_of_three_thousand_is_one_pair(admin_client: Client) -> None:
    question = make_question(answer="water " * 1500 + "slowly" + " water" * 1499)
    edit(question, answer="water " * 1500 + "fast" + " water" * 1499)
    assert marks(compare(admin_client, question)) == [("del", "slowly"), ("ins", "fast")]


def test_what_is_typed_never_becomes_markup(admin_client: Client) -> None:
    question = make_question(answer="a <b>bold</b> word")
    edit(question, answer="a <script>bold</script> word")
    html = compare(admin_client, question)
    assert "<b>" not in html
    assert "&lt;" in html
    assert "<script>bold" not in html


def test_any_two_versions_are_compared_in_either_order(
    admin_client: Client, question: Question
) -> None:
    edit(question, answer="Water stops.")
    html = compare(admin_client, question, old=2, new=1)
    assert ("del", "fast") in marks(html)
    assert "stops" not in html


def test_fields_of_every_kind_are_compared(admin_client: Client) -> None:
    question = make_question(no_index=False)
    make_related(question, "/learn/biology/questions/one")
    edit(question, no_index=True, slug="osmosis", score=1.5, subject=make_subject("zoology"))
    publishing.save_question(
        Question.objects.get(), save_related=question.related_questions.all().delete
    )
    html = compare(admin_client, question)
    for label in ("Address", "Score", "Hidden from search engines", "Related questions"):
        assert f">{label}</h2>" in html


def test_version_beside_itself_says_so(admin_client: Client, question: Question) -> None:
    assert "The two are the same." in compare(admin_client, question, old=2)


def test_long_unchanged_stretches_are_folded(admin_client: Client) -> None:
    lines = [f"line {number}" for number in range(40)]
    question = make_question(answer="\n".join(lines))
    edit(question, answer="\n".join([*lines[:20], "new", *lines[20:]]))
    html = compare(admin_client, question)
    assert html.count("18 lines as before") == 2
    assert "line 0\n" in html


def test_draft_is_compared_with_live(
    admin_client: Client, admin_user: User, question: Question
) -> None:
    values = {"answer": "Water moves on.", "slug": question.slug, "no_index": ""}
    Draft.objects.create(person=admin_user, question=question, values=values)
    html = compare(admin_client, question, old="live", new="draft")
    assert marks(html) == [("del", "fast"), ("ins", "on")]


def test_what_is_in_the_form_is_compared_with_live_and_nothing_is_written(
    admin_client: Client, question: Question
) -> None:
    values = {
        "title": question.title,
        "answer": "Water\r\nmoves fast.",
        "subject": str(make_subject("zoology").pk),
        "author": str(question.author_id),
        "related_questions-TOTAL_FORMS": "0",
    }
    before = Question.objects.values().get()
    response = admin_client.post(url_of(question, "compare"), {"values": json.dumps(values)})
    html = response.content.decode()
    assert ("ins", "zoology") in marks(html)
    assert "Answer</h2>" in html
    assert "Title</h2>" not in html
    assert "Restore" not in html
    assert Question.objects.values().get() == before
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "?old=9", "?old=x", "?old=1&new=draft", "?old=1&new=99999999999999999999"]
)
def test_version_that_is_not_there_is_not_found(
    admin_client: Client, question: Question, query: str
) -> None:
    assert admin_client.get(url_of(question, "compare", query)).status_code == 404


def test_values_that_are_none_are_not_found(admin_client: Client, question: Question) -> None:
    for values in ("", "[1]"):
        response = admin_client.post(url_of(question, "compare"), {"values": values})
        assert response.status_code == 404


# --- the list of versions


def test_versions_are_listed_with_who_when_why(
    admin_client: Client, admin_user: User, question: Question
) -> None:
    edit(question, by=admin_user, answer="Water stops.")
    html = admin_client.get(url_of(question, "versions")).content.decode()
    assert "Compare version 2 with live" in html
    assert "Compare version 3 with live" not in html
    assert "<td>ada</td>" in html
    assert "<td>before an edit</td>" in html


def test_question_that_nobody_edited_says_so(admin_client: Client) -> None:
    html = admin_client.get(url_of(make_question(), "versions")).content.decode()
    assert "There is one version only" in html


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_however_many_versions_there_are(
    admin_client: Client, django_assert_num_queries, number: int
) -> None:
    question = make_question()
    for version in range(number):
        edit(question, answer=f"Version {version}.")
    with django_assert_num_queries(5):
        admin_client.get(url_of(question, "versions"))
    with django_assert_num_queries(7):
        compare(admin_client, question)


def test_list_of_revisions_leads_to_the_comparison_with_live(
    admin_client: Client, question: Question
) -> None:
    html = admin_client.get(list_url("revision")).content.decode()
    assert url_of(question, "compare", "?old=1&amp;new=live") in html


# --- restoring


def test_restored_answer_leaves_the_title_and_becomes_a_version(
    admin_client: Client, admin_user: User, question: Question
) -> None:
    response = restore(admin_client, question, "answer")
    assert response["Location"] == change_url("question", question.pk)
    question.refresh_from_db()
    assert (question.title, question.answer) == ("What is diffusion?", "Water moves slowly.")
    revision = Revision.objects.get(number=3)
    assert (revision.created_by, revision.reason) == (
        admin_user,
        "restored from version 1: answer",
    )
    assert LogEntry.objects.get().get_change_message().startswith("Changed Answer")
    # What was overwritten is in the history.
    assert Revision.objects.get(number=2).content["answer"] == "Water moves fast."


def test_restored_title_takes_along_what_follows_it(
    admin_client: Client, question: Question
) -> None:
    restore(admin_client, question, "title")
    question.refresh_from_db()
    assert question.title == question.article_title == question.question == "What is osmosis?"
    assert question.answer == "Water moves fast."


def test_everything_is_restored_with_the_related_questions(admin_client: Client) -> None:
    question = make_question(seo_keywords="water", date=datetime.date(2025, 1, 2), score=2.0)
    make_related(question, "/learn/biology/questions/one", "/learn/biology/questions/two")
    publishing.save_question(Question.objects.get(pk=question.pk))
    before = Revision.objects.get(number=2).content
    question.related_questions.all().delete()
    edit(
        question,
        title="T",
        answer="A",
        seo_keywords="x",
        date=datetime.date(2026, 1, 2),
        score=None,
    )
    restore(admin_client, question, "all", version=2)
    question.refresh_from_db()
    assert question.snapshot() == before
    assert [tag.name for tag in question.tags.all()] == ["water"]


def test_restored_address_redirects_from_the_present_one(admin_client: Client) -> None:
    question = make_question()
    edit(question, slug="osmosis")
    restore(admin_client, question, "url")
    question.refresh_from_db()
    assert question.slug == "what-is-osmosis"
    assert [redirect.old_path for redirect in question.redirects.all()] == [
        "/learn/biology/questions/osmosis"
    ]


def test_address_that_another_question_has_now_is_not_restored(admin_client: Client) -> None:
    question = make_question()
    edit(question, slug="osmosis")
    other = make_question("another")
    edit(other, slug="what-is-osmosis")
    response = restore(admin_client, question, "url")
    assert "already has this address" in errors_of(response)["slug"][0]
    question.refresh_from_db()
    assert (question.slug, question.version) == ("osmosis", 2)


def test_answer_of_a_copy_is_not_restored(admin_client: Client, question: Question) -> None:
    copy = make_copy(question)
    Revision.objects.create(
        question=copy, number=9, content={**copy.snapshot(), "answer": "Other."}
    )
    response = restore(admin_client, copy, "answer", version=9)
    assert "This page repeats" in errors_of(response)["__all__"][0]
    restore(admin_client, copy, "seo_title", version=9)
    assert Question.objects.get(pk=copy.pk).answer == copy.answer


def test_restoring_over_a_newer_version_asks_first(
    admin_client: Client, question: Question
) -> None:
    data = {"version": 1, "field": "answer", "opened_version": 2, "opened_status": "published"}
    edit(question, answer="Newer.")
    response = admin_client.post(url_of(question, "restore-version"), data)
    assert response.status_code == 409
    assert f'action="{change_url("question", question.pk)}"' in response.content.decode()
    assert Question.objects.get().answer == "Newer."


def test_version_that_is_put_into_the_form_leaves_the_live_text(
    admin_client: Client, question: Question
) -> None:
    before = Question.objects.values().get(), Revision.objects.count()
    response = restore(admin_client, question, "answer", as_draft="on")
    assert response["Location"] == change_url("question", question.pk)
    assert (Question.objects.values().get(), Revision.objects.count()) == before
    draft = Draft.objects.get()
    assert (draft.base_version, draft.values["opened_version"]) == (2, "2")
    assert draft.values["answer"] == "Water moves slowly."
    assert draft.values["title"] == "What is diffusion?"


def test_box_that_was_not_ticked_is_unticked(admin_client: Client) -> None:
    question = make_question(no_index=False)
    edit(question, no_index=True)
    restore(admin_client, question, "no_index", as_draft="on")
    assert Draft.objects.get().values["no_index"] == ""
    restore(admin_client, question, "no_index")
    assert Question.objects.get().no_index is False


def test_version_is_not_put_over_unsaved_text(
    admin_client: Client, admin_user: User, question: Question
) -> None:
    Draft.objects.create(person=admin_user, question=question, values={"answer": "Unsaved"})
    response = restore(admin_client, question, "answer", as_draft="on")
    page = admin_client.get(response["Location"])
    assert messages_of(page) == [
        "Nothing was put into the form: restore or discard your unsaved text first."
    ]
    assert Draft.objects.get().values == {"answer": "Unsaved"}


@pytest.mark.parametrize("version", ["9", "x", ""])
def test_version_that_is_not_there_cannot_be_restored(
    admin_client: Client, question: Question, version: str
) -> None:
    response = admin_client.post(url_of(question, "restore-version"), {"version": version})
    assert response.status_code == 404


# --- rights


def test_pages_need_the_right_to_see_and_restoring_the_right_to_change(
    client: Client, question: Question
) -> None:
    eve = User.objects.create(username="eve", is_staff=True)
    client.force_login(eve)
    for page in ("versions", "compare"):
        assert client.get(url_of(question, page, "?old=1")).status_code == 403
    eve.user_permissions.add(Permission.objects.get(codename="view_question"))
    html = compare(client, question)
    assert "Restore" not in html
    assert restore(client, question, "answer").status_code == 403
    assert restore(client, question, "answer", as_draft="on").status_code == 403
    assert client.get("/admin/learn/question/999/compare/?old=1").status_code == 404


def test_whoever_is_logged_out_is_sent_to_the_login(client: Client, question: Question) -> None:
    for page in ("versions", "compare", "restore"):
        response = client.get(url_of(question, page))
        assert response["Location"].startswith("/admin/login/")

"""Somebody else saved while the form was open: both versions are shown, and none is lost."""

from typing import Any

import html5lib
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from learn import publishing
from learn.models import Author, Draft, Question, RelatedQuestion, Revision
from tests.admin.builders import (
    change_url,
    errors_of,
    make_question,
    make_related,
    make_subject,
    messages_of,
    opened_form,
)

pytestmark = pytest.mark.django_db

Status = Question.Status
ANSWER = "First.\n\nSecond.\n\nThird."


@pytest.fixture
def ben(db: None) -> User:
    return User.objects.create_superuser("ben")


@pytest.fixture
def question(db: None) -> Question:
    return make_question(answer=ANSWER)


@pytest.fixture
def form(admin_client: Client, question: Question) -> dict[str, Any]:
    """The form as ada opened it, before anybody else saved."""
    return opened_form(admin_client, change_url("question", question.pk))


def theirs(question: Question, ben: User, **changes: Any) -> None:
    """Ben saves."""
    question = Question.objects.get(pk=question.pk)
    for name, value in changes.items():
        setattr(question, name, value)
    publishing.save_question(question, by=ben)


def mine(client: Client, question: Question, form: dict[str, Any], **changes: Any) -> HttpResponse:
    """Ada saves, too late."""
    return client.post(change_url("question", question.pk), form | changes)


def page_form(response: HttpResponse) -> dict[str, Any]:
    """What the page of the conflict would send, but for the button that is pressed."""
    assert response.status_code == 409
    tree = html5lib.parse(response.content.decode(), namespaceHTMLElements=False)
    (form,) = tree.iterfind(".//form[@class='desk-conflict']")
    data: dict[str, Any] = {}
    for element in [*form.iter("input"), *form.iter("textarea")]:
        name, kind = element.get("name"), element.get("type")
        if not name or (kind == "radio" and element.get("checked") is None):
            continue
        # The parser has dropped the line break after the tag already.
        value = (element.text or "") if element.tag == "textarea" else element.get("value") or ""
        data.setdefault(name, []).append(value)
    return data


def press(
    client: Client, question: Question, response: HttpResponse, button: str, **changes: Any
) -> HttpResponse:
    data = page_form(response) | {"_merge": button} | changes
    return client.post(change_url("question", question.pk), data)


def fields(response: HttpResponse) -> dict[str, str]:
    """Field -> what is proposed."""
    return {conflict.name: conflict.proposal for conflict in response.context["conflicts"]}


# --- what the page shows


def test_stale_form_writes_nothing_and_shows_both_versions(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title")
    before = list(Question.objects.values()), Revision.objects.count()
    response = mine(admin_client, question, form, answer="My answer.")
    assert response.status_code == 409
    html = response.content.decode()
    assert "<strong>ben</strong> saved version 2 while you edited version 1." in html
    assert "Their title" in html
    assert "My answer." in html
    # And as it was before either.
    assert "First.\n\nSecond." in html
    assert (list(Question.objects.values()), Revision.objects.count()) == before
    assert not LogEntry.objects.exists()


def test_fields_that_one_side_changed_are_proposed_as_that_side_has_them(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title", seo_title="Same")
    response = mine(admin_client, question, form, answer="My answer.", seo_title="Same")
    assert fields(response) == {
        "title": "theirs",
        "answer": "mine",
        "article_title": "theirs",
        "question": "theirs",
    }


def test_line_that_both_changed_has_to_be_chosen(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title")
    response = mine(admin_client, question, form, title="My title")
    assert fields(response)["title"] == ""
    assert not response.context["can_keep_both"]


def test_unknown_base_asks_about_everything_that_differs(
    admin_client: Client, question: Question, form: dict[str, Any]
) -> None:
    Question.objects.update(version=7, title="Their title")
    response = mine(admin_client, question, form, answer="My answer.")
    assert fields(response) == {"title": "", "answer": ""}
    assert "It is not known how this was when you began." in response.content.decode()


def test_form_without_a_version_is_not_saved(
    admin_client: Client, question: Question, form: dict[str, Any]
) -> None:
    response = mine(admin_client, question, form, opened_version="", answer="My answer.")
    assert (response.status_code, fields(response)) == (409, {"answer": ""})


# --- choosing


def test_keep_both_saves_their_title_and_my_answer(
    admin_client: Client, admin_user: User, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title")
    response = mine(admin_client, question, form, answer="My answer.", reason="Shorter")
    response = press(admin_client, question, response, "choice")
    assert response.status_code == 302
    question.refresh_from_db()
    assert (question.title, question.article_title) == ("Their title", "Their title")
    assert (question.answer, question.version) == ("My answer.", 3)
    revision = Revision.objects.get(number=3)
    assert (revision.created_by, revision.reason) == (admin_user, "Shorter")


def test_paragraphs_that_each_changed_are_joined(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, answer="FIRST.\n\nSecond.\n\nThird.")
    response = mine(admin_client, question, form, answer="First.\r\n\r\nSecond.\r\n\r\nTHIRD.")
    assert fields(response) == {"answer": "both"}
    press(admin_client, question, response, "choice")
    question.refresh_from_db()
    assert question.answer == "FIRST.\n\nSecond.\n\nTHIRD."


def test_paragraph_that_both_changed_cannot_be_saved_with_its_marks(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, answer="First.\n\nTheir second.\n\nThird.")
    response = mine(admin_client, question, form, answer="First.\n\nMy second.\n\nThird.")
    assert fields(response) == {"answer": ""}
    marked = page_form(response)["edited-answer"][0]
    assert marked == (
        "First.\n\n<<<<<<< ben, now\nTheir second.\n=======\nMy second.\n>>>>>>> yours\n\nThird."
    )
    refused = press(admin_client, question, response, "choice", **{"merge-answer": "both"})
    assert errors_of(refused)["answer"][0].startswith("In line 3 two versions still stand")
    assert "My second." in refused.content.decode()

    settled = "First.\n\nOur second.\n\nThird."
    press(
        admin_client,
        question,
        response,
        "choice",
        **{"merge-answer": "both", "edited-answer": settled},
    )
    question.refresh_from_db()
    assert question.answer == settled


@pytest.mark.parametrize(("choice", "title"), [("theirs", "Their title"), ("mine", "My title")])
def test_field_is_taken_from_the_side_that_is_chosen(
    admin_client: Client,
    question: Question,
    form: dict[str, Any],
    ben: User,
    choice: str,
    title: str,
) -> None:
    theirs(question, ben, title="Their title")
    response = mine(admin_client, question, form, title="My title", answer="My answer.")
    press(admin_client, question, response, "choice", **{"merge-title": choice})
    question.refresh_from_db()
    assert (question.title, question.question) == (title, title)
    assert question.answer == "My answer."


def test_field_that_nobody_chose_is_asked_about_again(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title")
    response = mine(admin_client, question, form, title="My title", answer="My answer.")
    response = press(admin_client, question, response, "choice")
    assert response.status_code == 409
    assert "My title" in response.content.decode()
    question.refresh_from_db()
    assert question.title == "Their title"


def test_all_of_mine_replaces_theirs_which_the_history_keeps(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title", answer="Their answer.")
    response = mine(admin_client, question, form, answer="My answer.")
    press(admin_client, question, response, "mine")
    question.refresh_from_db()
    assert (question.title, question.answer) == ("What is osmosis?", "My answer.")
    assert Revision.objects.get(number=2).content["answer"] == "Their answer."


def test_all_of_theirs_changes_nothing_and_leaves_my_draft(
    admin_client: Client, admin_user: User, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title")
    draft = Draft.objects.create(person=admin_user, question=question, values={"answer": "Mine"})
    response = mine(admin_client, question, form, answer="Mine", draft_uid=str(draft.uid))
    before = Question.objects.values().get()
    press(admin_client, question, response, "theirs")
    assert Question.objects.values().get() == before
    assert Draft.objects.get() == draft


def test_third_version_saved_meanwhile_is_not_overwritten_either(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title")
    response = mine(admin_client, question, form, answer="My answer.")
    theirs(question, ben, seo_title="Their page title")
    again = press(admin_client, question, response, "choice")
    assert fields(again) == {"answer": "mine", "seo_title": "theirs"}
    press(admin_client, question, again, "choice")
    question.refresh_from_db()
    assert (question.title, question.seo_title) == ("Their title", "Their page title")
    assert (question.answer, question.version) == ("My answer.", 4)


def test_form_sent_twice_is_saved_once_without_a_question(
    admin_client: Client, question: Question, form: dict[str, Any]
) -> None:
    assert mine(admin_client, question, form, answer="My answer.").status_code == 302
    assert mine(admin_client, question, form, answer="My answer.").status_code == 302
    assert Question.objects.get().version == 2


def test_button_that_was_pressed_first_counts_after_the_choice(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title")
    response = mine(admin_client, question, form, answer="Mine.", _continue="Save and continue")
    saved = press(admin_client, question, response, "choice")
    assert saved["Location"] == change_url("question", question.pk)


def test_chosen_form_that_is_wrong_is_shown_with_its_errors(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title")
    response = mine(admin_client, question, form, answer="Mine.", slug="No Slug")
    refused = press(admin_client, question, response, "choice")
    assert set(errors_of(refused)) == {"slug"}
    assert refused.context["adminform"].form["title"].value() == "Their title"
    assert refused.context["adminform"].form["answer"].value() == "Mine."


def test_keywords_of_both_are_kept_without_those_that_either_removed(
    admin_client: Client, ben: User
) -> None:
    question = make_question(seo_keywords="water, salt, cell")
    form = opened_form(admin_client, change_url("question", question.pk))
    theirs(question, ben, seo_keywords="water, cell, membrane")
    response = mine(admin_client, question, form, seo_keywords="water, salt, osmosis")
    assert fields(response) == {"seo_keywords": "both"}
    press(admin_client, question, response, "choice")
    question.refresh_from_db()
    assert question.seo_keywords == "water, membrane, osmosis"


# --- state, choices, dates


def test_status_that_somebody_set_stays_beside_my_text(
    admin_client: Client, question: Question, form: dict[str, Any]
) -> None:
    publishing.set_status(Question.objects.all(), Status.UNPUBLISHED)
    response = mine(admin_client, question, form, answer="My answer.")
    assert fields(response) == {"answer": "mine", "status": "theirs"}
    press(admin_client, question, response, "choice")
    question.refresh_from_db()
    assert (question.status, question.answer) == (Status.UNPUBLISHED, "My answer.")


def test_moment_of_publication_that_moved_is_noticed_without_a_new_version(
    admin_client: Client, question: Question, form: dict[str, Any]
) -> None:
    Question.objects.update(publish_at="2030-01-01T00:00:00Z", status=Status.SCHEDULED)
    Question.objects.update(status=Status.PUBLISHED)
    response = mine(admin_client, question, form, answer="My answer.")
    assert fields(response) == {"answer": "mine", "publish_at": "theirs"}


def test_boxes_choices_and_dates_are_joined_too(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    other = Author.objects.create(name="Grace")
    theirs(question, ben, no_index=True, author=other, seo_keywords="water")
    response = mine(
        admin_client,
        question,
        form,
        date="2026-01-02",
        is_detached="on",
        subject=make_subject("zoology").pk,
    )
    assert fields(response) == {
        "subject": "mine",
        "author": "theirs",
        "date": "mine",
        "seo_keywords": "theirs",
        "no_index": "theirs",
        "is_detached": "mine",
    }
    html = response.content.decode()
    assert "Grace" in html
    assert "Zoology" in html
    press(admin_client, question, response, "choice")
    question.refresh_from_db()
    assert (question.no_index, question.is_detached) == (True, True)
    assert (question.author, question.subject.slug) == (other, "zoology")
    assert str(question.date) == "2026-01-02"


def test_tampered_state_is_taken_for_none(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title")
    for state in ("{", "[1]", '{"publish_at": "x", "pk": 3, "status": 5}'):
        response = mine(admin_client, question, form, answer="Mine.", opened_state=state)
        assert response.status_code == 409


# --- related questions


def titles(question: Question) -> list[str]:
    return [related.title for related in question.related_questions.order_by("position")]


def test_related_questions_of_both_are_kept(
    admin_client: Client, question: Question, ben: User
) -> None:
    make_related(question, "/learn/a/questions/one", "/learn/a/questions/two")
    form = opened_form(admin_client, change_url("question", question.pk))
    first = question.related_questions.first()

    def remove() -> None:
        question.related_questions.filter(title="Related 2").delete()
        RelatedQuestion.objects.create(
            question=question, position=5, title="Theirs", url="/learn/a/questions/theirs"
        )

    publishing.save_question(Question.objects.get(), by=ben, save_related=remove)
    response = mine(
        admin_client,
        question,
        form,
        **{
            "related_questions-TOTAL_FORMS": 3,
            "related_questions-2-title": "Mine",
            "related_questions-2-url": "/learn/a/questions/mine",
        },
    )
    assert fields(response) == {"related": "both"}
    assert press(admin_client, question, response, "choice").status_code == 302
    assert titles(question) == ["Related 1", "Theirs", "Mine"]
    # What nobody touched is the same row.
    assert question.related_questions.first() == first


def test_related_questions_of_mine_replace_theirs(
    admin_client: Client, question: Question, ben: User
) -> None:
    make_related(question, "/learn/a/questions/one", "/learn/a/questions/two")
    form = opened_form(admin_client, change_url("question", question.pk))
    publishing.save_question(
        Question.objects.get(), by=ben, save_related=question.related_questions.all().delete
    )
    response = mine(admin_client, question, form, answer="Mine.")
    press(admin_client, question, response, "mine")
    assert titles(question) == ["Related 1", "Related 2"]


def test_related_questions_that_nobody_touched_stay_when_texts_are_joined(
    admin_client: Client, question: Question, ben: User
) -> None:
    make_related(question, "/learn/a/questions/one")
    before = list(question.related_questions.values())
    form = opened_form(admin_client, change_url("question", question.pk))
    theirs(question, ben, title="Their title")
    response = mine(admin_client, question, form, answer="Mine.")
    assert press(admin_client, question, response, "choice").status_code == 302
    assert list(question.related_questions.values()) == before


def test_message_says_that_nothing_was_changed(
    admin_client: Client, question: Question, form: dict[str, Any], ben: User
) -> None:
    theirs(question, ben, title="Their title")
    response = mine(admin_client, question, form, answer="Mine.")
    response = press(admin_client, question, response, "theirs")
    page = admin_client.get(response["Location"])
    assert messages_of(page) == ["Nothing was changed: you took the live version."]

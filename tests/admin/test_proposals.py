"""Changes of live pages by people who may not change them at once."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from learn import proposals, publishing
from learn.models import Proposal, Question, Review
from learn.workflow import reviews
from learn.workflow.transitions import Action
from tests.admin.builders import (
    change_url,
    make_copy,
    make_question,
    make_subject,
    messages_of,
    send,
)
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

QUEUE = "/admin/learn/question/review/"


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def kim(db: None) -> User:
    return make_user("kim", "author")


@pytest.fixture
def lee(db: None) -> User:
    return make_user("lee", "editor")


@pytest.fixture
def question(db: None) -> Question:
    return make_question(answer="One.\n\nTwo.")


def propose_url(question: Question) -> str:
    return reverse("admin:learn_question_propose", args=[question.pk])


def propose(client: Client, question: Question, **changes: str) -> HttpResponse:
    """Open the form, change these values, hand it in."""
    form = client.get(propose_url(question)).context["form"]
    data = {field.html_name: field.value() or "" for field in form}
    return client.post(propose_url(question), data | changes)


def decide(client: Client, question: Question, action: str, **values: object) -> HttpResponse:
    proposal = proposals.open_proposal(question)
    data = {
        "version": question.version,
        "proposal_id": proposal.pk if proposal else "",
        "action": action,
        **values,
    }
    url = reverse("admin:learn_question_review_item", args=[question.pk])
    return client.post(url, data)


def test_author_is_led_from_the_live_page_to_a_proposal(kim: User, question: Question) -> None:
    page = client_of(kim).get(change_url("question", question.pk)).content.decode()
    assert f'href="{propose_url(question)}"' in page
    assert 'name="_save"' not in page


def test_page_keeps_its_text_until_the_change_is_approved(
    kim: User, lee: User, question: Question, client: Client
) -> None:
    response = propose(client_of(kim), question, answer="One.\r\n\r\nThree.", reason="Wrong")
    assert response.status_code == 302
    assert Proposal.objects.get().content == {"answer": "One.\n\nThree."}
    assert "Two." in client.get(str(question.path)).content.decode()

    editor = client_of(lee)
    assert "Review <span" in editor.get("/admin/").content.decode()
    assert editor.post(f"{QUEUE}next/")["Location"] == f"{QUEUE}{question.pk}/"
    page = editor.get(f"{QUEUE}{question.pk}/").content.decode()
    assert "The author says: Wrong" in page
    assert "<p>Three.</p>" in page
    assert decide(editor, question, "approve").status_code == 302
    assert "Three." in client.get(str(question.path)).content.decode()
    question.refresh_from_db()
    assert (question.version, question.status) == (2, "published")
    revision = question.revisions.first()
    assert (revision.created_by, revision.reason) == (kim, "Wrong")
    assert [entry.get_change_message() for entry in LogEntry.objects.order_by("pk")] == [
        "Change proposed",
        "Proposed change approved",
    ]
    assert Review.objects.get().decision == Review.Decision.APPROVED
    assert not reviews.waiting(lee).exists()


def test_what_changes_besides_the_answer_is_shown_to_the_reviewer(
    kim: User, lee: User, question: Question
) -> None:
    propose(client_of(kim), question, title="What is <i>diffusion</i>?")
    page = client_of(lee).get(f"{QUEUE}{question.pk}/").content.decode()
    assert "What is &lt;i&gt;diffusion&lt;/i&gt;?" in page
    decide(client_of(lee), question, "approve")
    question.refresh_from_db()
    assert question.title == question.question == "What is <i>diffusion</i>?"


def test_change_that_came_back_is_gone_on_with_and_handed_in_anew(
    kim: User, lee: User, question: Question
) -> None:
    author = client_of(kim)
    propose(author, question, answer="One.\n\nThree.")
    decide(client_of(lee), question, "request_changes", note="Why?", line="3")
    assert propose_url(question) in mail.outbox[0].body
    question.refresh_from_db()
    assert (question.status, question.answer) == ("published", "One.\n\nTwo.")

    page = author.get(propose_url(question))
    assert page.context["form"]["answer"].value() == "One.\n\nThree."
    assert "About line 3: <q>Three.</q>" in page.content.decode()
    assert (
        propose_url(question) in author.get("/admin/learn/question/desk/returned/").content.decode()
    )
    assert propose(author, question, answer="One.\n\nFour.").status_code == 302
    states = list(Proposal.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["dropped", "open"]
    assert "Why?" in client_of(lee).get(f"{QUEUE}{question.pk}/").content.decode()


def test_second_change_waits_with_its_text_kept(kim: User, question: Question) -> None:
    propose(client_of(kim), question, answer="Kim's.")
    response = propose(client_of(make_user("max", "author")), question, answer="Max's.")
    assert response.status_code == 409
    assert "Another change of this page is in review." in response.content.decode()
    assert "Max&#x27;s." in response.content.decode()
    assert Proposal.objects.get().created_by == kim


def test_nothing_changed_is_said(kim: User, question: Question) -> None:
    response = propose(client_of(kim), question)
    assert "Nothing is changed yet." in response.content.decode()
    assert not Proposal.objects.exists()


def test_texts_of_several_lines_that_nobody_touched_are_not_changed(kim: User) -> None:
    question = make_question(seo_description="One.\nTwo.\n", seo_keywords="a,\nb")
    form = client_of(kim).get(propose_url(question)).context["form"]
    data = {field.html_name: field.value() or "" for field in form}
    sent = {name: value.replace("\n", "\r\n") for name, value in data.items()}
    response = client_of(kim).post(propose_url(question), sent)
    assert "Nothing is changed yet." in response.content.decode()


def test_copy_is_changed_where_its_text_stands(kim: User, question: Question) -> None:
    copy = make_copy(question)
    response = propose(client_of(kim), copy, answer="New.")
    assert "This page repeats another one" in response.content.decode()
    assert propose(client_of(kim), copy, seo_title="Its own").status_code == 302


def test_author_withdraws(kim: User, lee: User, question: Question) -> None:
    author = client_of(kim)
    propose(author, question, answer="New.")
    assert author.post(propose_url(question), {"withdraw": "1"}).status_code == 302
    assert Proposal.objects.get().state == "dropped"
    assert not reviews.waiting(lee).exists()
    other = client_of(make_user("max", "author"))
    propose(author, question, answer="New.")
    assert other.post(propose_url(question), {"withdraw": "1"}).status_code == 403
    assert Proposal.objects.filter(state="open").exists()


def test_live_text_edited_since_it_was_read_is_not_overwritten_unseen(
    kim: User, lee: User, question: Question
) -> None:
    propose(client_of(kim), question, answer="New.")
    version = question.version
    publishing.save_question(question)
    response = decide(client_of(lee), question, "approve", version=version)
    assert response.status_code == 409
    assert Proposal.objects.get().state == "open"


def test_another_change_than_the_one_that_was_read_is_not_approved(
    kim: User, lee: User, question: Question
) -> None:
    author = client_of(kim)
    propose(author, question, answer="New.")
    read = Proposal.objects.get().pk
    author.post(propose_url(question), {"withdraw": "1"})
    propose(author, question, answer="Newer.")
    assert decide(client_of(lee), question, "approve", proposal_id=read).status_code == 409
    question.refresh_from_db()
    assert question.answer == "One.\n\nTwo."


def test_draft_is_not_proposed_but_edited(kim: User) -> None:
    draft = make_question(status="draft")
    assert client_of(kim).get(propose_url(draft)).status_code == 403


def test_change_of_another_subject_is_refused(question: Question) -> None:
    author = client_of(make_user("kim", "author", make_subject("physics")))
    assert author.get(propose_url(question)).status_code == 403
    assert author.post(propose_url(question), {"answer": "New."}).status_code == 403


def test_page_that_was_taken_back_is_out_of_the_queue(
    kim: User, lee: User, question: Question
) -> None:
    propose(client_of(kim), question, answer="New.")
    publishing.set_status(Question.objects.all(), "unpublished")
    assert not reviews.waiting(lee).exists()
    response = client_of(lee).get(f"{QUEUE}{question.pk}/", follow=True)
    assert "is no longer in review" in messages_of(response)[0]


# --- where a text needs the eyes of another


def test_live_text_is_changed_by_a_proposal_only_and_by_another(
    settings, lee: User, question: Question
) -> None:
    settings.REVIEW_BY_ANOTHER = True
    editor = client_of(lee)
    url = change_url("question", question.pk)
    assert 'name="_save"' not in editor.get(url).content.decode()
    assert editor.post(url, {"title": "New?"}).status_code == 403
    assert propose(editor, question, answer="New.").status_code == 302
    assert not reviews.waiting(lee).exists()
    page = editor.get(f"{QUEUE}{question.pk}/").content.decode()
    assert "This is your own text: somebody else decides on it." in page
    assert decide(editor, question, "approve").status_code == 409
    decide(client_of(make_user("max", "editor")), question, "approve")
    question.refresh_from_db()
    assert question.answer == "New."


def test_superuser_still_edits_at_once(settings, admin_client: Client, question: Question) -> None:
    settings.REVIEW_BY_ANOTHER = True
    response = send(admin_client, change_url("question", question.pk), answer="New.")
    assert response.status_code == 302


def test_question_that_was_submitted_after_a_proposal_is_reviewed_as_a_whole(
    kim: User, lee: User, question: Question
) -> None:
    propose(client_of(kim), question, answer="New.")
    publishing.set_status(Question.objects.all(), "unpublished")
    publishing.perform(Action.SUBMIT, Question.objects.all(), by=kim)
    question.refresh_from_db()
    assert decide(client_of(lee), question, "approve").status_code == 302
    question.refresh_from_db()
    assert (question.status, question.answer) == ("published", "One.\n\nTwo.")

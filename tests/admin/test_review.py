"""The review: the queue, claims, decisions, and what the author sees of them."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from learn import publishing
from learn.models import Question, Review, Subject
from learn.workflow import reviews
from learn.workflow.transitions import Action
from tests.admin.builders import change_url, make_question, make_subject, messages_of, send
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

Status = Question.Status
QUEUE = "/admin/learn/question/review/"
NEXT = f"{QUEUE}next/"


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def kim(db: None) -> User:
    return make_user("kim", "author")


@pytest.fixture
def lee(db: None) -> User:
    return make_user("lee", "editor")


def submitted(slug: str, by: User, subject: Subject | None = None) -> Question:
    """A draft that has been handed in."""
    question = make_question(slug, status=Status.DRAFT, publish_at=None, subject=subject)
    publishing.perform(Action.SUBMIT, Question.objects.filter(pk=question.pk), by=by)
    question.refresh_from_db()
    return question


def item_url(question: Question) -> str:
    return reverse("admin:learn_question_review_item", args=[question.pk])


def decide(client: Client, question: Question, action: str, **values: object) -> HttpResponse:
    data = {"version": question.version, "action": action, "note": "", "line": "", **values}
    return client.post(item_url(question), data)


def status_of(question: Question) -> str:
    return Question.objects.values_list("status", flat=True).get(pk=question.pk)


# --- next, claim, skip


def test_two_who_ask_for_the_next_get_different_ones(kim: User, lee: User) -> None:
    first, second = submitted("first", kim), submitted("second", kim)
    other = client_of(make_user("max", "editor"))
    assert client_of(lee).post(NEXT)["Location"] == item_url(first)
    assert other.post(NEXT)["Location"] == item_url(second)


def test_next_is_the_same_again_while_it_is_undecided(kim: User, lee: User) -> None:
    first, _second = submitted("first", kim), submitted("second", kim)
    client = client_of(lee)
    assert [client.post(NEXT)["Location"] for _ in "ab"] == [item_url(first)] * 2


def test_opening_claims_for_fifteen_minutes_and_others_are_told(kim: User, lee: User) -> None:
    question = submitted("first", kim)
    client_of(lee).get(item_url(question))
    review = Review.objects.get()
    left = review.claimed_until - timezone.now()
    assert review.claimed_by == lee
    assert datetime.timedelta(minutes=14) < left <= datetime.timedelta(minutes=15)
    html = client_of(make_user("max", "editor")).get(item_url(question)).content.decode()
    assert "lee has claimed this text until" in html
    assert 'value="approve"' not in html
    Review.objects.get(claimed_by=lee)


def test_claim_that_has_run_out_is_anybodys(kim: User, lee: User) -> None:
    question = submitted("first", kim)
    reviews.claim(question, lee)
    Review.objects.update(claimed_until=timezone.now())
    assert client_of(make_user("max", "editor")).post(NEXT)["Location"] == item_url(question)


def test_skipped_text_is_not_offered_again_but_free_for_others(kim: User, lee: User) -> None:
    first, second = submitted("first", kim), submitted("second", kim)
    client = client_of(lee)
    assert decide(client, first, "skip")["Location"] == item_url(second)
    assert decide(client, second, "skip")["Location"] == QUEUE
    assert not Review.objects.exclude(claimed_by=None).exists()
    assert client_of(make_user("max", "editor")).post(NEXT)["Location"] == item_url(first)
    assert client.post(NEXT, {"again": "1"})["Location"] in (item_url(first), item_url(second))


def test_next_of_one_subject_stays_in_it(kim: User, lee: User) -> None:
    submitted("first", kim)
    physics = make_subject("physics")
    wanted, then = submitted("mass", kim, physics), submitted("force", kim, physics)
    client = client_of(lee)
    url = client.post(NEXT, {"subject": physics.pk})["Location"]
    assert url == f"{item_url(wanted)}?subject={physics.pk}"
    data = {"version": wanted.version, "action": "approve"}
    assert client.post(url, data)["Location"] == f"{item_url(then)}?subject={physics.pk}"


def test_text_that_came_into_review_past_the_desk_waits_too(lee: User) -> None:
    question = make_question(status=Status.IN_REVIEW)
    assert client_of(lee).post(NEXT)["Location"] == item_url(question)


def test_nothing_waits_is_said(lee: User) -> None:
    response = client_of(lee).post(NEXT, follow=True)
    assert messages_of(response) == ["Nothing else waits for you here."]


# --- approve


def test_approval_publishes_and_goes_on_to_the_next(kim: User, lee: User) -> None:
    first, second = submitted("first", kim), submitted("second", kim)
    assert decide(client_of(lee), first, "approve")["Location"] == item_url(second)
    assert status_of(first) == Status.PUBLISHED
    review = Review.objects.get(question=first)
    assert (review.decision, review.decided_by) == (Review.Decision.APPROVED, lee)


def test_text_that_was_edited_meanwhile_is_not_approved_unread(kim: User, lee: User) -> None:
    question = submitted("first", kim)
    before = question.version
    publishing.save_question(question)
    response = decide(client_of(lee), question, "approve", version=before, note="Typed.")
    assert response.status_code == 409
    assert "The text was edited while you read it" in response.content.decode()
    assert "Typed." in response.content.decode()
    assert status_of(question) == Status.IN_REVIEW


def test_decision_on_a_text_that_another_has_claimed_is_refused_with_the_note_kept(
    kim: User, lee: User
) -> None:
    question = submitted("first", kim)
    reviews.claim(question, make_user("max", "editor"))
    response = decide(client_of(lee), question, "request_changes", note="Typed.")
    assert response.status_code == 409
    assert "Somebody else has claimed this text since" in response.content.decode()
    assert status_of(question) == Status.IN_REVIEW


def test_own_text_is_not_in_the_queue_where_another_has_to_decide(settings, lee: User) -> None:
    settings.REVIEW_BY_ANOTHER = True
    question = submitted("first", lee)
    client = client_of(lee)
    assert client.post(NEXT)["Location"] == QUEUE
    assert decide(client, question, "approve").status_code == 409
    assert status_of(question) == Status.IN_REVIEW


# --- request changes


def test_author_gets_an_editable_draft_a_mail_with_the_note_and_sees_it_at_its_line(
    kim: User, lee: User
) -> None:
    question = submitted("first", kim)
    response = decide(client_of(lee), question, "request_changes", note="Say <b>why</b>.", line="3")
    assert response.status_code == 302
    (message,) = mail.outbox
    assert message.to == ["kim@site.example"]
    assert "Say <b>why</b>." in message.body
    assert "> In two parts." in message.body
    assert change_url("question", question.pk) in message.body
    page = client_of(kim).get(change_url("question", question.pk)).content.decode()
    assert "Say &lt;b&gt;why&lt;/b&gt;." in page
    assert "About line 3: <q>In two parts.</q>" in page
    assert 'data-go-to-line="3"' in page
    assert 'name="_save"' in page


def test_line_of_the_note_is_found_after_others_moved_it(kim: User, lee: User) -> None:
    question = submitted("first", kim)
    decide(client_of(lee), question, "request_changes", note="Why?", line="3")
    question.refresh_from_db()
    question.answer = f"New.\n\n{question.answer}"
    publishing.save_question(question)
    page = client_of(kim).get(change_url("question", question.pk)).content.decode()
    assert "About line 5: <q>In two parts.</q>" in page


def test_author_resubmits_and_the_note_is_gone_from_the_form(kim: User, lee: User) -> None:
    question = submitted("first", kim)
    decide(client_of(lee), question, "request_changes", note="Why?")
    client = client_of(kim)
    url = change_url("question", question.pk)
    assert send(client, url, answer="So.", status=Status.IN_REVIEW).status_code == 302
    assert Review.objects.filter(decision="", submitted_by=kim).count() == 1
    assert "Changes were requested" not in client.get(url).content.decode()
    assert "Why?" in client_of(lee).get(item_url(question)).content.decode()


def test_request_without_a_note_is_refused(kim: User, lee: User) -> None:
    question = submitted("first", kim)
    response = decide(client_of(lee), question, "request_changes")
    assert "Write what is to change: the author sees it." in response.content.decode()
    assert status_of(question) == Status.IN_REVIEW


def test_author_without_an_address_is_returned_to_and_the_reviewer_told(lee: User) -> None:
    author = make_user("kim", "author")
    User.objects.filter(pk=author.pk).update(email="")
    question = submitted("first", author)
    client = client_of(lee)
    decide(client, question, "request_changes", note="Why?")
    assert messages_of(client.get(QUEUE))[0].endswith(
        "went back as a draft. The note stands there; no mail could be sent."
    )
    assert status_of(question) == Status.DRAFT


def test_mail_that_fails_undoes_nothing(settings, kim: User, lee: User) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    question = submitted("first", kim)
    decide(client_of(lee), question, "request_changes", note="Why?")
    assert status_of(question) == Status.DRAFT
    assert Review.objects.get().note == "Why?"


# --- who may


def test_author_has_no_queue(kim: User) -> None:
    question = submitted("first", kim)
    client = client_of(kim)
    assert client.get(QUEUE).status_code == 403
    assert client.post(NEXT).status_code == 403
    assert client.get(item_url(question)).status_code == 403
    assert decide(client, question, "approve").status_code == 403


def test_text_of_another_subject_is_refused_and_never_next(kim: User) -> None:
    question = submitted("mass", kim, make_subject("physics"))
    client = client_of(make_user("lee", "editor", make_subject("biology")))
    assert client.post(NEXT)["Location"] == QUEUE
    assert client.get(item_url(question)).status_code == 403
    assert decide(client, question, "approve").status_code == 403
    assert "Mass?" not in client.get(QUEUE).content.decode()


def test_next_cannot_be_asked_for_by_a_link(lee: User) -> None:
    assert client_of(lee).get(NEXT).status_code == 405


def test_text_that_is_no_longer_in_review_leads_back_to_the_queue(lee: User) -> None:
    question = make_question()
    response = client_of(lee).get(item_url(question), follow=True)
    assert messages_of(response) == [
        "“What is osmosis?” is no longer in review: its status is “published”."
    ]


def test_note_on_a_text_that_was_decided_meanwhile_is_given_back(kim: User, lee: User) -> None:
    question = submitted("first", kim)
    publishing.perform(Action.APPROVE, Question.objects.all())
    client = client_of(lee)
    decide(client, question, "request_changes", note="Typed <b>.")
    response = client.get(QUEUE)
    assert "Your note was not sent: Typed <b>." in messages_of(response)
    assert "Typed &lt;b&gt;." in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_needs_as_many_queries_for_three_texts_as_for_one(
    kim: User, lee: User, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for number in range(rows):
        submitted(f"q-{number}", kim)
    client = client_of(lee)
    client.get(QUEUE)
    # session, user, its permissions, its subjects, what is proposed, numbers by subject,
    # subjects, what is proposed, questions, their open reviews
    with django_assert_num_queries(10):
        client.get(QUEUE)


@pytest.mark.parametrize("rows", [1, 3])
def test_text_needs_as_many_queries_whatever_waits(
    kim: User, lee: User, django_assert_max_num_queries, rows: int
) -> None:
    question = submitted("q", kim)
    for number in range(rows):
        submitted(f"q-{number}", kim)
    client = client_of(lee)
    client.get(item_url(question))
    with django_assert_max_num_queries(12):
        client.get(item_url(question))

"""What the form's script sends, and what it gets."""

import json
import uuid
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client

from learn.models import Draft, Question, Revision
from tests.admin.builders import add_url, change_url, make_question, opened_form

pytestmark = pytest.mark.django_db

SAVE = "/admin/learn/question/drafts/"
DISCARD = "/admin/learn/question/drafts/discard/"
UID = "4b3b8f9c-96ab-4f9a-9d5b-0d3f0f6d7a11"


def post(client: Client, url: str, **content: Any) -> HttpResponse:
    return client.post(url, json.dumps(content), content_type="application/json")


def save(client: Client, **content: Any) -> HttpResponse:
    return post(client, SAVE, **{"uid": UID, "values": {"answer": "Text."}, **content})


def page_data(client: Client, url: str) -> dict[str, Any]:
    return json.loads(client.get(url).context["draft_data"])


def test_draft_is_kept_and_nothing_else_is_written(admin_client: Client) -> None:
    question = make_question()
    before = Question.objects.values().get()
    answer = save(admin_client, question=question.pk, values={"opened_version": "1", "title": "T"})
    assert answer.status_code == 200
    draft = Draft.objects.get()
    assert (draft.question, draft.base_version, draft.values["title"]) == (question, 1, "T")
    assert answer.json()["live"] == {"version": 1, "by": ""}
    assert Question.objects.values().get() == before
    assert not Revision.objects.exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"uid": "x"}, "“uid” must be a UUID."),
        ({"values": []}, "“values” must be an object of at most 2000 inputs."),
        (
            {"values": {"a": 1}},
            "“a” is no input of the form, or its value is no text.",
        ),
        (
            {"values": {"a b": "1"}},
            "“a b” is no input of the form, or its value is no text.",
        ),
        ({"values": {"a": "x" * 1_000_001}}, "A draft may have 1000000 characters at most."),
        ({"replaces": "x"}, "A draft is named by “uid” and “version”."),
    ],
)
def test_what_is_no_draft_is_refused_with_the_reason(
    admin_client: Client, content: dict[str, Any], error: str
) -> None:
    answer = save(admin_client, **content)
    assert (answer.status_code, answer.json()) == (400, {"error": error})
    assert not Draft.objects.exists()


@pytest.mark.parametrize("body", ["", "{", "[]", "1"])
def test_body_that_is_no_object_is_refused(admin_client: Client, body: str) -> None:
    for url in (SAVE, DISCARD):
        answer = admin_client.post(url, body, content_type="application/json")
        assert answer.status_code == 400


def test_characters_that_no_database_takes_are_replaced(admin_client: Client) -> None:
    assert save(admin_client, values={"title": "a\0b\ud800c"}).status_code == 200
    assert Draft.objects.get().values == {"title": "ab?c"}


def test_draft_of_another_tab_is_told_of(admin_client: Client) -> None:
    question = make_question()
    save(admin_client, question=question.pk)
    answer = save(admin_client, question=question.pk, uid=str(uuid.uuid4()))
    assert answer.status_code == 409
    assert answer.json()["draft"].items() >= {"uid": UID, "version": 1}.items()


def test_draft_is_discarded_as_it_was_seen_only(admin_client: Client) -> None:
    save(admin_client)
    save(admin_client)
    assert post(admin_client, DISCARD, draft={"uid": UID, "version": 1}).status_code == 409
    assert post(admin_client, DISCARD, draft={"uid": UID, "version": 2}).status_code == 200
    assert not Draft.objects.exists()


def test_saved_question_takes_its_draft_along(admin_client: Client) -> None:
    question = make_question()
    url = change_url("question", question.pk)
    form = opened_form(admin_client, url)
    save(admin_client, question=question.pk)
    assert admin_client.post(url, form | {"title": "T", "draft_uid": UID}).status_code == 302
    assert not Draft.objects.exists()
    # One more that was on its way.
    assert save(admin_client, question=question.pk).json() == {"done": True}
    assert not Draft.objects.exists()
    assert page_data(admin_client, url)["savedForms"] == [UID]


def test_form_that_is_refused_keeps_its_draft(admin_client: Client) -> None:
    question = make_question()
    url = change_url("question", question.pk)
    form = opened_form(admin_client, url)
    save(admin_client, question=question.pk)
    response = admin_client.post(url, form | {"slug": "No Slug", "draft_uid": UID})
    assert f'name="draft_uid" value="{UID}"' in response.content.decode()
    assert Draft.objects.exists()


def test_page_offers_the_drafts_of_the_person_for_this_form(
    admin_client: Client, admin_user: User
) -> None:
    question, other = make_question(), make_question("other")
    ben = User.objects.create(username="ben")
    Draft.objects.create(person=admin_user, question=question, values={"title": "mine"})
    Draft.objects.create(person=admin_user, question=other, values={"title": "elsewhere"})
    Draft.objects.create(person=admin_user, values={"title": "new"})
    Draft.objects.create(person=ben, question=question, values={"title": "ben's"})

    def titles(url: str) -> list[str]:
        return [draft["values"]["title"] for draft in page_data(admin_client, url)["drafts"]]

    assert titles(change_url("question", question.pk)) == ["mine"]
    assert titles(add_url("question")) == ["new"]


def test_draft_names_its_author_for_the_field_that_knows_no_names(
    admin_client: Client, admin_user: User
) -> None:
    author = make_question().author
    Draft.objects.create(person=admin_user, values={"author": str(author.pk)})
    Draft.objects.create(person=admin_user, values={"author": "9" * 30})
    drafts = page_data(admin_client, add_url("question"))["drafts"]
    assert [draft["labels"]["author"] for draft in drafts] == ["", "QuickTakes"]


# --- rights


@pytest.fixture
def reader(client: Client) -> Client:
    """Somebody at the desk who may look at questions and nothing else."""
    user = User.objects.create(username="eve", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_question"))
    client.force_login(user)
    return client


def test_draft_needs_the_right_to_change_the_question(reader: Client) -> None:
    question = make_question()
    assert save(reader, question=question.pk).status_code == 403
    assert save(reader).status_code == 403
    assert save(reader, question=10**6).status_code == 403
    assert save(reader, question={"pk": 1}).status_code == 403
    assert "draft_data" not in reader.get(change_url("question", question.pk)).context
    assert not Draft.objects.exists()


@pytest.mark.parametrize("url", [SAVE, DISCARD])
def test_whoever_is_logged_out_is_sent_to_the_login(client: Client, url: str) -> None:
    response = post(client, url)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("url", [SAVE, DISCARD])
def test_request_without_token_is_refused(admin_user: User, url: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert post(client, url, uid=UID, values={}).status_code == 403


@pytest.mark.parametrize("url", [SAVE, DISCARD])
def test_drafts_are_sent_not_fetched(admin_client: Client, url: str) -> None:
    assert admin_client.get(url).status_code == 405

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client

from learn.models import Question
from tests.admin.builders import (
    change_url,
    list_url,
    make_question,
    messages_of,
    moment,
    opened_form,
)

pytestmark = pytest.mark.django_db

Status = Question.Status


TRASH = "?status__exact=trashed"


def act(client: Client, action: str, *questions: Question, view: str = "") -> list[str]:
    """Choose these questions in the list, run the action, return what is said."""
    data = {"action": action, "_selected_action": [question.pk for question in questions]}
    said = messages_of(client.post(list_url("question", view), data, follow=True))
    # Without the button that undoes it.
    return [text.partition(" <form")[0] for text in said]


def status_of(question: Question) -> str:
    return Question.objects.values_list("status", flat=True).get(pk=question.pk)


def test_publish_publishes_drafts_now_and_says_how_many(admin_client: Client) -> None:
    drafts = [make_question(slug, status=Status.DRAFT, publish_at=None) for slug in "ab"]
    assert act(admin_client, "publish", *drafts) == ["2 questions were published."]
    assert set(Question.objects.published()) == set(drafts)


def test_publish_leaves_alone_what_is_public_or_in_the_trash(admin_client: Client) -> None:
    draft = make_question("draft", status=Status.DRAFT, publish_at=None)
    published, trashed = make_question("a"), make_question("trashed", status=Status.TRASHED)
    assert act(admin_client, "publish", draft, published) == [
        "1 question was published. 1 left alone: published already, or in the trash."
    ]
    assert act(admin_client, "publish", trashed, view=TRASH) == [
        "1 left alone: published already, or in the trash."
    ]
    assert status_of(trashed) == Status.TRASHED


def test_list_without_the_trash_does_not_act_on_it(admin_client: Client) -> None:
    trashed = make_question(status=Status.TRASHED)
    assert act(admin_client, "restore", trashed) == [
        "0 questions were restored; they are unpublished."
    ]
    assert status_of(trashed) == Status.TRASHED


def test_publish_shows_at_once_what_was_to_come_or_had_ended(admin_client: Client) -> None:
    to_come = make_question("to-come", status=Status.SCHEDULED, publish_at=moment(days=1))
    ended = make_question(
        "ended", status=Status.DRAFT, publish_at=None, unpublish_at=moment(days=-1)
    )
    assert act(admin_client, "publish", to_come, ended) == ["2 questions were published."]
    assert Question.objects.published().count() == 2


def test_unpublish_takes_public_questions_away(admin_client: Client) -> None:
    question, draft = make_question("a"), make_question("b", status=Status.DRAFT)
    assert act(admin_client, "unpublish", question, draft) == [
        "1 question was unpublished. 1 left alone: neither published nor scheduled."
    ]
    assert status_of(question) == Status.UNPUBLISHED
    assert status_of(draft) == Status.DRAFT


def test_move_to_trash_keeps_the_row(admin_client: Client) -> None:
    question = make_question()
    assert act(admin_client, "move_to_trash", question) == ["1 question was moved to the trash."]
    assert status_of(question) == Status.TRASHED


def test_move_to_trash_of_what_is_there_says_so(admin_client: Client) -> None:
    question = make_question(status=Status.TRASHED)
    assert act(admin_client, "move_to_trash", question, view=TRASH) == [
        "1 left alone: in the trash already."
    ]


def test_restore_brings_back_unpublished(admin_client: Client) -> None:
    question = make_question(status=Status.TRASHED)
    assert act(admin_client, "restore", question, view=TRASH) == [
        "1 question was restored; it is unpublished."
    ]
    assert status_of(question) == Status.UNPUBLISHED


def test_restore_leaves_alone_what_lost_its_address(admin_client: Client) -> None:
    trashed = make_question(status=Status.TRASHED)
    trashed.uid = "00000000-0000-0000-0000-000000000000"
    trashed.save()
    make_question()
    assert act(admin_client, "restore", trashed, view=TRASH) == [
        "1 left alone: not in the trash, or its address belongs to another question."
    ]
    assert status_of(trashed) == Status.TRASHED


def test_restore_of_two_with_one_address_brings_back_the_later_one(admin_client: Client) -> None:
    older = make_question(status=Status.TRASHED)
    older.uid = "00000000-0000-0000-0000-000000000000"
    older.save()
    newer = make_question(status=Status.TRASHED)
    assert act(admin_client, "restore", older, newer, view=TRASH) == [
        "1 question was restored; it is unpublished. 1 left alone: not in the trash, or its "
        "address belongs to another question."
    ]
    assert [status_of(older), status_of(newer)] == [Status.TRASHED, Status.UNPUBLISHED]


def test_action_is_kept_in_the_log(admin_client: Client) -> None:
    question = make_question()
    act(admin_client, "move_to_trash", question)
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.object_repr) == (str(question.pk), question.title)
    assert entry.get_change_message() == "Status: in the trash"


# --- refusals


@pytest.fixture
def viewer_client(client: Client) -> Client:
    """Of somebody who may look at questions and their related ones, no more."""
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(
        Permission.objects.filter(codename__in=["view_question", "view_relatedquestion"])
    )
    client.force_login(viewer)
    return client


def test_viewer_may_download_from_the_list_and_nothing_else(viewer_client: Client) -> None:
    question = make_question()
    response = viewer_client.get(list_url("question"))
    assert question.title in response.content.decode()
    choices = response.context["action_form"]["action"].field.choices
    assert [name for name, _ in choices] == ["", "download"]


@pytest.mark.parametrize("action", ["publish", "unpublish", "move_to_trash", "restore"])
def test_viewer_cannot_act(viewer_client: Client, action: str) -> None:
    status = {"publish": Status.DRAFT, "restore": Status.TRASHED}.get(action, Status.PUBLISHED)
    question = make_question(status=status)
    act(viewer_client, action, question)
    assert status_of(question) == status


def test_viewer_sees_a_question_without_a_form(viewer_client: Client) -> None:
    question = make_question()
    response = viewer_client.get(change_url("question", question.pk))
    assert question.title in response.content.decode()
    assert 'name="_save"' not in response.content.decode()
    assert 'name="opened_version"' not in response.content.decode()


def test_viewer_cannot_save(viewer_client: Client, admin_client: Client, admin_user: User) -> None:
    question = make_question()
    data = opened_form(admin_client, change_url("question", question.pk))
    response = viewer_client.post(change_url("question", question.pk), data | {"title": "Changed?"})
    assert response.status_code == 403
    question.refresh_from_db()
    assert question.title != "Changed?"


def test_deletion_is_no_action(admin_client: Client) -> None:
    question = make_question()
    choices = admin_client.get(list_url("question")).context["action_form"]["action"].field.choices
    assert [name for name, _ in choices] == [
        "",
        "submit",
        "withdraw",
        "schedule",
        "publish",
        "unpublish",
        "move_to_trash",
        "restore",
        "edit_many",
        "download",
    ]
    act(admin_client, "delete_selected", question)
    assert Question.objects.filter(pk=question.pk).exists()


def test_publishing_leaves_what_the_checklist_stops_and_names_it(admin_client):
    good = make_question("good", status=Question.Status.DRAFT, publish_at=None)
    bad = make_question("bad", answer="![](/media/x.png)", status=Question.Status.UNPUBLISHED)
    response = admin_client.post(
        list_url("question"),
        {"action": "publish", "_selected_action": [good.pk, bad.pk]},
        follow=True,
    )
    good.refresh_from_db()
    bad.refresh_from_db()
    assert good.is_published
    assert bad.status == Question.Status.UNPUBLISHED
    done, refused = messages_of(response)
    assert done.startswith("1 question was published.")
    assert "1 question is not ready to be published" in refused
    assert "Bad?</a> (Picture without a description)" in refused

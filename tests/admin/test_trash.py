"""Throwing away, undoing, the trash and what comes back from it."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from learn import publishing
from learn.models import MassEdit, Question, Revision
from tests.admin.builders import change_url, list_url, make_question, messages_of, send
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

Status = Question.Status
TRASH = "?status__exact=trashed"
OTHER_UID = "00000000-0000-0000-0000-000000000001"


def delete_url(question: Question) -> str:
    return change_url("question", question.pk).replace("/change/", "/delete/")


def restore_url(question: Question) -> str:
    return change_url("question", question.pk).replace("/change/", "/restore/")


def undo(client: Client, said: str) -> list[str]:
    """Press the button in a message."""
    action = re.search(r'action="([^"]+)"', said)
    assert action
    return messages_of(client.post(action[1], follow=True))


def throw_away(client: Client, question: Question) -> str:
    (said,) = messages_of(client.post(delete_url(question), follow=True))
    return said


def test_delete_asks_first_and_the_question_form_leads_there(admin_client: Client) -> None:
    question = make_question()
    form = admin_client.get(change_url("question", question.pk)).content.decode()
    assert f'href="{delete_url(question)}"' in form
    assert "Move to the trash" in admin_client.get(delete_url(question)).content.decode()
    question.refresh_from_db()
    assert question.status == Status.PUBLISHED


def test_undo_brings_back_address_tags_and_history(admin_client: Client, client: Client) -> None:
    question = make_question(seo_keywords="cell, water")
    publishing.save_question(question)
    page, revisions = str(question.path), Revision.objects.count()
    said = throw_away(admin_client, question)
    assert client.get(page).status_code == 410
    assert undo(admin_client, said) == ["Undone: 1 question is as it was."]
    assert Client().get(page).status_code == 200
    question.refresh_from_db()
    assert (question.status, question.tags.count()) == (Status.PUBLISHED, 2)
    assert Revision.objects.count() == revisions
    assert LogEntry.objects.filter(object_id=question.pk).count() == 2


def test_undo_after_unpublishing_many(admin_client: Client) -> None:
    questions = [make_question(slug) for slug in "abc"]
    data = {"action": "unpublish", "_selected_action": [q.pk for q in questions]}
    (said,) = messages_of(admin_client.post(list_url("question"), data, follow=True))
    assert Question.objects.published().count() == 0
    assert undo(admin_client, said) == ["Undone: 3 questions are as they were."]
    assert Question.objects.published().count() == 3


def test_status_set_by_the_form_can_be_undone_like_an_act(
    admin_client: Client, client: Client
) -> None:
    question = make_question()
    address, moment = str(question.path), question.publish_at
    changes = {"status": Status.UNPUBLISHED, "answer": "Another text."}
    response = send(admin_client, change_url("question", question.pk), **changes)
    saved, said = messages_of(admin_client.get(response["Location"]))
    assert "was changed successfully" in saved
    assert "The status is “unpublished” now; before it was “published”." in said
    assert client.get(address).status_code == 404
    assert undo(admin_client, said) == ["Undone: 1 question is as it was."]
    assert "Another text." in client.get(address).content.decode()
    question.refresh_from_db()
    assert (question.status, question.publish_at) == (Status.PUBLISHED, moment)
    assert "undone: unpublish" in LogEntry.objects.latest("pk").get_change_message()


def test_save_that_leaves_the_status_alone_offers_no_undo(admin_client: Client) -> None:
    question = make_question()
    response = send(admin_client, change_url("question", question.pk), answer="Another text.")
    assert len(messages_of(admin_client.get(response["Location"]))) == 1
    assert not MassEdit.objects.exists()


def test_text_that_was_edited_with_its_status_is_not_shown_to_readers_by_an_undo(
    db: None,
) -> None:
    """As after an act of the list: that takes the right to publish."""
    names = ["view", "change", "change_published", "unpublish"]
    kim = make_user("kim")
    kim.user_permissions.set(
        Permission.objects.filter(codename__in=[f"{name}_question" for name in names])
    )
    client = client_of(kim)
    for answer, status in (("", Status.PUBLISHED), ("Another.", Status.UNPUBLISHED)):
        question = make_question(f"q-{status}")
        changes = {"status": Status.UNPUBLISHED} | ({"answer": answer} if answer else {})
        response = send(client, change_url("question", question.pk), **changes)
        _saved, said = messages_of(client.get(response["Location"]))
        undo(client, said)
        question.refresh_from_db()
        assert question.status == status


def test_act_on_the_whole_filter_reaches_every_page(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("learn.admin.question_list.QuestionList.list_per_page", 2)
    for number in range(5):
        make_question(f"vacuole-{number}", answer="A vacuole.")
    other = make_question("other")
    data = {
        "action": "move_to_trash",
        "select_across": "1",
        "_selected_action": [Question.objects.earliest("pk").pk],
    }
    admin_client.post(list_url("question", "?q=vacuole"), data)
    assert list(Question.objects.exclude(status=Status.TRASHED)) == [other]


def test_trash_lists_who_and_when_in_as_many_queries_for_three_as_for_one(
    admin_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for slug in "abc":
        throw_away(admin_client, make_question(slug))
    admin_client.get(list_url("question", TRASH))
    with django_assert_num_queries(5):
        response = admin_client.get(list_url("question", TRASH))
    text = response.content.decode()
    assert text.count('field-trashed_by">ada<') == 3
    assert text.count("Restore …") == 3


def test_what_nobody_noted_is_listed_all_the_same(admin_client: Client) -> None:
    make_question(status=Status.TRASHED)
    response = admin_client.get(list_url("question", TRASH))
    assert "Restore …" in response.content.decode()


def test_restoring_brings_back_unpublished(admin_client: Client) -> None:
    question = make_question()
    throw_away(admin_client, question)
    admin_client.post(restore_url(question), {"slug": question.slug})
    question.refresh_from_db()
    assert question.status == Status.UNPUBLISHED
    assert MassEdit.objects.count() == 2


def test_slug_of_the_trash_can_be_used_again_and_restoring_asks_for_another(
    admin_client: Client,
) -> None:
    question = make_question("osmosis", title="The old one?")
    throw_away(admin_client, question)
    holder = make_question("osmosis", title="The new one?", uid=OTHER_UID)
    page = admin_client.get(restore_url(question)).content.decode()
    assert "The new one?" in page
    assert "Choose another slug to bring it back." in page
    refused = admin_client.post(restore_url(question), {"slug": "osmosis"}).content.decode()
    assert "Another question has this address now." in refused
    admin_client.post(restore_url(question), {"slug": "osmosis-again"})
    question.refresh_from_db()
    holder.refresh_from_db()
    assert (question.slug, question.status) == ("osmosis-again", Status.UNPUBLISHED)
    assert (holder.slug, holder.status) == ("osmosis", Status.PUBLISHED)


def test_impossible_slug_is_refused(admin_client: Client) -> None:
    question = make_question(status=Status.TRASHED)
    page = admin_client.post(restore_url(question), {"slug": "No Slug!"})
    assert page.context["form"].errors["slug"]


def test_restoring_what_is_not_in_the_trash_says_so(admin_client: Client) -> None:
    question = make_question()
    (said,) = messages_of(admin_client.get(restore_url(question), follow=True))
    assert said.endswith("is not in the trash.")


def test_undoing_twice_says_that_there_is_nothing_to_undo(admin_client: Client) -> None:
    said = throw_away(admin_client, make_question())
    undo(admin_client, said)
    assert undo(admin_client, said) == ["There is nothing to undo any more."]


def test_undo_of_what_lost_its_address_names_it(admin_client: Client) -> None:
    question = make_question("osmosis")
    said = throw_away(admin_client, question)
    make_question("osmosis", uid=OTHER_UID)
    response = admin_client.post(re.search(r'action="([^"]+)"', said)[1], follow=True)
    assert "another question has its address now" in response.content.decode()


# --- refusals


@pytest.fixture
def viewer_client() -> Client:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_question"))
    client = Client()
    client.force_login(viewer)
    return client


def test_viewer_neither_deletes_nor_restores_nor_undoes(
    viewer_client: Client, admin_client: Client
) -> None:
    question, trashed = make_question("a"), make_question("b")
    throw_away(admin_client, trashed)
    assert viewer_client.post(delete_url(question)).status_code == 403
    assert viewer_client.post(restore_url(trashed), {"slug": "b"}).status_code == 403
    undo_url = f"/admin/learn/massedit/{MassEdit.objects.get().pk}/undo/"
    assert viewer_client.post(undo_url).status_code == 403
    assert Client().post(undo_url).status_code == 302
    assert admin_client.get(undo_url).status_code == 405
    question.refresh_from_db()
    trashed.refresh_from_db()
    assert (question.status, trashed.status) == (Status.PUBLISHED, Status.TRASHED)


def test_another_editor_does_not_undo_what_is_not_theirs(admin_client: Client) -> None:
    editor = User.objects.create_user("grace", is_staff=True)
    editor.user_permissions.set(
        Permission.objects.filter(
            codename__in=[
                "change_question",
                "view_question",
                "change_published_question",
                "trash_question",
            ]
        )
    )
    client = Client()
    client.force_login(editor)
    throw_away(admin_client, make_question())
    undo_url = f"/admin/learn/massedit/{MassEdit.objects.get().pk}/undo/"
    assert client.post(undo_url).status_code == 403
    # What they did themselves they undo, without further rights.
    own = throw_away(client, make_question("b"))
    assert undo(client, own) == ["Undone: 1 question is as it was."]

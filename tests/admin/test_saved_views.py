"""Views that people save: filters, search and order under a name."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from learn.models import Question, SavedView
from tests.admin.builders import list_url, make_question, messages_of

pytestmark = pytest.mark.django_db

SAVE = "/admin/learn/question/views/"


@pytest.fixture
def editor() -> User:
    editor = User.objects.create_user("grace", is_staff=True)
    editor.user_permissions.set(
        Permission.objects.filter(codename__in=["view_question", "change_question"])
    )
    return editor


@pytest.fixture
def editor_client(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


def save(client: Client, query: str, **values: str) -> list[str]:
    data = {"query": query, "name": "Drafts", **values}
    return messages_of(client.post(SAVE, data, follow=True))


def counts(client: Client) -> dict[str, str]:
    return client.get(f"{SAVE}counts/").json()


def test_view_is_saved_without_its_page(admin_client: Client) -> None:
    assert save(admin_client, "q=osmosis&p=3&status__exact=draft&o=-1") == [
        "The view “Drafts” is saved."
    ]
    assert SavedView.objects.get().query == "q=osmosis&status__exact=draft&o=-1"


def test_nothing_chosen_is_refused(admin_client: Client) -> None:
    (message,) = save(admin_client, "p=3")
    assert message.startswith("There is nothing to save yet")
    assert not SavedView.objects.exists()


def test_name_in_use_is_refused_and_another_persons_is_not(
    admin_client: Client, editor_client: Client
) -> None:
    save(admin_client, "q=a")
    (message,) = save(admin_client, "q=b")
    assert message.startswith("You have a view named “Drafts” already.")
    assert save(editor_client, "q=b") == ["The view “Drafts” is saved."]


@pytest.mark.parametrize(("is_shared", "is_seen"), [("on", True), ("", False)])
def test_others_see_what_is_shared_only(
    admin_client: Client, editor_client: Client, is_shared: str, is_seen: bool
) -> None:
    save(admin_client, "q=vacuole", is_shared=is_shared)
    text = editor_client.get(list_url("question")).content.decode()
    assert ('href="?q=vacuole"' in text) is is_seen
    assert bool(counts(editor_client)) is is_seen


def test_what_the_list_refuses_is_not_saved(admin_client: Client) -> None:
    assert save(admin_client, "answer__contains=x") == [
        "The list cannot be filtered so; nothing was saved."
    ]
    assert not SavedView.objects.exists()


def test_counts_are_what_the_view_shows(admin_client: Client, admin_user: User) -> None:
    make_question("a", status="draft", answer="A vacuole.")
    make_question("b", answer="A vacuole.")
    save(admin_client, "status__exact=draft", name="Drafts")
    save(admin_client, "q=vacuole", name="Vacuoles")
    SavedView.objects.create(
        name="No longer possible", query="answer__contains=x", owner=admin_user
    )
    assert {
        SavedView.objects.get(pk=pk).name: count for pk, count in counts(admin_client).items()
    } == {
        "Drafts": "1",
        "Vacuoles": "2",
        "No longer possible": "?",
    }


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_for_views_once(
    admin_client: Client,
    admin_user: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    number: int,
) -> None:
    make_question()
    for i in range(number):
        SavedView.objects.create(name=f"View {i}", query="q=a", owner=admin_user, is_shared=True)
    admin_client.get(list_url("question"))
    # Two more where the numbers of the head have just been forgotten.
    with django_assert_max_num_queries(7):
        admin_client.get(list_url("question"))


def test_owner_deletes_a_view_and_another_editor_does_not(
    admin_client: Client, editor_client: Client, editor: User
) -> None:
    save(admin_client, "q=a", is_shared="on")
    view = SavedView.objects.get()
    delete = f"{SAVE}{view.pk}/delete/"
    assert editor_client.post(delete).status_code == 403
    assert editor_client.get(delete).status_code == 405
    assert messages_of(admin_client.post(delete, follow=True)) == ["The view “Drafts” is deleted."]
    assert not SavedView.objects.exists()


def test_private_view_of_another_is_not_found(admin_client: Client, editor_client: Client) -> None:
    save(admin_client, "q=a")
    delete = f"{SAVE}{SavedView.objects.get().pk}/delete/"
    assert editor_client.post(delete).status_code == 404


def test_who_may_not_see_questions_saves_no_view() -> None:
    client = Client()
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert client.post(SAVE, {"query": "q=a", "name": "a"}).status_code == 403
    assert client.get(f"{SAVE}counts/").status_code == 403
    assert Client().get(f"{SAVE}counts/").status_code == 302


def test_shared_view_shows_both_the_same_rows(admin_client: Client, editor_client: Client) -> None:
    for slug in "ab":
        make_question(slug, answer="A vacuole.")
    make_question("c")
    save(admin_client, "q=vacuole", is_shared="on")
    query = f"?{SavedView.objects.get().query}"
    shown = [
        [row.pk for row in client.get(list_url("question", query)).context["cl"].result_list]
        for client in (admin_client, editor_client)
    ]
    assert shown[0] == shown[1] != []
    assert Question.objects.count() == 3

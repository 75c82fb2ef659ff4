"""Changes of many questions at the desk: from the list to the undo."""

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client

from learn import mass_edits
from learn.admin import QuestionAdmin, question_actions
from learn.models import MassEdit, Question
from tests.admin.builders import list_url, make_question, make_subject, messages_of
from tests.admin.people import make_user

pytestmark = pytest.mark.django_db

REPLACE = {"kind": "replace", "find": "colour", "replacement": "color", "in_answer": "on"}


def chosen(client: Client, *questions: Question, query: str = "", **data: str) -> HttpResponse:
    data = {"action": "edit_many", "_selected_action": [q.pk for q in questions], **data}
    return client.post(list_url("question", query), data, follow=True)


def step(client: Client, name: str, **data: str) -> HttpResponse:
    edit = MassEdit.objects.latest("pk")
    return client.post(f"/admin/learn/massedit/{edit.pk}/{name}/", data, follow=True)


def text(response: HttpResponse) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_from_the_list_to_the_undo(admin_client: Client) -> None:
    questions = [make_question(f"q-{i}", answer=f"A colour, or colours: {i}.") for i in range(3)]
    make_question("other", answer="A hue.")
    response = chosen(admin_client, questions[0], query="?q=colour", select_across="1")
    assert "3 questions are chosen." in text(response)
    page = text(step(admin_client, "check", **REPLACE))
    assert "6 places in 3 questions." in page
    assert "<del>colour</del><ins>color</ins>" in page
    assert Question.objects.filter(answer__contains="colour").count() == 3
    assert "<dt>changed</dt><dd>3</dd>" in text(step(admin_client, "run"))
    assert Question.objects.filter(answer__contains="colour").count() == 0
    response = step(admin_client, "undo")
    assert messages_of(response) == ["Undone: 3 questions are as they were."]
    assert Question.objects.filter(answer__contains="colour").count() == 3


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"kind": "replace", "in_answer": "on"}, "find", "Say what, or choose another change."),
        ({"kind": "replace", "find": "a"}, "in_answer", "Choose where"),
        ({"kind": "subject"}, "subject", "Say what"),
        ({"kind": "keywords?"}, "kind", "Select a valid choice"),
    ],
)
def test_form_that_says_too_little_is_refused(
    admin_client: Client, data: dict[str, str], field: str, message: str
) -> None:
    chosen(admin_client, make_question())
    response = step(admin_client, "check", **data)
    assert message in str(response.context["form"].errors[field])
    assert MassEdit.objects.get().state == MassEdit.State.CHOSEN


def test_other_changes_show_the_value_before_and_after(admin_client: Client) -> None:
    chosen(admin_client, make_question())
    physics = make_subject("physics")
    page = text(step(admin_client, "check", kind="subject", subject=str(physics.pk)))
    assert "1 question will change." in page
    assert "<del>Biology</del><ins>Physics</ins>" in page
    page = text(step(admin_client, "check", kind="status", action="unpublish"))
    assert "1 question will change." in page


def test_what_is_left_alone_is_named(admin_client: Client) -> None:
    physics = make_subject("physics")
    question = make_question("osmosis", title="Taken?")
    make_question("osmosis", subject=physics)
    chosen(admin_client, question)
    page = text(step(admin_client, "check", kind="subject", subject=str(physics.pk)))
    assert "Taken?</a>: Physics has a question with this slug already" in page


def test_progress_is_told_as_json(admin_client: Client) -> None:
    chosen(admin_client, make_question(answer="A colour."))
    step(admin_client, "check", **REPLACE)
    edit = MassEdit.objects.get()
    MassEdit.objects.update(state=MassEdit.State.RUNNING)
    url = f"/admin/learn/massedit/{edit.pk}/advance/"
    response = admin_client.post(url, headers={"accept": "application/json"})
    assert response.json() == {"done": 1, "total": 1, "is_working": False}


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_undo_that_took_several_steps_says_so_at_its_end(admin_client: Client, accept: str) -> None:
    chosen(admin_client, make_question(answer="A colour."))
    step(admin_client, "check", **REPLACE)
    step(admin_client, "run")
    edit = MassEdit.objects.get()
    assert mass_edits.begin_undoing(edit)
    url = f"/admin/learn/massedit/{edit.pk}/advance/"
    for _ in range(2):
        admin_client.post(url, headers={"accept": accept})
    response = admin_client.get(f"/admin/learn/massedit/{edit.pk}/change/")
    assert messages_of(response) == ["Undone: 1 question is as it was."]


def test_more_than_can_be_changed_together_is_refused(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_actions, "MOST", 2)
    questions = [make_question(slug) for slug in "abc"]
    response = chosen(admin_client, *questions)
    assert messages_of(response) == ["Choose fewer: at most 2 questions can be changed together."]
    assert not MassEdit.objects.exists()


def test_right_to_change_many_is_a_right_of_its_own(client: Client) -> None:
    editor = User.objects.create_user("grace", is_staff=True)
    permissions = Permission.objects.filter(codename__in=["view_question", "change_question"])
    editor.user_permissions.set(permissions)
    client.force_login(editor)
    question = make_question()
    chosen(client, question)
    assert not MassEdit.objects.exists()
    edit = MassEdit.objects.create(created_by=editor)
    for name in ("check", "run"):
        assert client.post(f"/admin/learn/massedit/{edit.pk}/{name}/", REPLACE).status_code == 403
    editor.user_permissions.add(Permission.objects.get(codename="add_massedit"))
    chosen(client, question)
    assert MassEdit.objects.count() == 2


def test_questions_are_not_moved_where_one_could_not_change_them(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen(admin_client, make_question())
    physics = make_subject("physics")
    monkeypatch.setattr(
        QuestionAdmin,
        "has_change_permission",
        lambda self, request, obj=None: obj is None or obj.subject != physics,
    )
    response = step(admin_client, "check", kind="subject", subject=str(physics.pk))
    assert response.context["form"].errors == {
        "subject": ["You may not change questions of this subject."]
    }


def test_list_of_changes_says_what_and_who(admin_client: Client) -> None:
    chosen(admin_client, make_question(answer="A colour."))
    step(admin_client, "check", **REPLACE)
    page = text(admin_client.get(list_url("massedit")))
    assert "find and replace" in page
    assert "tried, nothing changed yet" in page


def test_changes_of_others_are_seen_with_the_right_to_see_all_only(
    admin_client: Client, client: Client
) -> None:
    chosen(admin_client, make_question(answer="A colour."))
    step(admin_client, "check", **REPLACE)
    url = f"/admin/learn/massedit/{MassEdit.objects.get().pk}/change/"
    editor = User.objects.create_user("grace", is_staff=True)
    names = ["view_question", "change_question", "add_massedit"]
    editor.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(editor)
    assert client.get(url).status_code == 403
    assert client.get(list_url("massedit")).context["cl"].result_count == 0
    editor.user_permissions.add(Permission.objects.get(codename="view_massedit"))
    assert client.get(url).status_code == 200
    assert client.get(list_url("massedit")).context["cl"].result_count == 1
    # To see is not to go on with it.
    assert client.post(url.replace("change", "run")).status_code == 403


def test_texts_of_subjects_that_were_taken_away_are_no_longer_shown(client: Client) -> None:
    biology, physics = make_subject("biology"), make_subject("physics")
    kim = make_user("kim", "publisher", biology, physics)
    client.force_login(kim)
    own = make_question("own", title="Own?", answer="A colour of cells.")
    moved = make_question("moved", title="Moved?", subject=physics, answer="A colour of quarks.")
    named = make_question("named", title="Named?", subject=physics, status="trashed")
    edit = mass_edits.choose([own.pk, moved.pk, named.pk], kim)
    url = f"/admin/learn/massedit/{edit.pk}/"
    client.post(f"{url}check/", REPLACE)
    page = text(client.get(f"{url}change/"))
    assert all(part in page for part in ("of cells", "of quarks", "Moved?", "Named?"))

    kim.subject_access.subjects.set([biology])
    page = text(client.get(f"{url}change/"))
    assert "of cells" in page
    assert not any(part in page for part in ("of quarks", "Moved?", "Named?"))

    kim.groups.clear()
    page = text(client.get(f"{url}change/"))
    assert not any(part in page for part in ("of cells", "Own?"))

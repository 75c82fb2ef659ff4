"""Forms and lists by role and subject."""

import io
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from learn import mass_edits, publishing
from learn.models import (
    MassEdit,
    Question,
    Redirect,
    Report,
    Revision,
    SeedUpload,
    SubjectAccess,
    Tag,
)
from learn.workflow.transitions import Action
from tests.admin.builders import (
    add_url,
    change_url,
    errors_of,
    list_url,
    make_question,
    make_subject,
    opened_form,
    send,
)
from tests.admin.people import client_of, make_user
from tests.seeds.builders import seed_file

pytestmark = pytest.mark.django_db

Status = Question.Status


@pytest.fixture
def physics_question(db: None) -> Question:
    return make_question("what-is-mass", subject=make_subject("physics"))


@pytest.fixture
def biology_client(db: None) -> Client:
    """Of an editor whose rights end at biology."""
    return client_of(make_user("kim", "editor", make_subject("biology")))


def offered_states(client: Client, url: str) -> set[str]:
    field = client.get(url).context["adminform"].form.fields["status"]
    return {value for value, _label in field.choices}


# --- the form, by role


def test_author_is_offered_to_submit_a_draft_and_nothing_else(db: None) -> None:
    question = make_question(status=Status.DRAFT)
    client = client_of(make_user("kim", "author"))
    assert offered_states(client, change_url("question", question.pk)) == {
        Status.DRAFT,
        Status.IN_REVIEW,
    }


def test_author_cannot_send_a_state_that_is_not_offered(db: None) -> None:
    question = make_question(status=Status.DRAFT)
    client = client_of(make_user("kim", "author"))
    response = send(client, change_url("question", question.pk), status=Status.PUBLISHED)
    assert errors_of(response) == {
        "status": [
            "You cannot bring this question from “draft” into the state that you chose. Choose "
            "one of the states that are offered."
        ]
    }
    question.refresh_from_db()
    assert question.status == Status.DRAFT


def test_author_cannot_write_a_new_question_straight_to_readers(db: None) -> None:
    make_question()
    client = client_of(make_user("kim", "author"))
    assert offered_states(client, add_url("question")) == {Status.DRAFT, Status.IN_REVIEW}


def test_authors_refused_form_keeps_what_was_typed_editable(db: None) -> None:
    """Also if the state that was sent is one in which the author could no longer edit."""
    question = make_question(status=Status.DRAFT)
    client = client_of(make_user("kim", "author"))
    url = change_url("question", question.pk)
    response = send(client, url, status=Status.IN_REVIEW, title="", answer="Typed.")
    assert "title" in errors_of(response)
    assert response.context["adminform"].form["answer"].value() == "Typed."
    assert 'name="_save"' in response.content.decode()


@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.PUBLISHED, Status.TRASHED])
def test_author_can_look_but_not_edit_beyond_drafts(db: None, status: str) -> None:
    question = make_question(status=status)
    client = client_of(make_user("kim", "author"))
    url = change_url("question", question.pk)
    response = client.get(url)
    assert question.title in response.content.decode()
    assert 'name="_save"' not in response.content.decode()
    assert client.post(url, {"title": "Changed?"}).status_code == 403


def test_editor_corrects_what_is_live_and_cannot_move_its_moment(db: None) -> None:
    question = make_question()
    client = client_of(make_user("kim", "editor"))
    response = send(
        client,
        change_url("question", question.pk),
        answer="Corrected.",
        publish_at_0="2030-01-01",
        publish_at_1="00:00:00",
    )
    assert response.status_code == 302
    before = question.publish_at
    question.refresh_from_db()
    assert (question.answer, question.publish_at) == ("Corrected.", before)


def test_publisher_is_offered_all_that_can_follow(db: None) -> None:
    question = make_question()
    client = client_of(make_user("kim", "publisher"))
    assert offered_states(client, change_url("question", question.pk)) == {
        Status.PUBLISHED,
        Status.SCHEDULED,
        Status.UNPUBLISHED,
        Status.TRASHED,
    }


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("author", ["submit", "withdraw", "download"]),
        ("editor", ["submit", "withdraw", "download"]),
        (
            "publisher",
            [
                "submit",
                "withdraw",
                "schedule",
                "publish",
                "unpublish",
                "move_to_trash",
                "restore",
                "edit_many",
                "download",
            ],
        ),
    ],
)
def test_list_offers_the_actions_of_the_role(db: None, role: str, actions: list[str]) -> None:
    make_question()
    client = client_of(make_user("kim", role))
    form = client.get(list_url("question")).context["action_form"]
    assert [name for name, _ in form["action"].field.choices] == ["", *actions]


def test_author_cannot_claim_that_a_text_was_reviewed(db: None) -> None:
    question = make_question(status=Status.DRAFT)
    client = client_of(make_user("kim", "author"))
    url = change_url("question", question.pk)
    response = send(
        client, url, title="New?", origin="reviewed", reviewer="Kim", reviewed_on="2026-01-01"
    )
    assert response.status_code == 302
    question.refresh_from_db()
    assert (question.title, question.origin) == ("New?", Question.Origin.UNSTATED)


# --- another subject


def test_list_shows_only_own_subjects(biology_client: Client, physics_question: Question) -> None:
    own = make_question()
    response = biology_client.get(list_url("question"))
    assert list(response.context["cl"].result_list) == [own]


@pytest.mark.parametrize("lookup", ["subject", "subject__exact", "subject__id__exact"])
def test_list_of_another_subject_is_refused(
    biology_client: Client, physics_question: Question, lookup: str
) -> None:
    query = f"?{lookup}={physics_question.subject_id}"
    assert biology_client.get(list_url("question", query)).status_code == 403


@pytest.mark.parametrize("page", ["change", "history"])
def test_form_and_history_of_another_subject_are_refused(
    biology_client: Client, physics_question: Question, page: str
) -> None:
    url = change_url("question", physics_question.pk).replace("/change/", f"/{page}/")
    assert biology_client.get(url).status_code == 403
    assert biology_client.post(url, {"title": "Changed?"}).status_code in (403, 405)


def test_action_on_another_subject_is_refused(physics_question: Question) -> None:
    client = client_of(make_user("kim", "publisher", make_subject("biology")))
    data = {"action": "unpublish", "_selected_action": [physics_question.pk]}
    assert client.post(list_url("question"), data).status_code == 403
    physics_question.refresh_from_db()
    assert physics_question.status == Status.PUBLISHED


def test_question_cannot_be_moved_into_another_subject(
    biology_client: Client, physics_question: Question
) -> None:
    url = change_url("question", make_question().pk)
    response = send(biology_client, url, subject=physics_question.subject_id)
    assert "subject" in errors_of(response)


def test_what_belongs_to_a_question_of_another_subject_is_refused(
    physics_question: Question,
) -> None:
    client = client_of(make_user("kim", "publisher", make_subject("biology")))
    publishing.record_revision(physics_question, reason="written")
    rows = {
        "revision": Revision.objects.get(),
        "report": Report.objects.create(
            question=physics_question, version=1, kind="wrong", text="No."
        ),
        "redirect": Redirect.objects.create(
            old_path="/learn/physics/questions/old", question=physics_question
        ),
    }
    for model, row in rows.items():
        assert client.get(change_url(model, row.pk)).status_code == 403, model
        assert list(client.get(list_url(model)).context["cl"].result_list) == [], model


def test_tag_names_no_question_of_another_subject(biology_client: Client) -> None:
    for slug in ("biology", "physics"):
        question = make_question(f"of-{slug}", subject=make_subject(slug), seo_keywords="tide")
        publishing.save_question(question)
    page = biology_client.get(change_url("tag", Tag.objects.get().pk)).content.decode()
    assert "Of biology?" in page
    assert "Of physics?" not in page


def test_nobody_is_limited_without_a_limit(db: None, physics_question: Question) -> None:
    client = client_of(make_user("kim", "editor"))
    assert client.get(change_url("question", physics_question.pk)).status_code == 200


def test_author_names_no_question_of_another_subject(biology_client: Client) -> None:
    for slug in ("biology", "physics"):
        question = make_question(f"of-{slug}", subject=make_subject(slug))
    page = biology_client.get(change_url("author", question.author_id)).content.decode()
    assert "Of biology?" in page
    assert "Of physics?" not in page


def test_lookalikes_of_another_subject_are_named_as_readers_know_them(
    biology_client: Client,
) -> None:
    physics, title = make_subject("physics"), "How does osmosis move water through a membrane?"
    live = make_question("live", title=title, subject=physics)
    make_question("draft", title=f"{title} Really?", subject=physics, status=Status.DRAFT)
    page = biology_client.get("/admin/learn/question/lookalikes/", {"title": title}).json()["html"]
    assert f'href="{live.path}"' in page
    assert "Really" not in page
    assert "/admin/" not in page


def test_merging_is_offered_to_whoever_may_throw_away(db: None) -> None:
    title = "How does osmosis move water through a membrane?"
    make_question("live", title=title)
    draft = make_question("draft", title=f"{title} Really?", status=Status.DRAFT)
    url = f"/admin/learn/question/{draft.pk}/lookalikes/"
    offered = {
        role: "/merge/"
        in client_of(make_user(role, role)).get(url, {"title": title}).json()["html"]
        for role in ("author", "editor", "publisher")
    }
    assert offered == {"author": False, "editor": False, "publisher": True}


# --- many at once


def test_edit_of_many_stops_at_rights_that_were_taken_away_meanwhile(db: None) -> None:
    user = make_user("kim", "publisher")
    own = make_question(seo_keywords="tide")
    foreign = make_question("mass", subject=make_subject("physics"), seo_keywords="tide")
    edit = mass_edits.choose([own.pk, foreign.pk], user)
    mass_edits.begin_checking(edit, MassEdit.Kind.ADD_KEYWORDS, {"keywords": "ebb"})
    mass_edits.advance(edit)
    SubjectAccess.objects.create(user=user).subjects.set([own.subject])
    client = client_of(user)
    client.post(f"/admin/learn/massedit/{edit.pk}/run/")
    keywords = dict(Question.objects.values_list("pk", "seo_keywords"))
    assert keywords == {own.pk: "tide, ebb", foreign.pk: "tide"}
    # The same holds for the undo.
    user.subject_access.subjects.set([foreign.subject])
    client.post(f"/admin/learn/massedit/{edit.pk}/undo/")
    keywords = dict(Question.objects.values_list("pk", "seo_keywords"))
    assert keywords == {own.pk: "tide, ebb", foreign.pk: "tide"}
    notes = edit.items.values_list("question", "note")
    assert dict(notes) == dict.fromkeys([own.pk, foreign.pk], "you may not change it")


def test_edit_of_many_leaves_alone_what_its_maker_may_not_edit(db: None) -> None:
    user = make_user("kim", "author")
    user.user_permissions.add(Permission.objects.get(codename="add_massedit"))
    live, draft = make_question(), make_question("draft", status=Status.DRAFT)
    edit = mass_edits.choose([live.pk, draft.pk], user)
    data = {"kind": "add_keywords", "keywords": "ebb"}
    client = client_of(user)
    client.post(f"/admin/learn/massedit/{edit.pk}/check/", data)
    client.post(f"/admin/learn/massedit/{edit.pk}/run/")
    keywords = dict(Question.objects.values_list("pk", "seo_keywords"))
    assert keywords == {live.pk: "", draft.pk: "ebb"}


@pytest.mark.parametrize(("edits", "status"), [(False, "published"), (True, "unpublished")])
def test_undo_shows_readers_no_text_that_they_have_not_seen(
    db: None, edits: bool, status: str
) -> None:
    """To whoever may take pages away, but not publish."""
    user = make_user("kim", "editor")
    user.user_permissions.add(Permission.objects.get(codename="unpublish_question"))
    question = make_question()
    publishing.record_revision(question, reason="written")
    edit = mass_edits.take_action([question.pk], Action.UNPUBLISH, user)
    question.refresh_from_db()
    if edits:
        question.answer = "Nobody has read this."
        publishing.save_question(question, by=user, reason="edited")
    client_of(user).post(f"/admin/learn/massedit/{edit.pk}/undo/")
    question.refresh_from_db()
    assert question.status == status


def test_changes_of_others_are_closed_to_people_of_some_subjects(
    physics_question: Question,
) -> None:
    edit = mass_edits.choose([physics_question.pk], make_user("lee", "publisher"))
    client = client_of(make_user("kim", "publisher", make_subject("biology")))
    url = change_url("massedit", edit.pk)
    assert client.get(url).status_code == 403
    assert url not in client.get(list_url("massedit")).content.decode()


# --- seed files


def objections(user: User, **files: bytes) -> dict[str, str]:
    """File -> why it is refused, after all of them were chosen."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.md", text)
    upload = SeedUpload.objects.create(name="a.zip", data=data.getvalue(), created_by=user)
    client, url = client_of(user), f"/admin/learn/question/import/{upload.pk}/"
    found = {item.name: item.objection for item in client.get(url).context["files"]}
    client.post(url, {"file": list(found)})
    return {name.removesuffix(".md"): objection for name, objection in found.items()}


def test_seed_files_of_other_subjects_and_new_authors_are_not_loaded(db: None) -> None:
    own = make_question("own")
    make_question("theirs", subject=make_subject("physics"))
    refused = objections(
        make_user("kim", "publisher", own.subject),
        own=seed_file("own"),
        new=seed_file("new"),
        theirs=seed_file("theirs", subject="physics"),
        foreign=seed_file("foreign", subject="physics"),
        stranger=seed_file("stranger", author="Nobody"),
        nowhere=seed_file("nowhere", subject="chemistry"),
    )
    subject = "you may not change questions of this subject"
    assert refused == {
        "own": "",
        "new": "",
        "theirs": subject,
        "foreign": subject,
        "stranger": "there is no such author, and you may not add one",
        "nowhere": "there is no such subject, and you may not add one",
    }
    assert set(Question.objects.values_list("slug", flat=True)) == {"own", "theirs", "new"}


def test_new_seed_files_are_loaded_only_by_those_who_may_publish(db: None) -> None:
    make_question("known", status=Status.DRAFT)
    user = make_user("kim", "author")
    user.user_permissions.add(Permission.objects.get(codename="add_seedupload"))
    refused = objections(user, known=seed_file("known"), new=seed_file("new"))
    assert refused == {
        "known": "",
        "new": "it would be public at once, and you may not publish",
    }
    assert not Question.objects.filter(slug="new").exists()


def test_new_seed_files_wait_for_another_where_one_may_not_publish_unread(
    db: None, settings: Any
) -> None:
    settings.REVIEW_BY_ANOTHER = True
    make_question("known", status=Status.DRAFT)
    refused = objections(make_user("kim", "publisher"), new=seed_file("new"))
    assert refused == {"new": "it would be public at once, and you may not publish"}


# --- people


def test_administrator_makes_an_editor_of_one_subject(db: None) -> None:
    client = client_of(make_user("kim", "administrator"))
    user = User.objects.create_user("lee")
    subject, editors = make_subject(), Group.objects.get(name="editor")
    url = f"/admin/auth/user/{user.pk}/change/"
    data = opened_form(client, url) | {
        "is_staff": "on",
        "groups": [editors.pk],
        "subject_access-TOTAL_FORMS": "1",
        "subject_access-0-subjects": [subject.pk],
        "subject_access-0-user": user.pk,
    }
    response = client.post(url, data)
    assert response.status_code == 302
    user = User.objects.get(pk=user.pk)
    assert list(user.groups.all()) == [editors]
    assert list(SubjectAccess.objects.get().subjects.all()) == [subject]


def test_administrator_can_neither_see_nor_make_a_superuser(db: None) -> None:
    root = User.objects.create_superuser("root")
    client = client_of(make_user("kim", "administrator"))
    assert client.get(f"/admin/auth/user/{root.pk}/change/").status_code == 302
    user = User.objects.create_user("lee")
    url = f"/admin/auth/user/{user.pk}/change/"
    fields = client.get(url).context["adminform"].form.fields
    assert not {"is_superuser", "user_permissions"} & set(fields)


def test_administrator_can_give_no_group_beyond_their_own_rights(db: None) -> None:
    beyond = Group.objects.create(name="beyond")
    beyond.permissions.add(Permission.objects.get(codename="delete_revision"))
    client = client_of(make_user("kim", "administrator"))
    user = User.objects.create_user("lee")
    fields = client.get(f"/admin/auth/user/{user.pk}/change/").context["adminform"].form.fields
    assert beyond not in fields["groups"].queryset
    assert Group.objects.get(name="publisher") in fields["groups"].queryset

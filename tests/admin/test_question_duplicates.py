"""Duplicates at the desk: named, asked about, merged."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from learn import publishing
from learn.models import Distinction, Question, Redirect, RelatedQuestion, Revision
from tests.admin.builders import (
    PUBLISHED_AT,
    change_url,
    errors_of,
    list_url,
    make_copy,
    make_question,
    make_related,
    make_subject,
    messages_of,
    send,
)
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

TITLE = "How does osmosis move water through a membrane?"
# The same in another order.
SECRET = "Through a membrane, how does osmosis move water?"
REASON = "This one is about plants."


@pytest.fixture
def kept():
    return make_question("kept", title=TITLE, seo_keywords="water, osmosis")


@pytest.fixture
def draft(kept):
    return make_question(
        "draft",
        title="How does water move osmosis through a membrane?",
        status=Question.Status.DRAFT,
        publish_at=None,
    )


def url(name, *args):
    return reverse(f"admin:learn_question_{name}", args=args)


# --- named


def test_lookalikes_are_named_with_subject_and_status(admin_client, draft, kept):
    html = admin_client.get(url("lookalikes_one", draft.pk), {"title": TITLE}).json()["html"]
    assert f'<a href="{change_url("question", kept.pk)}" target="_blank">{TITLE}</a>' in html
    assert "Biology · published · 100% alike" in html
    assert url("merge", draft.pk, kept.pk) in html
    assert draft.title not in html
    new = admin_client.get(url("lookalikes"), {"title": TITLE}).json()["html"]
    assert "Merge" not in new


def test_title_is_escaped(admin_client, kept):
    Question.objects.update(title=f"{TITLE} <script>")
    html = admin_client.get(url("lookalikes"), {"title": TITLE}).json()["html"]
    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_nothing_is_shown_for_a_title_like_none(admin_client, kept):
    answer = admin_client.get(url("lookalikes"), {"title": "Why is the sky blue?"})
    assert answer.json() == {"html": ""}


# --- asked about


def test_publishing_a_duplicate_is_stopped_until_the_difference_is_said(admin_client, draft, kept):
    page = change_url("question", draft.pk)
    errors = errors_of(send(admin_client, page, status="published"))
    assert list(errors) == ["not_duplicate"]
    assert TITLE in errors["not_duplicate"][0]
    assert send(admin_client, page, status="published", not_duplicate=REASON).status_code == 302
    draft.refresh_from_db()
    assert draft.is_published
    assert Distinction.objects.get().reason == REASON
    assert Distinction.objects.get().other == kept
    assert REASON in Revision.objects.filter(question=draft).first().reason
    assert LogEntry.objects.filter(change_message__contains=REASON).exists()
    # A later edit is not asked again.
    assert send(admin_client, page, title=f"{TITLE} Now?").status_code == 302


def test_draft_is_saved_without_an_answer(admin_client, draft):
    assert send(admin_client, change_url("question", draft.pk), seo_title="x").status_code == 302
    assert not Distinction.objects.exists()


def test_list_leaves_duplicates_alone_and_names_them(admin_client, draft):
    response = admin_client.post(
        list_url("question"), {"action": "publish", "_selected_action": [draft.pk]}, follow=True
    )
    draft.refresh_from_db()
    assert draft.status == Question.Status.DRAFT
    assert "asks nearly the same as" in messages_of(response)[-1]


def test_what_was_published_before_is_published_again_without_a_question(admin_client, kept):
    other = make_question("other", title=TITLE, status=Question.Status.UNPUBLISHED)
    admin_client.post(list_url("question"), {"action": "publish", "_selected_action": [other.pk]})
    other.refresh_from_db()
    assert other.is_published


# --- of other subjects


@pytest.fixture
def limited_client(db):
    """Of a publisher whose rights end at biology."""
    return client_of(make_user("kim", "publisher", make_subject("biology")))


def make_hidden(number=1, title=SECRET):
    """Drafts of another subject that ask just what the test's question asks."""
    values = {"subject": make_subject("physics"), "status": "draft", "publish_at": None}
    for place in range(number):
        make_question(f"hidden-{place}", title=title, **values)


def make_own():
    return make_question("own", title=TITLE, status="draft", publish_at=None)


def test_form_names_no_draft_of_another_subject(limited_client):
    make_hidden()
    own = make_own()
    # Nobody can say how a text differs that they may not see; whoever publishes that one is asked.
    page = change_url("question", own.pk)
    assert send(limited_client, page, status="published").status_code == 302
    own.refresh_from_db()
    assert own.is_published


def test_list_names_no_draft_of_another_subject(limited_client):
    make_hidden()
    own = make_own()
    response = limited_client.post(
        list_url("question"), {"action": "publish", "_selected_action": [own.pk]}, follow=True
    )
    assert "Through a membrane" not in response.content.decode()
    own.refresh_from_db()
    assert own.is_published


def test_reviewer_is_told_of_no_draft_of_another_subject(limited_client):
    make_hidden()
    own = make_own()
    Question.objects.filter(pk=own.pk).update(status="in_review")
    data = {"version": own.version, "action": "approve", "note": "", "line": ""}
    response = limited_client.post(url("review_item", own.pk), data, follow=True)
    assert "Through a membrane" not in response.content.decode()
    own.refresh_from_db()
    assert own.is_published


def test_live_page_of_another_subject_is_asked_about_by_its_readers_address(limited_client):
    live = make_question("live", title=TITLE, subject=make_subject("physics"))
    errors = errors_of(
        send(limited_client, change_url("question", make_own().pk), status="published")
    )
    assert f'<a href="{live.path}"' in errors["not_duplicate"][0]
    assert "/admin/" not in errors["not_duplicate"][0]


def test_drafts_of_another_subject_do_not_crowd_out_what_may_be_known(limited_client, kept):
    title = f"{SECRET} Today?"
    make_hidden(6, title)
    html = limited_client.get(url("lookalikes"), {"title": title}).json()["html"]
    assert "Through a membrane" not in html
    assert change_url("question", kept.pk) in html


# --- merged


def test_merged_question_redirects_gives_its_keywords_and_keeps_its_history(admin_client, kept):
    old = make_question("old", title=f"{TITLE} Really?", seo_keywords="Water, membranes")
    Redirect.objects.create(old_path="/learn/biology/questions/older", question=old)
    make_related(make_question("third"), str(old.path))
    send(admin_client, change_url("question", old.pk), answer="Another answer.")
    assert "Merge two questions" in admin_client.get(url("merge", old.pk, kept.pk)).content.decode()
    old.refresh_from_db()
    assert old.is_published
    response = admin_client.post(url("merge", old.pk, kept.pk), follow=True)
    assert "is in the trash" in messages_of(response)[0]
    for address in (str(old.path), "/learn/biology/questions/older"):
        moved = Client().get(address)
        assert (moved.status_code, moved["Location"]) == (301, str(kept.path))
    kept.refresh_from_db()
    old.refresh_from_db()
    assert old.status == Question.Status.TRASHED
    assert kept.seo_keywords == "water, osmosis, membranes"
    assert [tag.name for tag in kept.tags.all()] == ["Water", "osmosis", "membranes"]
    assert RelatedQuestion.objects.get().target == kept
    revision = Revision.objects.get(question=old, content__answer="Another answer.")
    assert admin_client.get(change_url("revision", revision.pk)).status_code == 200
    assert LogEntry.objects.filter(change_message__contains="Merged into").count() == 1
    assert LogEntry.objects.filter(change_message__contains="Took over").count() == 1


@pytest.mark.parametrize(("was_public", "redirects"), [(True, 1), (False, 0)])
def test_merged_draft_redirects_if_readers_saw_it_once_whatever_its_moment_says(
    admin_client, draft, kept, was_public, redirects
):
    row = Question.objects.filter(pk=draft.pk)
    row.update(publish_at=PUBLISHED_AT, status="published" if was_public else "draft")
    publishing.set_status(row, Question.Status.DRAFT)
    admin_client.post(url("merge", draft.pk, kept.pk))
    assert Redirect.objects.count() == redirects


def test_question_that_readers_never_saw_leaves_no_redirect(admin_client, draft, kept):
    admin_client.post(url("merge", draft.pk, kept.pk))
    assert not Redirect.objects.exists()
    draft.refresh_from_db()
    assert draft.status == Question.Status.TRASHED


@pytest.mark.parametrize("which", ["itself", "trash"])
def test_merge_that_makes_no_sense_is_refused(admin_client, kept, which):
    other = kept if which == "itself" else make_question("t", status=Question.Status.TRASHED)
    response = admin_client.post(url("merge", kept.pk, other.pk), follow=True)
    kept.refresh_from_db()
    assert kept.is_published
    assert len(messages_of(response)) == 1
    assert not Redirect.objects.exists()
    assert not Revision.objects.exists()


def test_who_may_not_change_questions_neither_sees_lookalikes_nor_merges(draft, kept):
    user = User.objects.create(username="viewer", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_question"))
    viewer = Client()
    viewer.force_login(user)
    for client in (Client(), viewer):
        assert client.get(url("lookalikes"), {"title": TITLE}).status_code == 403
        assert client.post(url("merge", draft.pk, kept.pk)).status_code == 403
    draft.refresh_from_db()
    assert draft.status == Question.Status.DRAFT


def test_merge_page_does_nothing_by_itself(admin_client, draft, kept):
    assert admin_client.get(url("merge", draft.pk, kept.pk)).status_code == 200
    assert admin_client.get(url("merge", kept.pk, kept.pk)).status_code == 404
    assert admin_client.get(url("merge", kept.pk, 0)).status_code == 404


def test_page_merged_into_its_own_copy_leaves_the_copy_on_its_own(admin_client, kept):
    copy = make_copy(kept)
    admin_client.post(url("merge", kept.pk, copy.pk))
    copy.refresh_from_db()
    assert copy.canonical is None
    assert Client().get(str(copy.path)).status_code == 200
    moved = Client().get(str(kept.path))
    assert (moved.status_code, moved["Location"]) == (301, str(copy.path))

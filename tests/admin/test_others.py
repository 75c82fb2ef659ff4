"""The forms of everything but questions."""

import pytest
from django.test import Client

from learn import publishing
from learn.models import Author, PendingStep, Question, Redirect, Revision, Subject, Tag
from tests.admin.builders import (
    add_url,
    change_url,
    errors_of,
    list_url,
    make_copy,
    make_question,
    make_subject,
    messages_of,
    opened_form,
    send,
)

pytestmark = pytest.mark.django_db


# --- subjects


def test_slug_of_a_subject_without_questions_can_be_changed(admin_client: Client) -> None:
    subject = make_subject()
    send(admin_client, change_url("subject", subject.pk), slug="life-science")
    subject.refresh_from_db()
    assert subject.slug == "life-science"


def test_slug_of_a_subject_with_questions_is_read_only_with_the_reason(
    admin_client: Client,
) -> None:
    subject = make_question().subject
    response = admin_client.get(change_url("subject", subject.pk))
    assert "slug" not in response.context["adminform"].form.fields
    assert (
        "The slug is part of the address of every question of this subject, so it can no longer "
        "be changed. To use another one, add a subject and move the questions there: each old "
        "address then leads to the new one."
    ) in response.content.decode()


def test_subject_list_counts_the_questions(admin_client: Client) -> None:
    make_question("a")
    make_question("b")
    make_subject("zoology")
    result = admin_client.get(list_url("subject")).context["cl"].result_list
    assert [(subject.slug, subject.question_count) for subject in result] == [
        ("biology", 2),
        ("zoology", 0),
    ]


def test_subject_or_author_with_questions_cannot_be_deleted(admin_client: Client) -> None:
    question = make_question()
    for model, pk in (("subject", question.subject_id), ("author", question.author_id)):
        url = change_url(model, pk).replace("/change/", "/delete/")
        assert admin_client.post(url, {"post": "yes"}).status_code == 403


def test_subject_or_author_of_nothing_can_be_deleted(admin_client: Client) -> None:
    subject, author = make_subject(), Author.objects.create(name="Nobody")
    for model, pk in (("subject", subject.pk), ("author", author.pk)):
        url = change_url(model, pk).replace("/change/", "/delete/")
        assert admin_client.post(url, {"post": "yes"}).status_code == 302
    assert not Subject.objects.exists()
    assert not Author.objects.exists()


def test_unlisting_a_subject_lets_its_pages_repeat_those_of_a_listed_one(
    admin_client: Client,
) -> None:
    question = make_question()
    copy = make_copy(question)
    url = change_url("subject", question.subject_id)
    form = opened_form(admin_client, url)
    del form["is_listed"]
    admin_client.post(url, form)
    question.refresh_from_db()
    assert question.canonical == copy


# --- authors


def test_author_list_counts_the_questions(admin_client: Client) -> None:
    make_question()
    result = admin_client.get(list_url("author")).context["cl"].result_list
    assert [(author.name, author.question_count) for author in result] == [("QuickTakes", 1)]


def test_authors_are_offered_while_a_question_is_written(admin_client: Client) -> None:
    author = Author.objects.create(name="QuickTakes")
    query = {"app_label": "learn", "model_name": "question", "field_name": "author", "term": "qui"}
    response = admin_client.get("/admin/autocomplete/", query)
    assert response.json()["results"] == [{"id": str(author.pk), "text": "QuickTakes"}]


# --- tags


def tagged(slug: str, keywords: str) -> Question:
    question = make_question(slug, seo_keywords=keywords)
    publishing.save_question(question)
    return question


@pytest.mark.parametrize("term", ["action-potential", "Action  Potential", "potent"])
def test_tag_is_found_by_any_spelling_of_its_keyword(admin_client: Client, term: str) -> None:
    tagged("a", "Action potential, neuron")
    result = admin_client.get(list_url("tag"), {"q": term}).context["cl"].result_list
    assert [tag.name for tag in result] == ["Action potential"]


def test_tag_list_counts_the_questions(admin_client: Client) -> None:
    tagged("a", "neuron")
    tagged("b", "neuron, cell")
    result = admin_client.get(list_url("tag")).context["cl"].result_list
    assert [(tag.name, tag.question_count) for tag in result] == [("cell", 1), ("neuron", 2)]


def test_tag_page_names_its_questions_and_asks_only_what_the_tag_stands_for(
    admin_client: Client,
) -> None:
    question = tagged("a", "neuron")
    html = admin_client.get(change_url("tag", Tag.objects.get().pk)).content.decode()
    assert f'<li><a href="{change_url("question", question.pk)}">A?</a></li>' in html
    assert 'name="alias_of"' in html
    for name in ("name", "key", "slug"):
        assert f'name="{name}"' not in html


def test_tag_that_stands_for_another_gives_it_its_questions(admin_client: Client) -> None:
    question = tagged("a", "neuron")
    tagged("b", "nerve cell")
    alias, cell = Tag.objects.get(key="neuron"), Tag.objects.get(key="nerve cell")
    response = admin_client.post(change_url("tag", alias.pk), {"alias_of": cell.pk})
    assert response.status_code == 302
    assert list(question.tags.all()) == [cell]
    cell.refresh_from_db()
    assert cell.count == 2


# --- redirects


def test_redirect_takes_a_pasted_address(admin_client: Client) -> None:
    question = make_question()
    response = send(
        admin_client,
        add_url("redirect"),
        old_path="https://quicktakes.example/learn/biology/questions/Old.html",
        question=question.pk,
    )
    assert response.status_code == 302, errors_of(response)
    redirect = Redirect.objects.get()
    assert (redirect.old_path, redirect.question, redirect.origin) == (
        "/learn/biology/questions/old",
        question,
        Redirect.Origin.DESK,
    )


def test_redirect_from_what_is_no_address_of_a_question_is_refused(admin_client: Client) -> None:
    response = send(admin_client, add_url("redirect"), old_path="/old", question=make_question().pk)
    assert errors_of(response) == {
        "old_path": [
            "Write the old address of a question as /learn/<subject>/questions/<slug>, or paste "
            "it whole."
        ]
    }


def test_redirect_to_the_same_address_is_refused(admin_client: Client) -> None:
    question = make_question()
    response = send(
        admin_client, add_url("redirect"), old_path=str(question.path), question=question.pk
    )
    assert errors_of(response) == {
        "old_path": [
            "This is the question's own address. Write an old one, or choose the question that it "
            "shall lead to."
        ]
    }


def test_redirect_from_a_live_page_is_saved_with_a_warning(admin_client: Client) -> None:
    live, question = make_question("live"), make_question()
    response = admin_client.post(
        add_url("redirect"), {"old_path": str(live.path), "question": question.pk}, follow=True
    )
    assert (
        f'A page is live at {live.path}: <a href="{change_url("question", live.pk)}">Live?</a>. It '
        "is shown as before; the redirect waits until that page goes."
    ) in messages_of(response)
    assert Redirect.objects.get().question == question


@pytest.mark.parametrize("term", ["questions/ol", "https://x.org/learn/biology/questions/old"])
def test_redirect_is_found_by_its_old_address(admin_client: Client, term: str) -> None:
    question = make_question()
    for slug in ("old", "former"):
        Redirect.objects.create(old_path=f"/learn/biology/questions/{slug}", question=question)
    result = admin_client.get(list_url("redirect"), {"q": term}).context["cl"].result_list
    assert [redirect.old_path for redirect in result] == ["/learn/biology/questions/old"]


# --- revisions, pending steps


def test_revision_shows_its_content_for_reading(admin_client: Client) -> None:
    question = make_question(answer="a < b\n\n    code", seo_keywords="water")
    publishing.record_revision(question, reason="written")
    response = admin_client.get(change_url("revision", Revision.objects.get().pk))
    html = response.content.decode()
    assert ">\na &lt; b\n\n    code</textarea>" in html
    assert "<strong>seo_keywords</strong>: water" in html
    assert 'name="_save"' not in html


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "what-is-osmosis"}, 1),
        ({"q": "/learn/biology/questions/what-is-osmosis"}, 1),
        ({"q": "what-is"}, 0),
        ({"question__id__exact": "0"}, 0),
    ],
)
def test_revisions_of_a_question_are_found(
    admin_client: Client, query: dict[str, str], found: int
) -> None:
    publishing.record_revision(make_question())
    publishing.record_revision(make_question("other"))
    response = admin_client.get(list_url("revision"), query)
    assert response.context["cl"].result_count == found


def test_pending_step_can_be_looked_at_only(admin_client: Client) -> None:
    step = PendingStep.objects.create(step=PendingStep.Step.COPIES)
    html = admin_client.get(change_url("pendingstep", step.pk)).content.decode()
    assert 'name="_save"' not in html

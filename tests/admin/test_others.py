"""The forms of everything but questions."""

import pytest
from django.contrib.auth.models import User
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
    assert [(subject.slug, subject.counted_questions) for subject in result] == [
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
    assert [(author.name, author.counted_questions) for author in result] == [("QuickTakes", 1)]


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


def test_tag_page_names_its_questions_and_asks_for_its_name_and_what_it_stands_for(
    admin_client: Client,
) -> None:
    question = tagged("a", "neuron")
    html = admin_client.get(change_url("tag", Tag.objects.get().pk)).content.decode()
    assert f'<li><a href="{change_url("question", question.pk)}">A?</a></li>' in html
    for name in ("name", "stands_for"):
        assert f'name="{name}"' in html
    for name in ("key", "slug"):
        assert f'name="{name}"' not in html


def test_tag_that_stands_for_another_gives_it_its_questions(admin_client: Client) -> None:
    question = tagged("a", "neuron")
    tagged("b", "nerve cell")
    alias, cell = Tag.objects.get(key="neuron"), Tag.objects.get(key="nerve cell")
    response = admin_client.post(
        change_url("tag", alias.pk), {"name": "neuron", "stands_for": "Nerve-cell"}
    )
    assert response.status_code == 302
    assert list(question.tags.all()) == [cell]
    cell.refresh_from_db()
    assert cell.count == 2


def test_another_spelling_stays_the_same_tag(admin_client: Client) -> None:
    question = tagged("a", "neuron")
    tag = Tag.objects.get()
    admin_client.post(change_url("tag", tag.pk), {"name": "Neuron", "stands_for": ""})
    assert [tag.name for tag in question.tags.all()] == ["Neuron"]
    assert Tag.objects.count() == 1


def test_renamed_tag_redirects_and_leaves_keywords_alone(
    admin_client: Client, client: Client
) -> None:
    questions = [tagged(f"q-{number}", "neuron") for number in range(5)]
    tag = Tag.objects.get()
    response = admin_client.post(
        change_url("tag", tag.pk), {"name": "Nerve cell", "stands_for": ""}, follow=True
    )
    assert "Questions with this keyword bear the tag “Nerve cell” now." in messages_of(response)
    redirected = Client().get("/topics/neuron")
    assert (redirected.status_code, redirected["Location"]) == (301, "/topics/nerve-cell")
    assert Client().get("/topics/nerve-cell").status_code == 200
    assert set(Question.objects.values_list("seo_keywords", flat=True)) == {"neuron"}
    # And back again, as if nothing had been.
    new = Tag.objects.get(key="nerve cell")
    admin_client.post(change_url("tag", new.pk), {"name": "neuron", "stands_for": ""})
    assert [tag.name for tag in questions[0].tags.all()] == ["neuron"]
    assert Client().get("/topics/nerve-cell")["Location"] == "/topics/neuron"


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": "a, b", "stands_for": ""}, "name"),
        ({"name": " ", "stands_for": ""}, "name"),
        ({"name": "other", "stands_for": "cell"}, "stands_for"),
        ({"name": "neuron", "stands_for": "unheard of"}, "stands_for"),
    ],
)
def test_impossible_name_is_refused(admin_client: Client, data: dict[str, str], field: str) -> None:
    tagged("a", "neuron, cell")
    tag = Tag.objects.get(key="neuron")
    response = admin_client.post(change_url("tag", tag.pk), data)
    assert list(errors_of(response)) == [field]


def test_merged_tags_stand_for_the_one_that_stays(admin_client: Client) -> None:
    questions = [tagged(slug, word) for slug, word in (("a", "neuron"), ("b", "nerve"), ("c", "x"))]
    tags = [question.tags.get() for question in questions[:2]]
    data = {"action": "merge", "_selected_action": [tag.pk for tag in tags]}
    page = admin_client.post(list_url("tag"), data).content.decode()
    assert "Which of them stays?" in page
    data = {"tag": [tag.pk for tag in tags], "into": tags[1].pk}
    response = admin_client.post("/admin/learn/tag/merge/", data, follow=True)
    assert messages_of(response) == ["1 tag stands for “nerve” now."]
    assert [question.tags.get().name for question in questions] == ["nerve", "nerve", "x"]
    tags[1].refresh_from_db()
    assert tags[1].count == 2


@pytest.mark.parametrize("into", ["", "0", "x"])
def test_merge_without_a_choice_changes_nothing(admin_client: Client, into: str) -> None:
    tagged("a", "neuron, cell")
    pks = list(Tag.objects.values_list("pk", flat=True))
    data = {"tag": pks, "into": into}
    (said,) = messages_of(admin_client.post("/admin/learn/tag/merge/", data, follow=True))
    assert said.startswith("Nothing was merged")
    assert not Tag.objects.filter(alias_of__isnull=False).exists()


def test_one_tag_alone_is_not_merged(admin_client: Client) -> None:
    tagged("a", "neuron")
    data = {"action": "merge", "_selected_action": [Tag.objects.get().pk]}
    (said,) = messages_of(admin_client.post(list_url("tag"), data, follow=True))
    assert said == "Choose from 2 to 100 tags to merge."


def test_who_may_not_change_tags_merges_none(client: Client) -> None:
    client.force_login(User.objects.create_user("nobody", is_staff=True))
    assert client.post("/admin/learn/tag/merge/", {}).status_code == 403


def test_tags_are_filtered_by_what_they_are(admin_client: Client) -> None:
    for number in range(5):
        tagged(f"q-{number}", "neuron, rare" if not number else "neuron")
    publishing.set_alias(Tag.objects.get(key="rare"), Tag.objects.get(key="neuron"))
    found = {
        kind: [
            tag.name
            for tag in admin_client.get(list_url("tag", f"?kind={kind}")).context["cl"].result_list
        ]
        for kind in ("topic", "alias")
    }
    assert found == {"topic": ["neuron"], "alias": ["rare"]}


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

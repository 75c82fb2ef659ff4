"""Writing and editing a question at the desk."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from markdownx.fields import MarkdownxFormField
from markdownx.widgets import MarkdownxWidget

from learn import publishing
from learn.models import Author, Question, Redirect, RelatedQuestion, Revision
from tests.admin.builders import (
    add_url,
    change_url,
    errors_of,
    make_copy,
    make_question,
    make_related,
    make_subject,
    moment,
    opened_form,
    send,
)

pytestmark = pytest.mark.django_db

Status = Question.Status


def edit(client: Client, row: Question, /, **changes: object) -> Question:
    """Save the question's form with these changes; the row as it is then."""
    response = send(client, change_url("question", row.pk), **changes)
    assert response.status_code == 302, errors_of(response)
    return Question.objects.get(pk=row.pk)


def refuse(client: Client, row: Question, /, **changes: object) -> dict[str, list[str]]:
    """The errors of a form that must not be saved; nothing may have been written."""
    before = Question.objects.filter(pk=row.pk).values().get()
    errors = errors_of(send(client, change_url("question", row.pk), **changes))
    assert Question.objects.filter(pk=row.pk).values().get() == before
    assert not Revision.objects.exists()
    assert not LogEntry.objects.exists()
    return errors


# --- saving


def test_new_question_is_saved_with_what_follows_from_it(
    admin_client: Client, admin_user: User
) -> None:
    make_subject()
    Author.objects.create(name="QuickTakes")
    response = send(
        admin_client,
        add_url("question"),
        title="What is osmosis?",
        answer="Water moves.\r\n\r\nThrough a membrane.",
        subject=make_subject().pk,
        slug="what-is-osmosis",
        seo_keywords="Osmosis, membrane",
        status=Status.PUBLISHED,
    )
    assert response.status_code == 302, errors_of(response)
    question = Question.objects.published().get()
    assert question.article_title == question.question == "What is osmosis?"
    assert question.answer == "Water moves.\n\nThrough a membrane."
    assert question.author.name == "QuickTakes"
    assert question.date == timezone.localdate()
    assert [tag.name for tag in question.tags.all()] == ["Osmosis", "membrane"]
    revision = Revision.objects.get()
    assert (revision.number, revision.created_by, revision.reason) == (1, admin_user, "written")
    assert LogEntry.objects.get().is_addition()


def test_edit_of_the_title_changes_article_title_and_question(admin_client: Client) -> None:
    question = edit(admin_client, make_question(), title="What is diffusion?")
    assert question.article_title == question.question == "What is diffusion?"


def test_titles_left_empty_follow_the_title(admin_client: Client) -> None:
    question = edit(
        admin_client, make_question(), title="What is diffusion?", article_title="", question=""
    )
    assert question.article_title == question.question == "What is diffusion?"


def test_titles_that_differ_stay_as_they_are(admin_client: Client) -> None:
    question = make_question(question="Osmosis is what?")
    question = edit(admin_client, question, title="What is diffusion?")
    assert question.question == "Osmosis is what?"


def test_edit_of_the_keywords_changes_the_tags(admin_client: Client) -> None:
    question = make_question(seo_keywords="water")
    question = edit(admin_client, question, seo_keywords="osmosis, Membrane")
    assert [tag.name for tag in question.tags.all()] == ["osmosis", "Membrane"]


def test_edit_of_a_public_slug_leaves_a_redirect(admin_client: Client) -> None:
    question = edit(admin_client, make_question(), slug="osmosis")
    redirect = Redirect.objects.get()
    assert (redirect.old_path, redirect.question) == (
        "/learn/biology/questions/what-is-osmosis",
        question,
    )


def test_edit_of_a_drafts_slug_leaves_none(admin_client: Client) -> None:
    edit(admin_client, make_question(status=Status.DRAFT), slug="osmosis")
    assert not Redirect.objects.exists()


def test_edit_keeps_both_states_as_revisions(admin_client: Client, admin_user: User) -> None:
    edit(admin_client, make_question(), answer="New.", reason="It was wrong")
    after, before = Revision.objects.all()
    assert (before.number, before.content["answer"].splitlines()[-1]) == (1, "In two parts.")
    assert (after.number, after.content["answer"]) == (2, "New.")
    assert (after.created_by, after.reason) == (admin_user, "It was wrong")


def test_form_saved_untouched_writes_nothing(admin_client: Client) -> None:
    question = make_question(answer="One.\n\n    two\n", seo_description="Three.\nFour.")
    make_related(question, "/learn/biology/questions/unknown")
    before = Question.objects.values().get()
    edit(admin_client, question)
    assert Question.objects.values().get() == before
    assert not Revision.objects.exists()


def test_published_without_a_moment_is_published_now(admin_client: Client) -> None:
    question = make_question(status=Status.DRAFT, publish_at=None)
    question = edit(admin_client, question, status=Status.PUBLISHED)
    assert question.is_published
    assert timezone.now() - question.publish_at < datetime.timedelta(minutes=1)


def test_question_moved_to_another_subject_loses_the_files_spelling_of_the_first(
    admin_client: Client,
) -> None:
    question = make_question(subject_label="BIOLOGY")
    question = edit(admin_client, question, subject=make_subject("zoology").pk)
    assert question.subject_label == ""


def test_note_and_hidden_fields_are_not_named_in_the_log(admin_client: Client) -> None:
    edit(admin_client, make_question(), answer="New.")
    assert LogEntry.objects.get().get_change_message() == "Changed Answer."


# --- copies


def test_copy_shows_its_text_read_only_with_the_reason(admin_client: Client) -> None:
    question = make_question()
    copy = make_copy(question)
    response = admin_client.get(change_url("question", copy.pk))
    form = response.context["adminform"].form
    assert {"title", "article_title", "question", "answer"}.isdisjoint(form.fields)
    assert (
        f'This page repeats <a href="{change_url("question", question.pk)}">'
        "/learn/biology/questions/what-is-osmosis</a>; edit that page, or set “stands on its own”."
    ) in response.content.decode()


def test_copy_takes_edits_of_what_it_does_not_share(admin_client: Client) -> None:
    copy = edit(admin_client, make_copy(make_question()), seo_title="Zoology", slug="osmosis")
    assert (copy.seo_title, copy.slug, copy.title) == ("Zoology", "osmosis", "What is osmosis?")


def test_copy_refuses_text_that_was_typed_before_it_became_one(admin_client: Client) -> None:
    later_copy = make_question(subject=make_subject("zoology"))
    url = change_url("question", later_copy.pk)
    form = opened_form(admin_client, url)
    question = make_question()
    publishing.settle_references()

    response = admin_client.post(url, form | {"answer": "My text."})

    assert errors_of(response) == {
        "__all__": [
            f'This page repeats <a href="{change_url("question", question.pk)}">'
            "/learn/biology/questions/what-is-osmosis</a>, so its title and answer change with "
            "that page only. Edit that page, or set “stands on its own” to part the two."
        ]
    }
    assert "My text." in response.content.decode()
    later_copy.refresh_from_db()
    assert later_copy.answer == question.answer


def test_copy_that_stands_on_its_own_repeats_nothing_and_can_be_edited(
    admin_client: Client,
) -> None:
    copy = edit(admin_client, make_copy(make_question()), is_detached="on")
    assert copy.canonical is None
    copy = edit(admin_client, copy, answer="Another answer.")
    assert copy.answer == "Another answer."


def test_edit_of_the_repeated_page_reaches_its_copies(admin_client: Client) -> None:
    question = make_question()
    copy = make_copy(question)
    edit(admin_client, question, answer="Better.")
    copy.refresh_from_db()
    assert (copy.answer, copy.canonical) == ("Better.", question)


def test_canonical_page_follows_from_the_texts_and_cannot_be_typed(admin_client: Client) -> None:
    question, other = make_question(), make_question("other")
    form = opened_form(admin_client, change_url("question", question.pk))
    assert "canonical" not in form
    admin_client.post(change_url("question", question.pk), form | {"canonical": other.pk})
    question.refresh_from_db()
    assert question.canonical is None


# --- what is said when a form cannot be saved


@pytest.mark.parametrize("slug", ["What-is", "what is", "osmosis?", "ösmosis"])
def test_slug_of_other_characters_is_refused(admin_client: Client, slug: str) -> None:
    assert refuse(admin_client, make_question(), slug=slug) == {
        "slug": ["Use small letters, digits and hyphens only, for example “what-is-osmosis”."]
    }


def test_address_of_another_question_is_refused(admin_client: Client) -> None:
    other = make_question("other")
    assert refuse(admin_client, make_question(), slug="other") == {
        "slug": [
            f'<a href="{change_url("question", other.pk)}">Other?</a> already has this address. '
            "Choose another slug, or move that question to the trash."
        ]
    }


def test_address_of_a_question_in_the_trash_is_free(admin_client: Client) -> None:
    make_question("other", status=Status.TRASHED)
    assert edit(admin_client, make_question(), slug="other").slug == "other"


def test_restore_by_form_to_an_address_that_is_taken_is_refused(admin_client: Client) -> None:
    trashed = make_question("first", status=Status.TRASHED)
    Question.objects.filter(pk=trashed.pk).update(slug="other")
    other = make_question("other")
    assert refuse(admin_client, trashed, status=Status.UNPUBLISHED) == {
        "slug": [
            f'<a href="{change_url("question", other.pk)}">Other?</a> already has this address. '
            "Choose another slug, or move that question to the trash."
        ]
    }


@pytest.mark.parametrize("answer", ["", " \r\n\r\n "])
def test_empty_answer_is_refused(admin_client: Client, answer: str) -> None:
    assert refuse(admin_client, make_question(), answer=answer) == {
        "answer": ["This field is required."]
    }


def test_scheduled_without_a_moment_is_refused(admin_client: Client) -> None:
    question = make_question(status=Status.DRAFT, publish_at=None)
    assert refuse(admin_client, question, status=Status.SCHEDULED) == {
        "publish_at": ["Say when it is to appear, or choose the status “published”."]
    }


def test_end_before_the_beginning_is_refused(admin_client: Client) -> None:
    assert refuse(
        admin_client, make_question(), unpublish_at_0="2025-02-06", unpublish_at_1="00:00:00"
    ) == {
        "unpublish_at": [
            "The page would go before it appears. Choose a moment after “publish at”, or leave "
            "this empty."
        ]
    }


def test_end_after_the_beginning_is_kept(admin_client: Client) -> None:
    question = edit(
        admin_client, make_question(), unpublish_at_0="2025-02-06", unpublish_at_1="00:00:01"
    )
    assert question.unpublish_at == datetime.datetime(2025, 2, 6, 0, 0, 1, tzinfo=datetime.UTC)


def test_past_end_of_a_page_published_now_is_refused(admin_client: Client) -> None:
    question = make_question(status=Status.DRAFT, publish_at=None, unpublish_at=moment(days=-1))
    assert set(refuse(admin_client, question, status=Status.PUBLISHED)) == {"unpublish_at"}


def test_review_without_reviewer_and_date_is_refused(admin_client: Client) -> None:
    assert refuse(admin_client, make_question(), origin=Question.Origin.REVIEWED) == {
        "reviewer": ["Name who reviewed the answer, or choose another origin."],
        "reviewed_on": ["Say when the answer was reviewed, or choose another origin."],
    }


def test_review_with_reviewer_and_date_is_kept(admin_client: Client) -> None:
    question = edit(
        admin_client,
        make_question(),
        origin=Question.Origin.REVIEWED,
        reviewer="Ada",
        reviewed_on="2026-01-02",
    )
    assert (question.reviewer, question.reviewed_on) == ("Ada", datetime.date(2026, 1, 2))


def test_date_format_with_a_word_that_means_nothing_is_refused(admin_client: Client) -> None:
    assert refuse(admin_client, make_question(), date_format="DD. J YYYY") == {
        "date_format": [
            "“J” means nothing in a date format and would be shown as it stands. Correct it, or "
            "write [J] if that is what you want."
        ]
    }


def test_date_format_that_came_with_the_file_stops_no_other_edit(admin_client: Client) -> None:
    question = make_question(date_format="DD. J YYYY")
    assert edit(admin_client, question, answer="New.").answer == "New."


# --- related questions


def related_of(question: Question) -> list[tuple[int, str, int | None]]:
    return list(question.related_questions.values_list("position", "url", "target"))


def test_address_of_a_related_question_finds_it_when_saved(admin_client: Client) -> None:
    question, other, third = make_question(), make_question("other"), make_question("third")
    make_related(question, str(other.path))
    edit(
        admin_client,
        question,
        **{"related_questions-0-url": f"https://quicktakes.example{third.path}"},
    )
    assert related_of(question) == [(1, str(third.path), third.pk)]


def test_related_questions_can_change_places(admin_client: Client) -> None:
    question = make_question()
    make_related(question, "/learn/a/questions/one", "/learn/a/questions/two")
    question = edit(
        admin_client,
        question,
        **{"related_questions-0-position": 2, "related_questions-1-position": 1},
    )
    assert related_of(question) == [
        (1, "/learn/a/questions/two", None),
        (2, "/learn/a/questions/one", None),
    ]
    assert question.version == 2
    assert [row[3] for row in Revision.objects.first().content["related"]] == [
        "/learn/a/questions/two",
        "/learn/a/questions/one",
    ]


def test_position_of_a_deleted_row_can_be_taken(admin_client: Client) -> None:
    question = make_question()
    make_related(question, "/learn/a/questions/one", "/learn/a/questions/two")
    edit(
        admin_client,
        question,
        **{"related_questions-0-position": 2, "related_questions-1-DELETE": "on"},
    )
    assert related_of(question) == [(2, "/learn/a/questions/one", None)]


def test_new_related_question_without_position_comes_last(admin_client: Client) -> None:
    question, other = make_question(), make_question("other")
    make_related(question, "/learn/a/questions/one")
    edit(
        admin_client,
        question,
        **{
            "related_questions-TOTAL_FORMS": 2,
            "related_questions-1-title": "Other",
            "related_questions-1-url": str(other.path),
        },
    )
    assert related_of(question) == [
        (1, "/learn/a/questions/one", None),
        (2, str(other.path), other.pk),
    ]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        (
            {"related_questions-1-position": 1},
            "Two related questions have position 1. Give each its own.",
        ),
        (
            {"related_questions-1-position": 0},
            "Positions count from 1; leave it empty to put it last.",
        ),
        (
            {"related_questions-1-url": "/elsewhere"},
            "Write the address of a question as /learn/&lt;subject&gt;/questions/&lt;slug&gt;, or "
            "paste it whole.",
        ),
    ],
)
def test_related_questions_that_cannot_be_are_refused(
    admin_client: Client, changes: dict[str, object], error: str
) -> None:
    question = make_question()
    make_related(question, "/learn/a/questions/one", "/learn/a/questions/two")
    before = list(RelatedQuestion.objects.values())
    response = send(admin_client, change_url("question", question.pk), **changes)
    assert response.status_code == 200
    assert error in response.content.decode()
    assert list(RelatedQuestion.objects.values()) == before


# --- what the page shows


def test_page_shows_what_the_site_keeps(admin_client: Client) -> None:
    question = make_question(answer=r"A formula $\frac{1$ that fails.", seo_keywords="water")
    publishing.save_question(question)
    copy = make_copy(question)
    html = admin_client.get(change_url("question", question.pk)).content.decode()
    assert f'<a href="{question.path}">{question.path}</a>' in html
    assert f'<a href="{question.path}" class="viewsitelink">View on site</a>' in html
    assert r"<code>\frac{1</code>" in html
    assert f'<a href="{change_url("question", copy.pk)}">{copy.path}</a>' in html
    assert f"/admin/learn/revision/?question__id__exact={question.pk}" in html


def test_page_of_a_draft_has_no_link_to_the_site(admin_client: Client) -> None:
    question = make_question(status=Status.DRAFT)
    html = admin_client.get(change_url("question", question.pk)).content.decode()
    assert f"{question.path} (readers cannot see it at this moment)" in html
    assert "View on site" not in html


def test_refused_form_still_shows_the_address_that_is_live(admin_client: Client) -> None:
    question = make_question()
    url = change_url("question", question.pk)
    html = send(admin_client, url, slug="Bad Slug").content.decode()
    assert f'<a href="{question.path}">{question.path}</a>' in html
    assert f'<a href="{question.path}" class="viewsitelink">View on site</a>' in html


def test_answer_is_markdownx_s_field_without_its_script(admin_client: Client) -> None:
    response = admin_client.get(add_url("question"))
    field = response.context["adminform"].form.fields["answer"]
    assert isinstance(field, MarkdownxFormField)
    assert isinstance(field.widget, MarkdownxWidget)
    html = response.content.decode()
    assert "markdownx/js" not in html
    assert "markdownx/admin" not in html


# --- the checklist

FAULTY = "Yes.\n\n![](/media/x.png)"


def test_answer_with_an_error_is_saved_as_a_draft_but_not_published(admin_client: Client) -> None:
    question = make_question(status=Status.DRAFT, publish_at=None)
    edit(admin_client, question, answer=FAULTY)
    question.refresh_from_db()
    url = change_url("question", question.pk)
    errors = errors_of(send(admin_client, url, status="published"))
    assert "Line 3: Picture without a description" in errors["answer"][0]
    question.refresh_from_db()
    assert question.status == Status.DRAFT
    assert edit(admin_client, question, answer="Yes.", status="published").is_published


def test_page_that_was_published_with_a_fault_stays_and_can_be_edited(admin_client: Client) -> None:
    question = make_question(answer=FAULTY)
    edited = edit(admin_client, question, answer=f"More.\n\n{FAULTY}", title="Another title?")
    assert edited.is_published
    errors = errors_of(
        send(admin_client, change_url("question", question.pk), answer=f"{FAULTY}\n\n```\nx")
    )
    assert len(errors["answer"]) == 1
    assert "Block of code without an end" in errors["answer"][0]


def test_fault_that_is_there_twice_now_is_a_new_one(admin_client: Client) -> None:
    question = make_question(answer=FAULTY)
    errors = errors_of(
        send(admin_client, change_url("question", question.pk), answer=f"{FAULTY}\n\n{FAULTY}")
    )
    assert len(errors["answer"]) == 1

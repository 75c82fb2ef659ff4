import datetime
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.utils import timezone

from learn.models import Question, Redirect, Revision, Subject
from learn.models.path import first_uid
from learn.publishing import put_back_states, save_question, save_questions, set_status
from learn.seeds.importer import load_seeds
from tests.seeds.builders import related, seed_file, sources

pytestmark = pytest.mark.django_db


@pytest.fixture
def question() -> Question:
    load_seeds(sources(seed_file()))
    return Question.objects.get()


@pytest.fixture
def editor() -> User:
    return get_user_model().objects.create_user("editor")


def test_edit_writes_a_new_version_and_both_revisions(question: Question, editor: User) -> None:
    question.answer = "Better **text**.\r\n\r\nWith two paragraphs."
    save_question(question, by=editor, reason="clearer")
    question.refresh_from_db()
    assert question.version == 2
    assert question.answer == "Better **text**.\n\nWith two paragraphs."
    assert "<strong>text</strong>" in question.answer_html
    old, new = Revision.objects.order_by("number")
    assert (old.number, old.created_by, old.content["answer"][:6]) == (1, None, "Answer")
    assert (new.number, new.created_by, new.reason) == (2, editor, "clearer")
    assert new.content["answer"] == question.answer


def test_new_title_changes_the_texts_that_were_equal_to_it(question: Question) -> None:
    question.title = "New?"
    save_question(question)
    assert (question.article_title, question.question) == ("New?", "New?")


def test_title_that_was_parted_stays_apart(question: Question) -> None:
    Question.objects.update(article_title="Longer?")
    question.refresh_from_db()
    question.title = "New?"
    save_question(question)
    assert (question.article_title, question.question) == ("Longer?", "New?")


def test_equal_titles_are_parted_by_editing_one_of_them(question: Question) -> None:
    question.article_title = "Longer?"
    save_question(question)
    assert question.title == question.question == "Question what-is-osmosis?"
    assert question.article_title == "Longer?"


def test_tags_follow_the_keywords(question: Question) -> None:
    question.seo_keywords = "water, Salt"
    save_question(question)
    assert [tag.name for tag in question.tags.all()] == ["Water", "Salt"]


def test_new_address_of_a_public_question_leaves_a_redirect(question: Question) -> None:
    question.slug = "renamed"
    save_question(question)
    redirect = Redirect.objects.get()
    assert redirect.old_path == "/learn/biology/questions/what-is-osmosis"
    assert (redirect.question, redirect.origin) == (question, Redirect.Origin.DESK)


def test_new_address_of_a_question_that_was_public_once_leaves_a_redirect(
    question: Question,
) -> None:
    set_status(Question.objects.all(), Question.Status.UNPUBLISHED)
    question.refresh_from_db()
    question.slug = "renamed"
    save_question(question)
    assert Redirect.objects.get().old_path == "/learn/biology/questions/what-is-osmosis"


def test_new_address_of_a_question_that_is_still_to_appear_leaves_none(
    question: Question,
) -> None:
    to_come = timezone.now() + datetime.timedelta(days=1)
    Question.objects.update(status=Question.Status.SCHEDULED, publish_at=to_come)
    question.refresh_from_db()
    question.slug = "renamed"
    save_question(question)
    assert not Redirect.objects.exists()


def test_new_address_of_a_draft_that_was_never_public_leaves_none(question: Question) -> None:
    Question.objects.update(status=Question.Status.DRAFT)
    question.refresh_from_db()
    question.slug = "renamed"
    save_question(question)
    assert not Redirect.objects.exists()


@pytest.mark.parametrize("is_saved", [True, False], ids=["by its form", "by an action"])
@pytest.mark.parametrize("many", [True, False], ids=["many", "one"])
def test_new_address_of_a_draft_that_was_public_once_leaves_a_redirect(
    question: Question, many: bool, is_saved: bool
) -> None:
    for status in (Question.Status.UNPUBLISHED, Question.Status.IN_REVIEW, Question.Status.DRAFT):
        if is_saved:
            question.status = status
            save_question(question)
        else:
            set_status(Question.objects.all(), status)
    question = Question.objects.get()
    question.slug = "renamed"
    if many:
        save_questions([question], reason="")
    else:
        save_question(question)
    assert Redirect.objects.get().old_path == "/learn/biology/questions/what-is-osmosis"


def test_address_that_another_question_has_by_now_is_not_redirected(question: Question) -> None:
    set_status(Question.objects.all(), Question.Status.TRASHED)
    load_seeds(sources(seed_file("b")))
    other = Question.objects.get(slug="b")
    other.slug = question.slug
    save_question(other)
    question.refresh_from_db()
    question.slug = "restored"
    save_question(question)
    assert [redirect.question for redirect in Redirect.objects.all()] == [other]


def test_undoing_a_publication_does_not_forget_that_readers_saw_it(question: Question) -> None:
    draft = {"status": "draft", "publish_at": None, "unpublish_at": None, "pruned_at": None}
    put_back_states({question.pk: draft})
    question.refresh_from_db()
    assert (question.status, question.may_be_known) == ("draft", True)


def test_reference_leaves_the_trash_for_a_new_question_at_its_address(question: Question) -> None:
    load_seeds(sources(seed_file("b", related_article1=related("what-is-osmosis"))))
    reference = Question.objects.get(slug="b").related_questions.get()
    assert reference.target == question
    set_status(Question.objects.filter(pk=question.pk), Question.Status.TRASHED)
    new = Question.objects.get(pk=question.pk)
    new.pk, new.title, new.status = None, "New?", Question.Status.DRAFT
    new._state.adding = True
    save_question(new)
    reference.refresh_from_db()
    assert reference.target == new != question


def test_edit_of_the_canonical_page_writes_through_to_its_copies(editor: User) -> None:
    load_seeds(sources(seed_file("same"), seed_file("same", subject="physics")))
    canonical = Question.objects.get(canonical=None)
    canonical.answer = "Corrected."
    canonical.seo_description = "Its own."
    save_question(canonical, by=editor)
    copy = Question.objects.get(canonical=canonical)
    assert (copy.answer, copy.version) == ("Corrected.", 2)
    assert "Corrected." in copy.answer_html
    assert copy.seo_description == "How water crosses a membrane."
    assert copy.revisions.count() == 2


def test_new_question_gets_the_uid_of_its_address(question: Question) -> None:
    new = Question(
        title="New?",
        answer="Text.",
        date=question.date,
        subject=question.subject,
        author=question.author,
        slug="new",
        status=Question.Status.PUBLISHED,
    )
    save_question(new)
    assert new.uid == first_uid(new.path)
    assert (new.version, new.article_title, new.question) == (1, "New?", "New?")
    assert new.publish_at is not None


def test_address_of_a_question_in_the_trash_can_be_used_again(question: Question) -> None:
    set_status(Question.objects.all(), Question.Status.TRASHED)
    new = Question(
        title="New?",
        answer="Text.",
        date=question.date,
        subject=question.subject,
        author=question.author,
        slug=question.slug,
    )
    save_question(new)
    assert new.uid != question.uid
    assert isinstance(new.uid, uuid.UUID)


def test_reference_to_a_renamed_page_still_leads_to_it(question: Question) -> None:
    load_seeds(sources(seed_file("b", related_article1=related("what-is-osmosis"))))
    question.slug = "renamed"
    save_question(question)
    reference = Question.objects.get(slug="b").related_questions.get()
    assert reference.target == question


def test_status_of_many_changes_at_once_and_is_counted(question: Question) -> None:
    load_seeds(sources(seed_file("b")))
    set_status(Question.objects.filter(slug="b"), Question.Status.UNPUBLISHED)
    assert set_status(Question.objects.all(), Question.Status.UNPUBLISHED) == 1
    assert Question.objects.published().count() == 0


def test_scheduled_question_that_is_published_appears_now(question: Question) -> None:
    later = timezone.now() + datetime.timedelta(days=1)
    Question.objects.update(status=Question.Status.SCHEDULED, publish_at=later)
    set_status(Question.objects.all(), Question.Status.PUBLISHED)
    assert Question.objects.get().is_published


def test_end_of_publication_that_has_passed_is_forgotten_on_publishing(question: Question) -> None:
    Question.objects.update(
        status=Question.Status.UNPUBLISHED,
        unpublish_at=timezone.now(),
        publish_at=question.publish_at,
    )
    set_status(Question.objects.all(), Question.Status.PUBLISHED)
    assert Question.objects.get().is_published


def test_new_subject_forgets_the_files_spelling_of_the_old_one(question: Question) -> None:
    question.subject = Subject.objects.create(slug="art", title="Art")
    save_question(question)
    assert question.subject_label == ""


def test_draft_that_is_published_gets_its_moment(question: Question) -> None:
    Question.objects.update(status=Question.Status.DRAFT, publish_at=None)
    set_status(Question.objects.all(), Question.Status.PUBLISHED)
    assert Question.objects.get().is_published


def test_unpublishing_the_canonical_page_lets_a_copy_lead() -> None:
    load_seeds(sources(seed_file("same"), seed_file("same", subject="physics")))
    set_status(Question.objects.filter(canonical=None), Question.Status.UNPUBLISHED)
    assert Question.objects.get(subject=Subject.objects.get(slug="physics")).canonical is None


def test_renamed_page_takes_over_an_address_that_redirected_to_it(question: Question) -> None:
    question.slug = "renamed"
    save_question(question)
    question.slug = "what-is-osmosis"
    save_question(question)
    assert [r.old_path for r in Redirect.objects.all()] == ["/learn/biology/questions/renamed"]

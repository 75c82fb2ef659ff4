"""Two who write questions with the same tags, of the same subject, or that refer to each other, at
the same time."""

import threading
from collections.abc import Callable

import pytest
from django.db import close_old_connections, connection, transaction

from learn.models import Question, RelatedQuestion, Tag, TaggedQuestion
from learn.publishing.effects import settle_copies
from learn.totals import follow_changes, store_totals
from tests.factories import make_question, make_subject

Status = Question.Status

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]


def test_two_who_count_each_others_new_tags_do_not_wait_for_each_other_for_ever() -> None:
    subjects = [make_subject(), make_subject()]
    first, other = (
        make_question(subject=subject, seo_keywords=word)
        for subject, word in zip(subjects, ("tide", "moon"), strict=True)
    )
    store_totals()
    tide, moon = Tag.objects.get(key="tide"), Tag.objects.get(key="moon")
    ready = threading.Barrier(2)

    def write(question: Question, new: Tag) -> None:
        # The tag that it had is counted, and locked; the other one is referred to.
        asked = Question.objects.filter(pk=question.pk)
        asked.update(status=Status.UNPUBLISHED)
        follow_changes([asked])
        TaggedQuestion.objects.create(content_object=question, tag=new)
        # The references of new rows are checked at the end, and lock the tags then.
        ready.wait(30)

    at_once(lambda: write(first, moon), lambda: write(other, tide))
    assert TaggedQuestion.objects.count() == 4


def test_two_who_unpublish_questions_of_one_subject_are_both_counted() -> None:
    subject = make_subject()
    questions = [make_question(subject=subject) for _ in range(3)]
    store_totals()
    ready = threading.Barrier(2)

    def unpublish(question: Question) -> None:
        Question.objects.filter(pk=question.pk).update(status=Status.UNPUBLISHED)
        ready.wait(30)
        settle_copies({question.content_hash})

    at_once(lambda: unpublish(questions[0]), lambda: unpublish(questions[1]))
    subject.refresh_from_db()
    assert subject.question_count == 1


def test_two_who_publish_questions_with_one_tag_are_both_counted() -> None:
    questions = [
        make_question(subject=make_subject(), seo_keywords="tide", status=Status.DRAFT)
        for _ in range(2)
    ]
    ready = threading.Barrier(2)

    def publish(question: Question) -> None:
        Question.objects.filter(pk=question.pk).update(status=Status.PUBLISHED)
        ready.wait(30)
        settle_copies({question.content_hash})

    at_once(lambda: publish(questions[0]), lambda: publish(questions[1]))
    assert Tag.objects.get().count == 2


def test_two_who_refer_to_the_question_that_the_other_edits_do_not_wait_for_ever() -> None:
    first, other = make_question(), make_question()
    ready = threading.Barrier(2)

    def write(question: Question, referred: Question) -> None:
        Question.objects.locked().get(pk=question.pk)
        RelatedQuestion.objects.create(question=question, target=referred, position=1)
        # References are checked at the end of a transaction.
        ready.wait(30)

    at_once(lambda: write(first, other), lambda: write(other, first))
    assert RelatedQuestion.objects.count() == 2


def at_once(*acts: Callable[[], None]) -> None:
    """Each in a thread and a transaction of its own; none may fail."""
    errors: list[Exception] = []

    def run(act: Callable[[], None]) -> None:
        try:
            with transaction.atomic():
                act()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert errors == []

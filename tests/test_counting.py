"""The stored numbers follow each change by the difference that it makes."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from learn import publishing
from learn.models import CountedQuestion, Question, Subject, Tag
from learn.models.tag import tag_words
from learn.publishing.effects import settle_copies
from learn.seeds.importer import load_seeds
from learn.topics import miscounted_tags
from learn.totals import follow_changes, follow_tags, miscounted_subjects, store_totals
from tests.factories import make_question, make_subject
from tests.seeds.builders import seed_file, sources

pytestmark = pytest.mark.django_db
Status = Question.Status


def test_numbers_are_true_after_each_of_many_changes_at_random() -> None:
    random.seed(7)
    subjects = [make_subject() for _ in range(3)]
    words = [f"word {n}" for n in range(6)]
    for n in range(8):
        # Some are copies of one another.
        make_question(subject=subjects[n % 3], title=f"What is {n % 5}?", answer="It is.")
    store_totals()
    for _ in range(60):
        changed = random.choice(CHANGES)(subjects, words)
        assert miscounted_subjects() == {}, changed
        assert miscounted_tags() == {}, changed


def some() -> Question:
    return random.choice(list(Question.objects.order_by("pk")))


def keywords(subjects: list[Subject], words: list[str]) -> str:
    question = some()
    question.seo_keywords = ", ".join(random.sample(words, random.randint(0, 4)))
    publishing.save_question(question)
    return f"keywords of {question.pk}"


def place(subjects: list[Subject], words: list[str]) -> str:
    question = some()
    question.subject = random.choice(subjects)
    question.no_index = random.random() < 0.3
    publishing.save_question(question)
    return f"place of {question.pk}"


def state(subjects: list[Subject], words: list[str]) -> str:
    chosen = random.sample(list(Question.objects.values_list("pk", flat=True).order_by("pk")), 3)
    status = random.choice([Status.PUBLISHED, Status.UNPUBLISHED, Status.TRASHED])
    publishing.set_status(Question.objects.filter(pk__in=chosen), status)
    return f"{status} of {chosen}"


def text(subjects: list[Subject], words: list[str]) -> str:
    question = some()
    question.title = question.question = f"What is {random.randint(0, 5)}?"
    publishing.save_question(question)
    return f"text of {question.pk}"


def listing(subjects: list[Subject], words: list[str]) -> str:
    subject = random.choice(subjects)
    subject.refresh_from_db()
    subject.is_listed = not subject.is_listed
    subject.save()
    publishing.settle_references()
    return f"listing of {subject.pk}"


def alias(subjects: list[Subject], words: list[str]) -> str:
    tags = list(Tag.objects.order_by("pk"))
    if len(tags) > 1:
        tag, other = random.sample(tags, 2)
        publishing.set_alias(tag, random.choice([other, None]))
    return "alias"


def several(subjects: list[Subject], words: list[str]) -> str:
    questions = random.sample(list(Question.objects.order_by("pk")), 2)
    for question in questions:
        question.seo_keywords = random.choice(words)
        question.subject = random.choice(subjects)
    publishing.save_questions(questions, reason="many")
    return "several"


def purging(subjects: list[Subject], words: list[str]) -> str:
    publishing.purge_trash(0)
    make_question(subject=random.choice(subjects), title="What is 3?", answer="It is.")
    publishing.save_question(Question.objects.order_by("-pk")[0])
    return "purging"


CHANGES: list[Callable[[list[Subject], list[str]], str]] = [
    keywords,
    keywords,
    place,
    state,
    state,
    text,
    listing,
    alias,
    several,
    purging,
]


def test_page_that_time_brought_is_counted_once() -> None:
    question = make_question(seo_keywords="salt", publish_at=timezone.now() + timedelta(hours=1))
    store_totals()
    Question.objects.filter(pk=question.pk).update(publish_at=timezone.now())
    question.refresh_from_db()
    publishing.save_question(question)
    publishing.save_question(question)
    assert Tag.objects.get().count == Subject.objects.get().question_count == 1


def test_page_that_time_took_away_is_taken_out_of_the_topics_that_counted_it() -> None:
    question = make_question(seo_keywords="salt")
    store_totals()
    Question.objects.filter(pk=question.pk).update(unpublish_at=timezone.now())
    question.refresh_from_db()
    question.seo_keywords = "water"
    publishing.save_question(question)
    assert set(Tag.objects.values_list("count", flat=True)) == {0}


def test_other_keywords_in_a_file_are_counted_within_its_batch() -> None:
    load_seeds(sources(tagged_file("a", "salt, ice"), tagged_file("b", "salt")))
    load_seeds(sources(tagged_file("a", "water, ice"), tagged_file("b", "salt")))
    assert dict(Tag.objects.values_list("name", "count")) == {"ice": 1, "salt": 1, "water": 1}


def tagged_file(slug: str, keywords: str) -> bytes:
    seo = {"title": "T", "page_description": "D", "page_keywords": keywords}
    return seed_file(slug, title=f"{slug}?", seo=seo)


def test_wrong_number_keeps_nobody_from_writing() -> None:
    question = make_question(seo_keywords="salt")
    store_totals()
    Tag.objects.update(count=0)
    Subject.objects.update(question_count=0)
    publishing.set_status(Question.objects.filter(pk=question.pk), Status.UNPUBLISHED)
    assert Tag.objects.get().count == Subject.objects.get().question_count == 0


def test_number_is_moved_and_not_counted_anew() -> None:
    many = [make_question(seo_keywords="salt") for _ in range(3)]
    store_totals()
    publishing.set_status(Question.objects.filter(pk=many[0].pk), Status.UNPUBLISHED)
    Tag.objects.update(count=40_000)
    Subject.objects.update(question_count=50_000)
    publishing.set_status(Question.objects.filter(pk=many[0].pk), Status.PUBLISHED)
    assert Tag.objects.get().count == 40_001
    assert set(Subject.objects.values_list("question_count", flat=True)) == {50_000, 50_001}


@pytest.mark.parametrize("number", [1, 3])
def test_changes_cost_the_same_queries_however_many(django_assert_num_queries, number: int) -> None:
    subject = make_subject()
    questions = [
        make_question(subject=subject, seo_keywords=", ".join(f"w{n}" for n in range(number)))
        for _ in range(number)
    ]
    # the subjects, locked; the questions; where they counted, their tags, where they count; the
    # subject written, what is stale; the file, new and older; the tags, written, stale; their
    # moments
    with django_assert_num_queries(14):
        follow_changes([Question.objects.filter(pk__in=[q.pk for q in questions])])


def test_change_of_many_asks_no_more_at_once_than_sqlite_takes() -> None:
    """It takes 32,766 values in a statement; ten thousand questions change their state at once."""
    question = make_question(seo_keywords="salt")
    hashes = {question.content_hash, *(f"{n:032x}" for n in range(2_000))}
    most: list[int] = []

    def note(execute: Callable[..., Any], sql: str, values: Any, *others: Any) -> Any:
        most.append(len(values or ()))
        return execute(sql, values, *others)

    with connection.execute_wrapper(note):
        settle_copies(hashes)
        follow_tags({question.pk + n: {1} for n in range(1, 2_000)})
    assert max(most) < len(hashes) + 20
    assert Tag.objects.get().count == 1


def test_migrated_site_is_counted_once() -> None:
    make_question(seo_keywords="salt")
    call_command("migrate", verbosity=0)
    assert Tag.objects.get().count == CountedQuestion.objects.count() == 1
    Tag.objects.update(count=7)
    call_command("migrate", verbosity=0)
    assert Tag.objects.get().count == 7


def test_keyword_twice_is_counted_once() -> None:
    assert len(tag_words("Salt, salt")) == 2
    question = make_question(seo_keywords="Salt, salt")
    publishing.save_question(question)
    assert Tag.objects.get().count == 1


def test_save_of_a_row_that_was_read_before_keeps_the_number_counted_since() -> None:
    question = make_question(seo_keywords="salt")
    tag, subject = Tag.objects.get(), Subject.objects.get()
    store_totals()
    tag.name, subject.title = "Salt", "Chemistry"
    tag.save()
    subject.save()
    assert Tag.objects.get(name="Salt").count == 1
    counted = Subject.objects.get(title="Chemistry")
    assert (counted.question_count, counted.changed_at) == (1, question.modified_at)

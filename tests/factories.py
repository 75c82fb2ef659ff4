"""Tiny builders of test data: real rows, saved through the models, each with its own address."""

import datetime
from itertools import count
from typing import Any

from learn.models import Author, Question, RelatedQuestion, Subject
from learn.tagging import TagWriter

NUMBERS = count(1)
DAY = datetime.date(2025, 2, 6)


def make_subject(**overrides: Any) -> Subject:
    number = next(NUMBERS)
    return Subject.objects.create(
        **{"slug": f"subject-{number}", "title": f"Subject {number}", **overrides}
    )


def make_question(**overrides: Any) -> Question:
    """A question that readers see, with the tags of its keywords."""
    number = next(NUMBERS)
    values = {
        "slug": f"question-{number}",
        "date": DAY,
        "title": f"What is number {number}?",
        "answer": f"It is the number {number}, after number {number - 1}.",
        "status": Question.Status.PUBLISHED,
        "publish_at": datetime.datetime.combine(DAY, datetime.time(), datetime.UTC),
        **overrides,
    }
    if "subject" not in values:
        values["subject"] = make_subject()
    if "author" not in values:
        values["author"] = Author.objects.get_or_create(name="QuickTakes")[0]
    question = Question.objects.create(**values)
    TagWriter().write({question.pk: question.seo_keywords}, are_new=True)
    return question


def make_related(question: Question, *targets: Question) -> None:
    """References from `question` to `targets`, after those that it has."""
    first = question.related_questions.count() + 1
    for position, target in enumerate(targets, start=first):
        RelatedQuestion.objects.create(
            question=question,
            position=position,
            title=target.title,
            subject=target.subject.title,
            url=str(target.path),
            target=target,
        )

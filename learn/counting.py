"""Which questions the stored numbers of subjects and topics count.

A number changes by the difference that a change makes, so that it costs the same whatever the
number is. `CountedQuestion` holds what was counted. At the end of each transaction a subject's
number is that of its rows there, and a tag's that of the questions with it that are `in_topics`.
While an import has steps to do (`learn.pending`), its new questions are not noted yet, though the
tags that it made have a number already (`tagging.TagWriter`): the steps count everything anew.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection
from django.db.models import Case, Exists, OuterRef, Q, When
from django.utils import timezone

from learn.bulk import IN_LIST, chunked
from learn.models import CountedQuestion, Question, TaggedQuestion
from learn.models.visibility import stands_for_itself

# Question -> the tags that it had before this transaction wrote them anew.
FormerTags = Mapping[int, Collection[int]]


class Place(NamedTuple):
    """Where a question counts: in a subject, and in its tags or not."""

    subject: int
    in_topics: bool


@dataclass(slots=True)
class Difference:
    """What is to be added to the numbers of subjects and of tags, by id."""

    subjects: Counter[int] = field(default_factory=Counter)
    tags: Counter[int] = field(default_factory=Counter)


def count_in(
    places: Mapping[int, Place | None], former_tags: FormerTags | None = None
) -> Difference:
    """Note that the numbers count these questions in these places (None: nowhere) from now on;
    gives what that makes of the numbers, which the caller, who has locked the subjects, writes."""
    before = _places(places)
    difference = _difference(before, places, former_tags or {})
    _write({pk: place for pk, place in places.items() if place != before.get(pk)})
    return difference


def difference_of_tags(former_tags: FormerTags) -> Counter[int]:
    """What other tags of these questions make of the numbers of tags."""
    places = _places(former_tags)
    return _difference(places, places, former_tags).tags


def subjects_of(questions: Iterable[int]) -> set[int]:
    """The subjects whose numbers count these questions."""
    return {place.subject for place in _places(questions).values()}


def count_all() -> None:
    """Note for all questions where they count now; the caller writes the numbers anew."""
    now = timezone.now()
    is_page = stands_for_itself(now) & Q(subject__is_listed=True)
    shown = Question.objects.indexable(now).order_by()
    rows = shown.values_list("pk", "subject", Case(When(is_page, then=True), default=False))
    sql, parameters = rows.query.sql_with_params()
    table = connection.ops.quote_name(CountedQuestion._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (question_id, subject_id, in_topics) {sql}"
            " ON CONFLICT (question_id) DO UPDATE"
            " SET subject_id = excluded.subject_id, in_topics = excluded.in_topics"
            f" WHERE {table}.subject_id <> excluded.subject_id"
            f" OR {table}.in_topics <> excluded.in_topics",
            parameters,
        )
    # Not `NOT IN`: for a million rows PostgreSQL would go through all of them for each.
    is_shown = Exists(shown.filter(pk=OuterRef("question")))
    CountedQuestion.objects.filter(~is_shown).delete()


def _places(questions: Iterable[int]) -> dict[int, Place]:
    rows = CountedQuestion.objects.values_list("question", "subject", "in_topics")
    return {
        pk: Place(subject, in_topics)
        for chunk in chunked(questions)
        for pk, subject, in_topics in rows.filter(question__in=chunk)
    }


def _difference(
    before: Mapping[int, Place],
    after: Mapping[int, Place | None],
    former_tags: FormerTags,
) -> Difference:
    difference = Difference()
    moved = [pk for pk in after if before.get(pk) != after[pk] or pk in former_tags]
    tags = _tags(moved)
    for pk in moved:
        for place, counted, sign in (
            (before.get(pk), former_tags.get(pk, tags[pk]), -1),
            (after[pk], tags[pk], 1),
        ):
            if place:
                difference.subjects[place.subject] += sign
            if place and place.in_topics:
                difference.tags.update(dict.fromkeys(counted, sign))
    return difference


def _tags(questions: Iterable[int]) -> dict[int, list[int]]:
    tags: dict[int, list[int]] = {pk: [] for pk in questions}
    rows = TaggedQuestion.objects.order_by().values_list("content_object", "tag")
    for chunk in chunked(tags):
        for pk, tag in rows.filter(content_object__in=chunk):
            tags[pk].append(tag)
    return tags


def _write(places: Mapping[int, Place | None]) -> None:
    gone = [pk for pk, place in places.items() if place is None]
    for chunk in chunked(gone):
        CountedQuestion.objects.filter(question__in=chunk).delete()
    CountedQuestion.objects.bulk_create(
        [
            CountedQuestion(question_id=pk, subject_id=place.subject, in_topics=place.in_topics)
            for pk, place in places.items()
            if place
        ],
        batch_size=IN_LIST // 3,
        update_conflicts=True,
        unique_fields=["question"],
        update_fields=["subject", "in_topics"],
    )

"""What pages say of many questions at once, stored, so that none of them goes through all: how many
a subject and a topic show; when what a subject, a topic or a file of the sitemap lists last
changed.

`store_totals` reads all questions once, at the end of an import; `follow_changes` what was changed
alone, adds the difference to the numbers, and only ever moves a moment on: what a list has lost
does not make it older.
"""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from django.db import transaction
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Max, Q
from django.utils import timezone

from learn import counting
from learn.bulk import chunked
from learn.counting import FormerTags, Place
from learn.models import (
    CountedQuestion,
    Question,
    SitemapPart,
    Subject,
    Tag,
    TaggedQuestion,
)
from learn.models.question_queries import QuestionQuerySet
from learn.models.sitemap_part import SPAN, part_of
from learn.models.tag import INDEXED_FROM
from learn.models.visibility import is_public, latest_past, stands_for_itself
from learn.pages import names, touch
from learn.topics import add_to_counts, store_counts

Key = TypeVar("Key")
Moments = dict[Key, datetime.datetime]


class Miscounted(NamedTuple):
    """How many stored numbers were others."""

    subjects: int
    topics: int


def store_totals() -> Miscounted:
    """Of all subjects, topics and files; gives how many had another number."""
    with transaction.atomic(savepoint=False):
        # Everybody else who counts waits for a subject here.
        subjects = _locked()
        counting.count_all()
        counts = dict(CountedQuestion.objects.values_list("subject").annotate(number=Count("*")))
        listed: Moments[int] = {}
        parts: Moments[int] = {}
        for row in _totals():
            _move_on(listed, row["subject"], _latest(row["published"], row["modified"]))
            _move_on(parts, row["part"], _latest(row["page_published"], row["page_modified"]))
        miscounted = sum(s.question_count != counts.get(s.pk, 0) for s in subjects)
        is_changed = _write_subjects(subjects, counts, listed)
        if _write_parts(parts) or is_changed:
            touch([names.SITE])
        return Miscounted(miscounted, store_counts())


def follow_changes(
    changed: Iterable[QuestionQuerySet],
    *,
    former_tags: FormerTags | None = None,
    former_subjects: Iterable[int] = (),
) -> None:
    """After a change of these questions: some had other tags before (`counting.FormerTags`), some
    stood in other subjects.

    Subjects are locked before topics everywhere, or two changes would wait for each other.
    """
    questions = list(changed)
    with transaction.atomic(savepoint=False):
        subjects = _locked(_concerned(questions, former_subjects))
        listed: Moments[int] = {s.pk: s.changed_at for s in subjects if s.changed_at}
        pages: Moments[int] = {}
        places: dict[int, Place | None] = {}
        for pk, subject, published, modified, is_shown, is_page in _changed(questions):
            places[pk] = Place(subject, bool(is_page)) if is_shown else None
            if is_shown:
                moment = latest_past(published, modified)
                _move_on(listed, subject, moment)
                if is_page:
                    pages[pk] = moment
        difference = counting.count_in(places, former_tags)
        counts = {s.pk: max(s.question_count + difference.subjects[s.pk], 0) for s in subjects}
        if _write_subjects(subjects, counts, listed):
            touch([names.SITE])
        _move_parts_on(pages)
        add_to_counts(difference.tags)
        _move_topics_on(pages)


def follow_tags(former_tags: FormerTags) -> None:
    """After these questions were given other tags, and nothing else about them was changed that
    counts, or what was will be followed later."""
    with transaction.atomic(savepoint=False):
        if former_tags:
            _locked(counting.subjects_of(former_tags))
            add_to_counts(counting.difference_of_tags(former_tags))


def miscounted_subjects() -> dict[int, tuple[int, int]]:
    """Subject -> (stored, true) number of questions, where these differ."""
    shown = Question.objects.indexable().order_by()
    counts = dict(shown.values_list("subject").annotate(number=Count("*")))
    stored = Subject.objects.values_list("pk", "question_count")
    return {pk: (number, counts.get(pk, 0)) for pk, number in stored if number != counts.get(pk, 0)}


def date_topics() -> None:
    """Store when the topics that search engines may list last changed.

    It takes as long as all the rest of an import's counting, so that an import only forgets.
    """
    pages = Question.objects.canonical_pages().order_by().values("pk")
    with transaction.atomic(savepoint=False):
        topics = list(Tag.objects.indexed().order_by("pk").select_for_update(no_key=True))
        question = "tagged_questions__content_object"
        rows = Tag.objects.indexed().order_by().filter(**{f"{question}__in": pages})
        latest = {
            pk: _latest(published, modified)
            for pk, published, modified in rows.values_list("pk").annotate(
                published=Max(f"{question}__publish_at"),
                modified=Max(f"{question}__modified_at", filter=_past(f"{question}__")),
            )
        }
        changed = [topic for topic in topics if topic.changed_at != latest.get(topic.pk)]
        for topic in changed:
            topic.changed_at = latest.get(topic.pk)
        Tag.objects.bulk_update(changed, ["changed_at"], batch_size=100)
        others = Tag.objects.filter(changed_at__isnull=False, count__lt=INDEXED_FROM)
        if others.update(changed_at=None) or changed:
            touch([names.TOPICS])


def forget_topics() -> None:
    """After a change of many: when topics changed is not known, until `date_topics`."""
    if Tag.objects.filter(changed_at__isnull=False).update(changed_at=None):
        touch([names.TOPICS])


# --- reading


def _totals() -> Iterable[Mapping[str, Any]]:
    """For each subject and file: the latest moments of the questions that lists show, and of the
    pages that search engines may list."""
    now = timezone.now()
    is_page = stands_for_itself(now) & Q(subject__is_listed=True)
    rows = Question.objects.indexable(now).order_by().annotate(part=(F("pk") - 1) / SPAN + 1)
    return rows.values("subject", "part").annotate(
        published=Max("publish_at"),
        modified=Max("modified_at", filter=_past()),
        page_published=Max("publish_at", filter=is_page),
        page_modified=Max("modified_at", filter=is_page & _past()),
    )


def _concerned(changed: list[QuestionQuerySet], former: Iterable[int]) -> set[int]:
    """The subjects where these questions stand, or count."""
    # Asked for one after the other: each of them may name ten thousand contents.
    concerned = set(former)
    for questions in changed:
        rows = questions.order_by().values_list("subject", "counted__subject").distinct()
        for subjects in rows:
            concerned.update(pk for pk in subjects if pk is not None)
    return concerned


def _changed(changed: list[QuestionQuerySet]) -> Iterator[tuple[Any, ...]]:
    """Of each question: key, subject, moments, whether lists show it, and search engines may."""
    now = timezone.now()
    is_shown = is_public(now) & Q(no_index=False)
    is_page = is_shown & stands_for_itself(now) & Q(subject__is_listed=True)
    for questions in changed:
        yield from (
            questions.order_by()
            .annotate(
                is_shown=ExpressionWrapper(is_shown, BooleanField()),
                is_page=ExpressionWrapper(is_page, BooleanField()),
            )
            .values_list("pk", "subject", "publish_at", "modified_at", "is_shown", "is_page")
        )


def _locked(pks: Iterable[int] | None = None) -> list[Subject]:
    """The subjects, or all. Who counts the same ones waits here, and then sees what this
    transaction wrote."""
    subjects = Subject.objects.all() if pks is None else Subject.objects.filter(pk__in=pks)
    return list(subjects.order_by("pk").select_for_update(no_key=True))


def _past(prefix: str = "") -> Q:
    return Q(**{f"{prefix}modified_at__lte": timezone.now()})


def _latest(*moments: datetime.datetime | None) -> datetime.datetime | None:
    return max((moment for moment in moments if moment), default=None)


def _move_on(moments: Moments[Key], key: Key, moment: datetime.datetime | None) -> None:
    known = moments.get(key)
    if moment is not None and (known is None or known < moment):
        moments[key] = moment


# --- writing


def _write_subjects(
    subjects: Iterable[Subject], counts: dict[int, int], listed: Moments[int]
) -> bool:
    """Whether what pages show of them is another; their rows are locked."""
    rows, is_changed = list(subjects), False
    for subject in rows:
        found = counts.get(subject.pk, 0), listed.get(subject.pk)
        is_changed |= (subject.question_count, subject.changed_at) != found
        subject.question_count, subject.changed_at = found
        subject.list_version += 1
    Subject.objects.bulk_update(rows, ["question_count", "changed_at", "list_version"])
    return is_changed


def _write_parts(parts: Moments[int]) -> bool:
    stored = dict(SitemapPart.objects.values_list("number", "changed_at"))
    if stored == parts:
        return False
    SitemapPart.objects.exclude(number__in=parts).delete()
    SitemapPart.objects.bulk_create(
        [SitemapPart(number=number, changed_at=moment) for number, moment in parts.items()],
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=["changed_at"],
    )
    return True


def _move_parts_on(pages: Moments[int]) -> None:
    parts: Moments[int] = {}
    for pk, moment in pages.items():
        _move_on(parts, part_of(pk), moment)
    new = [SitemapPart(number=number, changed_at=parts[number]) for number in sorted(parts)]
    SitemapPart.objects.bulk_create(new, ignore_conflicts=True)
    for part in new:
        older = SitemapPart.objects.filter(number=part.number, changed_at__lt=part.changed_at)
        older.update(changed_at=part.changed_at)


def _move_topics_on(pages: Moments[int]) -> None:
    """Those whose moment is known."""
    topics: Moments[int] = {}
    known: Moments[int] = {}
    for chunk in chunked(pages):
        tagged = TaggedQuestion.objects.filter(content_object__in=chunk)
        rows = tagged.filter(tag__changed_at__isnull=False).order_by()
        for tag, stored, pk in rows.values_list("tag", "tag__changed_at", "content_object"):
            known[tag] = stored
            _move_on(topics, tag, pages[pk])
    changed = [Tag(pk=tag, changed_at=topics[tag]) for tag in topics if known[tag] < topics[tag]]
    Tag.objects.bulk_update(changed, ["changed_at"], batch_size=100)

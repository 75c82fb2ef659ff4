"""Copies: pages that hold the same question and answer; one of them is canonical."""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from learn.bulk import update_rows
from learn.models import Question, Redirect
from learn.pages import changing


def choose_canonicals(hashes: Iterable[str] | None = None) -> int:
    """Let every copy lead to the canonical page of its group; returns how many rows changed.

    `hashes` limits the work to the pages that have, or lead to a page that has, one of these
    content hashes; None means all.

    A group is what is published with one question and one answer, without the pages that stand
    on their own. Canonical is a page of a listed subject before one of an unlisted, then the
    target of a move, then the first by path: the same choice whatever was loaded first.
    """
    with transaction.atomic():
        changes = dict(_wanted_changes(None if hashes is None else list(hashes)))
        with changing(changes.keys()):
            update_rows(Question, ("canonical_id",), [(to, pk) for pk, to in changes.items()])
    return len(changes)


def _wanted_changes(hashes: list[str] | None) -> Iterable[tuple[int, int | None]]:
    """(id of a question, id of its canonical page or None) for each row that is not right."""
    grouped: set[int] = set()
    for _, members in groupby(_repeating_pages(hashes), key=attrgetter("content_hash")):
        canonical, *copies = sorted(members, key=_rank)
        grouped.update(copy.pk for copy in copies)
        for question in (canonical, *copies):
            wanted = None if question is canonical else canonical.pk
            if question.canonical_id != wanted:
                yield question.pk, wanted
    for leading in _leading_pages(hashes):
        yield from ((pk, None) for pk in leading.values_list("pk", flat=True) if pk not in grouped)


def _leading_pages(hashes: list[str] | None) -> Iterable[QuerySet[Question]]:
    """The pages that lead to another one, of these contents or to one of these contents.

    Asked for one after the other: together, no index would serve.
    """
    leading = Question.objects.filter(canonical__isnull=False)
    if hashes is None:
        return [leading]
    alike = Question.objects.filter(content_hash__in=hashes)
    return [
        leading.filter(content_hash__in=hashes),
        Question.objects.filter(canonical__in=alike.values("pk")),
    ]


def _repeating_pages(hashes: list[str] | None) -> Iterable[Question]:
    questions = Question.objects.order_by()
    if hashes is not None:
        questions = questions.filter(content_hash__in=hashes)
    # Of all questions, for the index alone to answer it; `published` leaves out what is not shown.
    repeated = (
        questions.values("content_hash").annotate(rows=Count("*")).filter(rows__gt=1)
    ).values("content_hash")
    moved_here = Redirect.objects.filter(question=OuterRef("pk"), origin=Redirect.Origin.MOVED)
    return (
        Question.objects.published()
        .filter(is_detached=False, content_hash__in=repeated)
        .annotate(is_target_of_move=Exists(moved_here))
        .select_related("subject")
        .only("content_hash", "slug", "canonical_id", "subject__slug", "subject__is_listed")
        .order_by("content_hash")
        .iterator()
    )


def _rank(question: Question) -> tuple[bool, bool, str]:
    is_target: bool = getattr(question, "is_target_of_move")  # noqa: B009 - an annotation
    return (not question.subject.is_listed, not is_target, str(question.path))

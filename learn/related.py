"""Related questions: from the address that a file gives to the question that it means."""

from collections.abc import Iterable

from django.db.models import (
    Expression,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Greatest, StrIndex, Substr

from learn.models import Question, Redirect, RelatedQuestion
from learn.models.question import LINK_FIELDS

BEFORE_SUBJECT, BEFORE_SLUG = "/learn/", "/questions/"


def resolve_related(references: QuerySet[RelatedQuestion] | None = None) -> None:
    """Find the question of every reference (of those given, or of all) that has none yet.

    A page at the address counts first, then a recorded redirect from it. One statement each,
    in the database: after a first import there are a hundred thousand. It also writes the few
    that lead nowhere, as they were: to ask for them first would look every address up twice.
    """
    if references is None:
        references = RelatedQuestion.objects.all()
    unresolved = references.filter(target=None)
    at_address = (
        Question.objects.exclude(status=Question.Status.TRASHED)
        .filter(slug=_slug_of(OuterRef("url")), subject__slug=_subject_of(OuterRef("url")))
        .values("pk")
    )
    redirected = Redirect.objects.filter(old_path=OuterRef("url")).values("question")
    for found in (at_address, redirected):
        unresolved.update(target=Subquery(found[:1]))


def _slug_of(url: F) -> Expression:
    return Substr(url, StrIndex(url, Value(BEFORE_SLUG)) + len(BEFORE_SLUG))


def _subject_of(url: F) -> Expression:
    start = len(BEFORE_SUBJECT) + 1
    # PostgreSQL refuses the negative length that an address of another form would give.
    length = Greatest(StrIndex(url, Value(BEFORE_SLUG)) - start, 0, output_field=IntegerField())
    return Substr(url, start, length)


def shown_related(question: Question) -> list[Question]:
    """The pages to show below a question, in the file's order: each once, live, not itself."""
    references: Iterable[RelatedQuestion] = (
        question.related_questions.select_related("target__subject", "target__canonical__subject")
        .only(
            "question",
            "position",
            *(f"target__{field}" for field in LINK_FIELDS),
            *(f"target__canonical__{field}" for field in LINK_FIELDS),
        )
        .order_by("position")
    )
    shown: dict[int, Question] = {}
    for reference in references:
        if reference.target is not None and reference.target.is_published:
            page = reference.target.reader_page
            shown.setdefault(page.pk, page)
    shown.pop(question.pk, None)
    return list(shown.values())

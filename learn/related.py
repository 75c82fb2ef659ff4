"""Related questions: from the address that a file gives to the question that it means."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import (
    Exists,
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
from learn.pages import touch_pages

# Of the file's own all are shown; the text fills them up to this number.
SHOWN = 6
BEFORE_SUBJECT, BEFORE_SLUG = "/learn/", "/questions/"


def resolve_related(references: QuerySet[RelatedQuestion] | None = None) -> None:
    """Find the question of every reference (of those given, or of all) that has none yet.

    One that leads to the trash has none as soon as another question has its address. A page at
    the address counts first, then a recorded redirect from it. One statement each,
    in the database: after a first import there are a hundred thousand. It also writes the few
    that lead nowhere, as they were: to ask for them first would look every address up twice.
    """
    if references is None:
        references = RelatedQuestion.objects.all()
    _leave_the_trash(references)
    unresolved = references.filter(target=None)
    waiting = set(unresolved.values_list("pk", "question"))
    if not waiting:
        return
    for found in _answering():
        unresolved.update(target=Subquery(found[:1]))
    resolved = waiting.difference(unresolved.values_list("pk", "question"))
    touch_pages({question for _reference, question in resolved})


def _leave_the_trash(references: QuerySet[RelatedQuestion]) -> None:
    at_address, _redirected = _answering()
    trashed = Question.objects.filter(status=Question.Status.TRASHED)
    references.filter(Exists(at_address), target__in=trashed).update(target=None)


def unresolved_references() -> QuerySet[RelatedQuestion]:
    """References without a question although something answers at their address."""
    at_address, redirected = (Exists(found) for found in _answering())
    return RelatedQuestion.objects.filter(at_address | redirected, target=None)


def _answering() -> tuple[QuerySet, QuerySet]:
    """The ids of the questions at a reference's address, and of those redirected to from it."""
    at_address = (
        Question.objects.exclude(status=Question.Status.TRASHED)
        .filter(slug=_slug_of(OuterRef("url")), subject__slug=_subject_of(OuterRef("url")))
        .values("pk")
    )
    redirected = Redirect.objects.filter(old_path=OuterRef("url")).values("question")
    return at_address, redirected


def _slug_of(url: F) -> Expression:
    return Substr(url, StrIndex(url, Value(BEFORE_SLUG)) + len(BEFORE_SLUG))


def _subject_of(url: F) -> Expression:
    start = len(BEFORE_SUBJECT) + 1
    # PostgreSQL refuses the negative length that an address of another form would give.
    length = Greatest(StrIndex(url, Value(BEFORE_SLUG)) - start, 0, output_field=IntegerField())
    return Substr(url, start, length)


class Links(NamedTuple):
    """The questions that a question's page links to."""

    related: list[Question]
    previous: Question | None
    next: Question | None
    # What the page would link to if readers could see it: the ids of all that it refers to.
    targets: set[int]

    @property
    def shown(self) -> list[Question]:
        neighbours = (self.previous, self.next)
        return [*self.related, *(question for question in neighbours if question is not None)]


def links_of(question: Question) -> Links:
    """What to link to from a question's page. Two queries.

    Related are pages that live, each once, not the question itself: the file's own in its order,
    and up to SHOWN those that the text leads to, of which no two have one slug. The questions
    before and after are those of `with_neighbours`.
    """
    neighbours = [getattr(question, name, None) for name in ("previous_id", "next_id")]
    return links_to(question, *_targets_of(question), *neighbours)


def links_to(
    question: Question,
    own: Sequence[int],
    similar: Sequence[int],
    previous: int | None,
    following: int | None,
) -> Links:
    """Of these questions (ids) those that the question's page links to."""
    targets = {pk for pk in (*own, *similar, previous, following) if pk is not None}
    pages = _pages(targets)
    shown: dict[int, Question] = {}
    for target in own:
        if target in pages:
            page = pages[target].reader_page
            shown.setdefault(page.pk, page)
    shown.pop(question.pk, None)
    slugs = {question.slug, *(page.slug for page in shown.values())}
    for target in similar:
        if len(shown) >= SHOWN:
            break
        if target in pages and (page := pages[target].reader_page).slug not in slugs:
            shown[page.pk] = page
            slugs.add(page.slug)
    return Links(list(shown.values()), pages.get(previous), pages.get(following), targets)


def _targets_of(question: Question) -> tuple[list[int], list[int]]:
    """The ids that the file's references lead to, and those that the text does, in order."""
    columns = ("kind", "position", "target")
    references = (
        question.related_questions.filter(target__isnull=False)
        .order_by()
        .annotate(kind=Value(0))
        .values_list(*columns)
        .union(
            question.similar_questions.filter(target__isnull=False)
            .order_by()
            .annotate(kind=Value(1))
            .values_list(*columns),
            all=True,
        )
        .order_by("kind", "position")
    )
    targets: tuple[list[int], list[int]] = ([], [])
    for kind, _position, target in references:
        targets[kind].append(target)
    return targets


def _pages(ids: set[int]) -> dict[int | None, Question]:
    """Of these questions those that live, by id, with what a link to them needs."""
    questions = (
        Question.objects.filter(pk__in=ids)
        .select_related("subject", "canonical__subject")
        .only(*LINK_FIELDS, *(f"canonical__{field}" for field in LINK_FIELDS))
    )
    return {question.pk: question for question in questions if question.is_published}

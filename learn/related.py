"""Related questions: from the address that a file gives to the question that it means."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Greatest, StrIndex, Substr
from django.utils import timezone

from learn.models import Question, Redirect, RelatedQuestion, SimilarQuestion
from learn.models.path import QuestionPath
from learn.models.prepared import SOME_MOMENT, PreparedQuery, some_number
from learn.models.visibility import is_public
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


class Link(NamedTuple):
    """A page that readers can see, as a question's page links to it."""

    pk: int
    title: str
    slug: str
    subject_id: int
    subject_slug: str
    subject: str

    @property
    def address(self) -> str:
        return str(QuestionPath(self.subject_slug, self.slug))


class Links(NamedTuple):
    """The pages that a question's page links to."""

    related: list[Link]
    previous: Link | None
    next: Link | None
    # What the page would link to if readers could see it: the ids of all that it refers to.
    targets: set[int]

    @property
    def shown(self) -> list[Link]:
        neighbours = (self.previous, self.next)
        return [*self.related, *(link for link in neighbours if link is not None)]


def links_from(question: Question, rows: Iterable[Sequence[Any]]) -> Links:
    """What to link to from a question's page, of the rows of LINKS for it.

    Related are pages that live, each once, not the question itself: the file's own in its order,
    and up to SHOWN those that the text leads to, of which no two have one slug. The questions
    before and after are those of `with_neighbours`.
    """
    previous, following = (getattr(question, name, None) for name in ("previous_id", "next_id"))
    targets: dict[int, list[int]] = {OWN: [], SIMILAR: [], NEIGHBOUR: []}
    pages: dict[int | None, Link] = {}
    for kind, _position, target, *columns in rows:
        targets[kind].append(target)
        _take(pages, target, columns)
    return _links(question, targets[OWN], targets[SIMILAR], previous, following, pages)


def links_to(
    question: Question,
    own: Sequence[int],
    similar: Sequence[int],
    previous: int | None,
    following: int | None,
) -> Links:
    """Of these questions (ids) those that the question's page links to."""
    wanted = Question.objects.filter(pk__in=[*own, *similar, previous, following])
    pages: dict[int | None, Link] = {}
    for target, *columns in _with_pages(wanted, "", timezone.now(), "pk"):
        _take(pages, target, columns)
    return _links(question, own, similar, previous, following, pages)


def _links(
    question: Question,
    own: Sequence[int],
    similar: Sequence[int],
    previous: int | None,
    following: int | None,
    pages: dict[int | None, Link],
) -> Links:
    shown: dict[int, Link] = {}
    for target in own:
        if target in pages:
            page = pages[target]
            shown.setdefault(page.pk, page)
    shown.pop(question.pk, None)
    slugs = {question.slug, *(page.slug for page in shown.values())}
    for target in similar:
        if len(shown) >= SHOWN:
            break
        if target in pages and (page := pages[target]).slug not in slugs:
            shown[page.pk] = page
            slugs.add(page.slug)
    targets = {pk for pk in (*own, *similar, previous, following) if pk is not None}
    return Links(list(shown.values()), pages.get(previous), pages.get(following), targets)


def _take(pages: dict[int | None, Link], target: int, columns: list) -> None:
    """Of a row of `_with_pages` the page that readers are shown for the target, if they see it."""
    is_shown, has_canonical, *columns = columns
    if is_shown:
        half = len(Link._fields)
        pages[target] = Link(*(columns[half:] if has_canonical else columns[:half]))


def _with_pages(
    rows: QuerySet, target: str, now: datetime.datetime, *columns: str
) -> QuerySet[Any, tuple]:
    """These columns of the rows, whether readers see the question at `target`, whether the page
    that it repeats, and what a Link holds, of both."""
    canonical = f"{target}canonical__"
    return (
        rows.order_by()
        .annotate(
            is_shown=ExpressionWrapper(is_public(now, target), BooleanField()),
            has_canonical=ExpressionWrapper(is_public(now, canonical), BooleanField()),
        )
        .values_list(
            *(*columns, "is_shown", "has_canonical"),
            *(f"{at}{column}" for at in (target, canonical) for column in LINK_COLUMNS),
        )
    )


def _all_links() -> QuerySet:
    """All that a question's page may link to, in one statement."""
    question, previous, following = map(some_number, range(3))
    columns = ("kind", "position", "target")
    own, similar = (
        model.objects.filter(question=question, target__isnull=False).annotate(kind=Value(kind))
        for model, kind in ((RelatedQuestion, OWN), (SimilarQuestion, SIMILAR))
    )
    neighbours = Question.objects.filter(pk__in=[previous, following]).annotate(
        kind=Value(NEIGHBOUR), position=Value(0), target=F("pk")
    )
    return (
        _with_pages(own, "target__", SOME_MOMENT, *columns)
        .union(
            _with_pages(similar, "target__", SOME_MOMENT, *columns),
            _with_pages(neighbours, "", SOME_MOMENT, *columns),
            all=True,
        )
        .order_by("kind", "position")
    )


OWN, SIMILAR, NEIGHBOUR = range(3)
LINK_COLUMNS = ("pk", "title", "slug", "subject_id", "subject__slug", "subject__title")
# Of one question; `previous` and `following` are the ids of `with_neighbours`.
LINKS = PreparedQuery(
    _all_links,
    plain=True,
    question=some_number(0),
    previous=some_number(1),
    following=some_number(2),
    now=SOME_MOMENT,
)

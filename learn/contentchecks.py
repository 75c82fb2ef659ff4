"""What no constraint of the database can see, found by looking at all of the content."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.db.models import Q, QuerySet

from learn.models import Question, Redirect
from learn.models.path import parse_path
from learn.redirects import find_questions
from learn.related import unresolved_references
from learn.search import index_differences


class Trouble(NamedTuple):
    """Something that is not as it must be; `advice` says what mends it."""

    kind: str
    where: str
    advice: str


def find_troubles() -> Iterator[Trouble]:
    for look in _LOOKS:
        yield from look()


def _copies() -> Iterator[Trouble]:
    copies = (
        Question.objects.filter(canonical__isnull=False)
        .select_related("subject")
        .only("slug", "subject__slug")
    )
    advice = "save the question at the desk, or run loadseeds again: both choose anew"
    for copy in copies.filter(canonical__canonical__isnull=False):
        yield Trouble("copy of a copy", str(copy.path), advice)
    trashed = ~Q(status=Question.Status.TRASHED) & Q(canonical__status=Question.Status.TRASHED)
    for copy in copies.filter(trashed):
        yield Trouble("copy of a page in the trash", str(copy.path), advice)


def _references() -> Iterator[Trouble]:
    """References whose page is there but was not found. One to a page in the trash is shown to
    nobody and lives again with its page: there is nothing to mend."""
    for path in _paths(unresolved_references().values("question")):
        yield Trouble("related question that was not found", path, "save the question at the desk")


def _paths(keys: QuerySet) -> list[str]:
    questions = Question.objects.filter(pk__in=keys).select_related("subject")
    return [str(question.path) for question in questions.only("slug", "subject__slug")]


def _redirects() -> Iterator[Trouble]:
    """Redirects of the desk that a page hides: the address was given to another question. Those
    of the list of moves wait for their page to go, as they should."""
    made = Redirect.objects.filter(origin=Redirect.Origin.DESK)
    paths = {path for (old,) in made.values_list("old_path") if (path := parse_path(old))}
    for path in sorted(find_questions(paths)):
        advice = "delete the redirect, or give the page another address"
        yield Trouble("redirect hidden by a page", str(path), advice)


def _search_index() -> Iterator[Trouble]:
    if differences := index_differences():
        yield Trouble("search index out of step", f"{differences} questions", "run rebuildsearch")


_LOOKS: tuple[Callable[[], Iterator[Trouble]], ...] = (
    _copies,
    _references,
    _redirects,
    _search_index,
)

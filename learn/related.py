"""Related questions: from the address that a file gives to the question that it means."""

from collections.abc import Iterable

from django.db.models import QuerySet

from learn.bulk import chunked, update_rows
from learn.models import Question, Redirect, RelatedQuestion
from learn.models.path import parse_path
from learn.models.question import LINK_FIELDS
from learn.redirects import find_questions

CHUNK = 2000


def resolve_related(references: QuerySet[RelatedQuestion] | None = None) -> int:
    """Find the question of every reference (of those given, or of all) that has none yet;
    returns how many were found.

    A page at the address counts first, then a recorded redirect from it. Writes some thousand
    at a time, each lot in a transaction of its own unless the caller has one open.
    """
    resolved, after = 0, 0
    if references is None:
        references = RelatedQuestion.objects.all()
    unresolved = references.filter(target=None).order_by("id")
    while chunk := list(unresolved.filter(id__gt=after).values_list("id", "url")[:CHUNK]):
        resolved += _resolve(chunk)
        after = chunk[-1][0]
    return resolved


def _resolve(references: list[tuple[int, str]]) -> int:
    paths = {url: path for _, url in references if (path := parse_path(url))}
    questions = find_questions(paths.values())
    found = {url: questions[path] for url, path in paths.items() if path in questions}
    for urls in chunked(url for url in paths if url not in found):
        found.update(
            Redirect.objects.filter(old_path__in=urls).values_list("old_path", "question_id")
        )
    rows = [(found[url], reference_id) for reference_id, url in references if url in found]
    update_rows(RelatedQuestion, ("target_id",), rows)
    return len(rows)


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

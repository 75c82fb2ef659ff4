"""Stored HTML follows the renderer: render again what an older one wrote."""

from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import Q

from learn.bulk import update_rows
from learn.models import Question
from learn.pages import changing
from learn.rendering import RENDERER_VERSION, render

CHUNK = 200
DERIVED = ("answer_html", "summary", "has_math", "renderer_version")


def render_again(
    *, every: bool = False, progress: Callable[[int], None] = lambda count: None
) -> int:
    """Render answers of an older renderer (or all) anew; returns how many were written.

    Some hundred to a transaction, by primary key: interrupted, it goes on where it stopped
    (with `every`, it begins again). Content, version and dates stay as they are.
    """
    done, after = 0, 0
    questions = Question.objects.order_by("pk").only("pk", "answer")
    if not every:
        questions = questions.exclude(renderer_version=RENDERER_VERSION)
    while True:
        with transaction.atomic():
            # Locked, so that an edit at the desk is neither lost nor rendered from its old text.
            chunk = list(questions.filter(pk__gt=after).locked()[:CHUNK])
            if not chunk:
                return done
            with changing([question.pk for question in chunk]):
                update_rows(Question, DERIVED, map(_derived_row, chunk))
        done += len(chunk)
        after = chunk[-1].pk
        progress(len(chunk))


def _derived_row(question: Question) -> list[object]:
    question.derive_html(render(question.answer))
    return [*(getattr(question, name) for name in DERIVED), question.pk]


def failed_formulas() -> Iterator[tuple[str, list[str]]]:
    """(address, TeX sources that could not be set) of each question that has any."""
    questions = (
        Question.objects.filter(Q(has_math=True) | Q(answer_html__contains='<code class="tex">'))
        .exclude(status=Question.Status.TRASHED)
        .select_related("subject")
        .only("answer", "slug", "subject__slug")
        .order_by("subject__slug", "slug")
    )
    for question in questions.iterator(chunk_size=CHUNK):
        if failed := render(question.answer).failed:
            yield str(question.path), list(failed)

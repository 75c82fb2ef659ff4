"""What a change of many would do, shown on some of its questions."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from learn.mass_edits.changes import Change, Replace
from learn.models import MassEditItem, Question

SHOWN, PLACES = 20, 3
# Characters on each side of a place.
AROUND = 60


class Place(NamedTuple):
    """Text around a change: what goes, what comes."""

    before: str
    removed: str
    added: str
    after: str


@dataclass(frozen=True, slots=True)
class Sample:
    question: Question
    places: list[Place]
    # Places that are not shown.
    more: int


def samples(items: QuerySet[MassEditItem], change: Change) -> list[Sample]:
    """The first SHOWN questions of these that will change, with their first PLACES places each."""
    planned = items.filter(state=MassEditItem.State.PLANNED)
    hits = dict(planned.order_by("pk").values_list("question_id", "hits")[:SHOWN])
    rows = Question.objects.select_related("subject", "author").in_bulk(list(hits))
    shown = []
    for pk, number in hits.items():
        row = rows.get(pk)
        if row is None:
            continue
        places = _replaced(change, row) if isinstance(change, Replace) else [_set(change, row)]
        shown.append(Sample(row, places[:PLACES], max(0, number - PLACES)))
    return shown


def _replaced(change: Replace, question: Question) -> list[Place]:
    names = [name for name in ("title", "answer") if name in change.columns]
    return [
        Place(
            _end(text[: match.start()]),
            match[0],
            change.replacement,
            _beginning(text[match.end() :]),
        )
        for name in names
        for text in [getattr(question, name)]
        for match in change.pattern.finditer(text)
    ]


def _end(text: str) -> str:
    return text if len(text) <= AROUND else f"… {text[-AROUND:]}"


def _beginning(text: str) -> str:
    return text if len(text) <= AROUND else f"{text[:AROUND]} …"


def _set(change: Change, question: Question) -> Place:
    """The value as it is, and as it will be."""
    before = _value(question, change.columns[0])
    change.look_at([question])
    change.apply(question)
    return Place("", before, _value(question, change.columns[0]), "")


def _value(question: Question, column: str) -> str:
    """The column in words: of a subject or author its name."""
    return str(getattr(question, column.removesuffix("_id")))

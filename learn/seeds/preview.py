"""What a load would do with each of some files: the decisions of the import, one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from learn.frontmatter import FrontMatterError
from learn.models import Question
from learn.models.path import QuestionPath
from learn.seeds.differences import Line, differing_lines
from learn.seeds.exporter import seed_bytes, seed_of
from learn.seeds.importer import find_rows
from learn.seeds.names import Names
from learn.seeds.options import Options
from learn.seeds.plan import Plan, Planner, Prepared
from learn.seeds.reading import read_seed, seed_hash
from learn.seeds.sources import SourceFile


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    # The file says what the question says.
    SAME = "same"
    # Changed here too since the file was last taken.
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(slots=True)
class Preview:
    """One file: what would become of it, and of which question."""

    file: SourceFile
    outcome: Outcome
    path: QuestionPath | None = None
    title: str = ""
    author: str = ""
    question: Question | None = None
    # What the question's file is now.
    current: bytes = b""
    line: int | None = None
    reason: str = ""

    def differences(self) -> list[Line]:
        """Between the question as it is and the file."""
        return differing_lines(self.current.decode(), self.file.data.decode(errors="replace"))


def preview_files(files: Iterable[SourceFile]) -> list[Preview]:
    """In the files' order. Nothing is written."""
    previews: list[Preview] = []
    prepared: list[tuple[Preview, Prepared]] = []
    met: set[QuestionPath] = set()
    for file in files:
        preview = Preview(file, Outcome.REFUSED, reason=file.refusal)
        previews.append(preview)
        if file.refusal:
            continue
        try:
            seed, _warnings = read_seed(file.data)
        except FrontMatterError as error:
            preview.line, preview.reason = error.line, error.reason
            continue
        preview.path, preview.title, preview.author = seed.path, seed.title, seed.author
        if seed.path in met:
            preview.reason = f"another of these files has the url {seed.path}"
            continue
        met.add(seed.path)
        prepared.append((preview, Prepared(file, seed_hash(file.data), seed)))
    _decide(prepared)
    return previews


def _decide(prepared: Sequence[tuple[Preview, Prepared]]) -> None:
    with transaction.atomic():
        rows = find_rows([item for _preview, item in prepared])
    taken: set[int] = set()
    for preview, item in prepared:
        row = rows.get(item.seed.path)
        if row is not None and row.pk in taken:
            preview.reason = f"another of these files belongs to the same question, {row.path}"
            continue
        if row is not None:
            taken.add(row.pk)
            preview.question, preview.current = row, seed_bytes(seed_of(row))
        _foretell(preview, item, row)


def _foretell(preview: Preview, item: Prepared, row: Question | None) -> None:
    if row is not None and row.status == Question.Status.TRASHED:
        preview.reason = "the question is in the trash; restore it first"
        return
    if row is not None and (row.seed_hash == item.digest or preview.current == item.file.data):
        preview.outcome = Outcome.SAME
        return

    def conflict(_item: Prepared, _row: Question, reason: str) -> None:
        preview.outcome, preview.reason = Outcome.CONFLICT, reason

    plan = Plan()
    Planner(Options(dry_run=True), Names(), conflict).decide(item, row, plan)
    if plan.foretold:
        preview.outcome = Outcome.NEW
    elif plan.updated:
        preview.outcome = Outcome.CHANGED
    elif plan.settled:
        preview.outcome = Outcome.SAME

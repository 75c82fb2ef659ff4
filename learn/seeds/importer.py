"""Seed files -> rows: idempotent, keyed by url, some hundred files to a transaction.

A batch is read, parsed and rendered outside its transaction; inside, each file is compared with
its row (learn.seeds.plan) and written or kept (learn.seeds.writer). What is to be done over the
whole content afterwards is noted in the batch's transaction (learn.pending), so that an
interrupted import leaves nothing behind that the next one would not finish.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from django.db import DataError, IntegrityError, transaction

from learn.bulk import rows_where, widen_cache, without_query_log
from learn.frontmatter import FrontMatterError
from learn.models import Question
from learn.models.path import QuestionPath
from learn.pending import Extent, finish_steps, note_steps, take_turns
from learn.publishing import republish_pruned
from learn.redirects import Move, find_former, find_questions, record_moves
from learn.rendering import render
from learn.seeds.ahead import Ahead, outcome_of
from learn.seeds.names import Names
from learn.seeds.options import Options
from learn.seeds.plan import Plan, Planner, Prepared
from learn.seeds.pruning import PruneRefused, prune_missing
from learn.seeds.reading import seed_hash
from learn.seeds.report import Report
from learn.seeds.sources import SourceFile, tail_of
from learn.seeds.writer import write_plan
from learn.tagging import TagWriter

# Files in one transaction, during which nobody else can write to SQLite.
BATCH = 900
# In a site that was empty nobody has anything to write yet; each commit writes most pages of the
# indexes once more.
LARGE_BATCH = 2_700


class KnownFile(NamedTuple):
    """The row that was taken from a file with just these bytes."""

    pk: int
    status: str
    is_pruned: bool


def load_seeds(
    files: Iterable[SourceFile],
    options: Options | None = None,
    *,
    moves: Iterable[Move | tuple[int, str]] = (),
    progress: Callable[[int], None] = lambda files: None,
) -> Report:
    """Load seed files and, after them, a list of moves.

    Effects, in order: rows with tags and related articles, batch by batch; pages missing from
    `files` unpublished (with `prune`); redirects from `moves`; references resolved and canonical
    pages chosen, also where an earlier load was interrupted before that. `progress` is told the
    number of files of each batch. Where pruning is refused, the report's `prune_refused` says
    why; everything else is done.
    """
    report = Report()
    loader = _Loader(options or Options(), report)
    with report.timed("total"), without_query_log(), without_garbage_collection():
        widen_cache()
        with Ahead(loader.options.jobs - 1, is_rendered=not loader.options.dry_run) as ahead:
            loader.load(files, ahead, progress)
        if loader.options.prune:
            loader.prune()
        if not loader.options.dry_run:
            with report.timed("index"):
                moved = record_moves(moves)
                if moved.written:
                    note_steps()
                finish_steps(loader.extent)
            report.moved = moved.moved
            for line, reason in moved.warnings:
                report.warn(f"moves, line {line}", "move", reason)
        report.copies += Question.objects.filter(canonical__isnull=False).count()
    return report


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Leave what the block makes to reference counting.

    Seeds and rows hold no cycles; looking for some in them took a fourteenth of a cold load.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Loader:
    """One run: options, report, and what is remembered from batch to batch."""

    def __init__(self, options: Options, report: Report) -> None:
        self.options = options
        self.report = report
        self.names = Names()
        self.planner = Planner(options, self.names, self.report_conflict)
        self.tags = TagWriter()
        self.extent = Extent()
        # What has been met, a few bytes for each of however many files: hashes of the paths of
        # files that were not known, and the ids of rows that have a file.
        self.paths: set[int] = set()
        self.rows: set[int] = set()
        # Whether every folder and archive could be read to its end.
        self.is_complete = True
        # In a dry run: contents of new files, to foretell the copies.
        self.contents: set[int] = set()
        self.was_empty = not Question.objects.exists()

    def load(
        self, files: Iterable[SourceFile], ahead: Ahead, progress: Callable[[int], None]
    ) -> None:
        batches = self.batches(files)
        batch = next(batches, None)
        while batch is not None:
            changed = self.leave_unchanged(self.leave_unreadable(batch))
            ahead.start(len(changed))
            prepared = self.prepare(changed, ahead)
            following = next(batches, None)
            ahead.give(following or ())
            self.take(prepared)
            progress(len(batch))
            batch = following

    def batches(self, files: Iterable[SourceFile]) -> Iterator[list[SourceFile]]:
        source = iter(files)
        left = self.options.limit
        # The first is small in any case: helpers begin with the second.
        most = BATCH
        while left is None or left > 0:
            with self.report.timed("read"):
                size = most if left is None else min(most, left)
                batch = list(islice(source, size))
            if not batch:
                return
            self.report.files += len(batch)
            left = None if left is None else left - len(batch)
            yield batch
            most = LARGE_BATCH if self.was_empty else BATCH

    def take(self, prepared: list[Prepared]) -> None:
        if self.options.dry_run:
            self.foretell(prepared)
        elif prepared:
            self.write(prepared)

    # --- before the transaction

    def leave_unreadable(self, batch: list[SourceFile]) -> Iterator[SourceFile]:
        for file in batch:
            if file.refusal:
                self.refuse(file, None, file.refusal)
            else:
                self.report.read += 1
                yield file

    def refuse(self, file: SourceFile, line: int | None, reason: str) -> None:
        self.report.refuse(file.path, line, reason)
        if tail := tail_of(file.path):
            # A page whose file is damaged is not missing.
            self.paths.add(hash(tail))
        else:
            self.is_complete = False

    def leave_unchanged(self, files: Iterable[SourceFile]) -> list[tuple[SourceFile, str]]:
        """The files, with their hashes, that were not taken before just as they are."""
        with self.report.timed("read"):
            hashed = [(file, seed_hash(file.data)) for file in files]
            known = self.known_files([digest for _, digest in hashed])
        changed, pruned = [], []
        for file, digest in hashed:
            row = known.get(digest)
            if row is None:
                changed.append((file, digest))
                continue
            self.rows.add(row.pk)
            if row.status == Question.Status.TRASHED:
                path = Question.objects.select_related("subject").get(pk=row.pk).path
                self.report.conflict(file.path, str(path), "the question is in the trash")
                continue
            self.report.unchanged += 1
            if row.is_pruned:
                pruned.append(row.pk)
        if pruned and not self.options.dry_run:
            with transaction.atomic():
                take_turns()
                republish_pruned(pruned)
                note_steps()
        return changed

    def known_files(self, digests: list[str]) -> dict[str, KnownFile]:
        """The rows that were taken from files with these hashes; a live one before the trash."""
        known: dict[str, KnownFile] = {}
        # Of one index, for it alone to answer.
        columns = ("seed_hash", "id", "status", "pruned_at")
        for digest, pk, status, pruned_at in rows_where(Question, "seed_hash", digests, columns):
            if digest not in known or status != Question.Status.TRASHED:
                known[digest] = KnownFile(pk, status, pruned_at is not None)
        return known

    def prepare(self, files: Iterable[tuple[SourceFile, str]], ahead: Ahead) -> list[Prepared]:
        prepared = []
        with self.report.timed("parse"):
            outcomes = ahead.take()
            for file, digest in files:
                outcome = outcomes.get(id(file))
                try:
                    seed, warnings, rendered = outcome or outcome_of(file.data, is_rendered=False)
                except FrontMatterError as error:
                    self.refuse(file, error.line, error.reason)
                    continue
                key = hash(seed.path)
                if key in self.paths:
                    self.refuse(file, None, f"another file of this load has the url {seed.path}")
                    continue
                self.paths.add(key)
                prepared.append(Prepared(file, digest, seed, rendered))
                for warning in warnings:
                    self.report.warn(file.path, warning.code, warning.detail)
        if not self.options.dry_run:
            with self.report.timed("render"):
                for item in prepared:
                    self.render(item)
        return prepared

    def render(self, item: Prepared) -> None:
        item.rendered = item.rendered or render(item.seed.answer)
        for formula in item.rendered.failed:
            self.report.warn(
                item.file.path, "formula", f"cannot be set; its source is shown: {formula}"
            )

    def decide(self, item: Prepared, row: Question | None, plan: Plan) -> None:
        """Let the planner decide, unless an earlier file of this load belongs to the row."""
        if row is None:
            self.planner.decide(item, row, plan)
        elif row.pk in self.rows or row.pk in plan.rows:
            plan.doubled.append((item, row))
        else:
            plan.rows.add(row.pk)
            self.planner.decide(item, row, plan)

    # --- a dry run

    def foretell(self, prepared: list[Prepared]) -> None:
        rows = find_rows(prepared)
        plan = Plan()
        with self.report.timed("write"):
            for item in prepared:
                self.decide(item, rows.get(item.seed.path), plan)
                content = hash((item.seed.question, item.seed.answer))
                self.report.copies += content in self.contents
                self.contents.add(content)
        self.count(plan)

    # --- the transaction

    def write(self, prepared: list[Prepared]) -> None:
        """Write a batch; where the database refuses a row, the batch file by file."""
        with self.report.timed("write"):
            self.learn_names(prepared)
            try:
                plan = self.write_in_transaction(prepared)
            except (IntegrityError, DataError) as error:
                self.tags = TagWriter()
                if len(prepared) == 1:
                    reason = str(error).partition("\n")[0]
                    self.refuse(prepared[0].file, None, f"the database refused it: {reason}")
                    return
                plan = None
        if plan is not None:
            self.count(plan)
            return
        for item in prepared:
            self.write([item])

    def learn_names(self, prepared: list[Prepared]) -> None:
        made = self.names.learn(item.seed for item in prepared)
        for slug, seed in made.items():
            file = next(item.file for item in prepared if item.seed is seed)
            title = self.names.subjects[slug].title
            self.report.warn(
                file.path, "subject", f"the subject {slug} is new; it is listed as “{title}”"
            )

    def write_in_transaction(self, prepared: list[Prepared]) -> Plan:
        plan = Plan()
        conflicts = len(self.report.conflicts)
        try:
            with transaction.atomic():
                take_turns()
                rows = find_rows(prepared)
                for item in prepared:
                    self.decide(item, rows.get(item.seed.path), plan)
                if plan:
                    self.extent.is_whole |= bool(plan.created)
                    self.extent.add((question.pk for question, _ in plan.updated), plan.hashes)
                    write_plan(plan, self.tags)
                    note_steps(self.extent)
        except Exception:
            # They would be reported again when the files are tried one by one.
            del self.report.conflicts[conflicts:]
            raise
        return plan

    def report_conflict(self, item: Prepared, row: Question, reason: str) -> None:
        self.report.conflict(item.file.path, str(row.path), reason)

    def count(self, plan: Plan) -> None:
        self.report.created += len(plan.created) + plan.foretold
        self.report.updated += len(plan.updated) + len(plan.settled)
        self.rows |= plan.rows
        for item, row in plan.doubled:
            reason = f"another file of this load belongs to the same question, {row.path}"
            self.refuse(item.file, None, reason)

    # --- after the batches

    def prune(self) -> None:
        try:
            if not self.is_complete:
                raise PruneRefused(
                    "A folder or an archive could not be read whole, so nobody knows what is "
                    "missing; nothing was unpublished. Mend what was refused and load again."
                )
            self.report.pruned = prune_missing(
                lambda row: row.pk in self.rows or hash(row.path) in self.paths,
                force=self.options.force,
                dry_run=self.options.dry_run,
            )
        except PruneRefused as error:
            self.report.prune_refused = str(error)


def find_rows(prepared: list[Prepared]) -> dict[QuestionPath, Question]:
    """The row that each file belongs to: at its url, renamed from there, or in the trash."""
    paths = [item.seed.path for item in prepared]
    ids = find_questions(paths)
    ids |= find_former([path for path in paths if path not in ids])
    rows = (
        Question.objects.filter(pk__in=ids.values())
        .locked()
        .order_by("pk")
        .select_related("subject", "author")
        .prefetch_related("related_questions")
        .in_bulk()
        if ids
        else {}
    )
    return {path: rows[pk] for path, pk in ids.items() if pk in rows}

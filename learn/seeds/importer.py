"""Seed files -> rows: idempotent, keyed by url, some hundred files to a transaction.

A batch is read, parsed and rendered outside its transaction; inside, each file is compared with
its row and written or kept. What is to be done over the whole content afterwards is noted in
the batch's transaction (learn.pending), so that an interrupted import leaves nothing behind
that the next one would not finish.
"""

import datetime
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import NamedTuple

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from learn.bulk import (
    chunked,
    insert_objects,
    insert_rows,
    last_id,
    new_ids,
    rows_where,
    update_objects,
    without_query_log,
)
from learn.frontmatter import FrontMatterError
from learn.models import Author, Question, RelatedQuestion, Subject
from learn.models.path import QuestionPath
from learn.models.question import CONTENT_FIELDS
from learn.models.subject import SUBJECT_TITLE_MAX_LENGTH
from learn.pending import finish_steps, note_steps
from learn.publishing import prune, record_revision, republish_pruned
from learn.redirects import Move, find_former, find_questions, record_moves
from learn.rendering import Rendered, render
from learn.seeds.exporter import seed_bytes, seed_of
from learn.seeds.reading import SeedWarning, read_seed, seed_hash
from learn.seeds.report import Report
from learn.seeds.seed import Seed
from learn.seeds.sources import SourceFile, tail_of
from learn.tagging import TagWriter

BATCH = 900
# Refuse to unpublish more than this share of the imported pages without being forced to.
PRUNE_LIMIT = 0.05
# Any constant does; importers on one PostgreSQL take turns by it.
ADVISORY_LOCK = 7_160_331
SMALL_WORDS = {"and", "or", "of", "the"}


class Side(Enum):
    """Which side wins where both the file and the row have changed."""

    # The row's, and the conflict is reported each time.
    DATABASE = "database"
    # The row's, and the file counts as settled.
    OURS = "ours"
    # The file's; the row's content is kept as a revision.
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Options:
    """How to load; see `manage.py loadseeds --help`."""

    dry_run: bool = False
    side: Side = Side.DATABASE
    prune: bool = False
    force: bool = False
    limit: int | None = None
    origin: str | None = None


class PruneRefused(Exception):
    """So much is missing from PATH that unpublishing it needs --force."""


class KnownFile(NamedTuple):
    """The row that was taken from a file with just these bytes."""

    pk: int
    path: QuestionPath
    status: str
    is_pruned: bool


@dataclass(slots=True)
class Prepared:
    """A file that parsed, with what can be made of it before its row is known."""

    file: SourceFile
    digest: str
    seed: Seed
    warnings: list[SeedWarning]
    rendered: Rendered | None = None


@dataclass(slots=True)
class Plan:
    """What a batch is going to write."""

    created: list[tuple[Question, Seed]] = field(default_factory=list)
    # In a dry run: how many would be created.
    foretold: int = 0
    updated: list[tuple[Question, Seed]] = field(default_factory=list)
    # The file says what the row says: only the layout and the hash are taken.
    settled: list[Question] = field(default_factory=list)
    # The row as it was, before --theirs overwrites it.
    replaced: list[Question] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.settled)


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
    with report.timed("total"), without_query_log():
        loader.load(files, progress)
        if loader.options.prune:
            try:
                loader.prune_missing()
            except PruneRefused as error:
                report.prune_refused = str(error)
        if not loader.options.dry_run:
            with report.timed("index"):
                moved = record_moves(moves)
                if moved.written:
                    note_steps()
                finish_steps()
            report.moved = moved.moved
            for line, reason in moved.warnings:
                report.warn(f"moves, line {line}", "move", reason)
        report.copies += Question.objects.filter(canonical__isnull=False).count()
    return report


class _Loader:
    """One run: options, report, and what is remembered from batch to batch."""

    def __init__(self, options: Options, report: Report) -> None:
        self.options = options
        self.report = report
        self.subjects: dict[str, Subject] = {}
        self.authors: dict[str, Author] = {}
        self.tags = TagWriter()
        # Hashes of the paths met: a few bytes for each of however many files.
        self.seen: set[int] = set()
        # Whether every folder and archive could be read to its end.
        self.is_complete = True
        self.now = timezone.now()
        # A new published question's columns in their order: given so, an instance is made in a
        # third of the time that defaults and keyword arguments take.
        blank = Question(status=Question.Status.PUBLISHED, created_at=self.now)
        self.blank = [getattr(blank, column.attname) for column in Question._meta.concrete_fields]
        # In a dry run: contents of new files, to foretell the copies.
        self.contents: set[int] = set()

    def load(self, files: Iterable[SourceFile], progress: Callable[[int], None]) -> None:
        source = iter(files)
        left = self.options.limit
        while left is None or left > 0:
            with self.report.timed("read"):
                size = BATCH if left is None else min(BATCH, left)
                batch = list(islice(source, size))
            if not batch:
                return
            self.report.files += len(batch)
            left = None if left is None else left - len(batch)
            self.take_batch(batch)
            progress(len(batch))

    def take_batch(self, batch: list[SourceFile]) -> None:
        prepared = self.prepare(self.leave_unchanged(self.leave_unreadable(batch)))
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
            self.seen.add(hash(tail))
        else:
            self.is_complete = False

    def leave_unchanged(self, files: Iterable[SourceFile]) -> Iterator[tuple[SourceFile, str]]:
        """The files, with their hashes, that were not taken before just as they are."""
        with self.report.timed("read"):
            hashed = [(file, seed_hash(file.data)) for file in files]
            known = self.known_files([digest for _, digest in hashed])
        pruned = []
        for file, digest in hashed:
            row = known.get(digest)
            if row is None:
                yield file, digest
                continue
            self.seen.add(hash(row.path))
            if row.status == Question.Status.TRASHED:
                self.report.conflict(file.path, str(row.path), "the question is in the trash")
                continue
            self.report.unchanged += 1
            if row.is_pruned:
                pruned.append(row.pk)
        if pruned and not self.options.dry_run:
            with transaction.atomic():
                republish_pruned(pruned)
                note_steps()

    def known_files(self, digests: list[str]) -> dict[str, KnownFile]:
        """The rows that were taken from files with these hashes; a live one before the trash."""
        known: dict[str, KnownFile] = {}
        slugs = dict(Subject.objects.values_list("id", "slug"))
        columns = ("seed_hash", "id", "subject_id", "slug", "status", "pruned_at")
        rows = rows_where(Question, "seed_hash", digests, columns)
        for digest, pk, subject, slug, status, pruned_at in rows:
            if digest not in known or status != Question.Status.TRASHED:
                path = QuestionPath(slugs[subject], slug)
                known[digest] = KnownFile(pk, path, status, pruned_at is not None)
        return known

    def prepare(self, files: Iterable[tuple[SourceFile, str]]) -> list[Prepared]:
        prepared = []
        with self.report.timed("parse"):
            for file, digest in files:
                try:
                    seed, warnings = read_seed(file.data)
                except FrontMatterError as error:
                    self.refuse(file, error.line, error.reason)
                    continue
                if hash(seed.path) in self.seen:
                    self.refuse(file, None, f"another file of this load has the url {seed.path}")
                    continue
                self.seen.add(hash(seed.path))
                prepared.append(Prepared(file, digest, seed, warnings))
        if not self.options.dry_run:
            with self.report.timed("render"):
                for item in prepared:
                    item.rendered = render(item.seed.answer)
        return prepared

    # --- a dry run

    def foretell(self, prepared: list[Prepared]) -> None:
        rows = self.find_rows(prepared)
        plan = Plan()
        with self.report.timed("write"):
            for item in prepared:
                self.decide(item, rows.get(item.seed.path), plan)
                content = hash((item.seed.question, item.seed.answer))
                self.report.copies += content in self.contents
                self.contents.add(content)
        self.count(prepared, plan)

    # --- the transaction

    def write(self, prepared: list[Prepared]) -> None:
        """Write a batch; where the database refuses a row, the batch file by file."""
        with self.report.timed("write"):
            self.ensure_subjects_and_authors(prepared)
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
            self.count(prepared, plan)
            return
        for item in prepared:
            self.write([item])

    def write_in_transaction(self, prepared: list[Prepared]) -> Plan:
        plan = Plan()
        conflicts = len(self.report.conflicts)
        try:
            with transaction.atomic():
                take_turns()
                rows = self.find_rows(prepared)
                for item in prepared:
                    self.decide(item, rows.get(item.seed.path), plan)
                if plan:
                    self.write_plan(plan)
                    note_steps()
        except Exception:
            # They would be reported again when the files are tried one by one.
            del self.report.conflicts[conflicts:]
            raise
        return plan

    def find_rows(self, prepared: list[Prepared]) -> dict[QuestionPath, Question]:
        """The row that each file belongs to: at its url, renamed from there, or in the trash."""
        paths = [item.seed.path for item in prepared]
        ids = find_questions(paths)
        ids |= find_former([path for path in paths if path not in ids])
        rows = (
            Question.objects.filter(pk__in=ids.values())
            .select_for_update(of=("self",))
            .select_related("subject", "author")
            .prefetch_related("related_questions")
            .in_bulk()
            if ids
            else {}
        )
        return {path: rows[pk] for path, pk in ids.items() if pk in rows}

    def decide(self, item: Prepared, row: Question | None, plan: Plan) -> None:
        """Put the file's row into the plan, or report why it stays as it is."""
        if row is None:
            if self.options.dry_run:
                plan.foretold += 1
            else:
                plan.created.append((self.new_question(item), item.seed))
            return
        if row.status == Question.Status.TRASHED:
            self.conflict(item, row, "the question is in the trash")
            return
        in_database = seed_of(row)
        if seed_hash(seed_bytes(in_database)) == row.seed_hash:
            self.update(item, row, plan)
        elif in_database == item.seed:
            self.settle(item, row, plan)
        elif self.options.side is Side.THEIRS:
            plan.replaced.append(row)
            self.update(item, row, plan)
        elif self.options.side is Side.OURS:
            row.seed_hash = item.digest
            plan.settled.append(row)
        else:
            self.conflict(
                item,
                row,
                "changed both in the file and in the database; the database's version was kept "
                "(--ours settles that, --theirs takes the file's)",
            )

    def conflict(self, item: Prepared, row: Question, reason: str) -> None:
        self.report.conflict(item.file.path, str(row.path), reason)

    def update(self, item: Prepared, row: Question, plan: Plan) -> None:
        if seed_of(row) == item.seed:
            self.settle(item, row, plan)
            return
        if row.publish_at == midnight(row.date):
            row.publish_at = midnight(item.seed.date)
        self.take(item, row)
        row.version += 1
        plan.updated.append((row, item.seed))

    def settle(self, item: Prepared, row: Question, plan: Plan) -> None:
        self.take_layout(item, row)
        plan.settled.append(row)

    def new_question(self, item: Prepared) -> Question:
        moment = midnight(item.seed.date)
        question = Question(*self.blank)  # type: ignore[misc]
        question.slug, question.publish_at = item.seed.path.slug, moment
        question.subject = self.subjects[item.seed.path.subject]
        self.take(item, question)
        return question

    def take(self, item: Prepared, question: Question) -> None:
        """Set a row's columns to what the file says."""
        seed = item.seed
        for name in CONTENT_FIELDS:
            setattr(question, name, getattr(seed, name))
        question.subject_label = seed.subject
        if not self.options.dry_run:
            question.author = self.authors[seed.author]
            question.derive(item.rendered)
        if self.options.origin is not None:
            question.origin = self.options.origin
        if question.pruned_at is not None:
            question.pruned_at = None
            question.status = Question.Status.PUBLISHED
        question.updated_at = self.now
        self.take_layout(item, question)

    def take_layout(self, item: Prepared, question: Question) -> None:
        layout = item.seed.layout
        question.folded_title = layout.folded_title
        question.answer_wrapped = layout.answer_wrapped
        question.extra_front_matter = layout.extra
        question.seed_source = zlib.compress(layout.source) if layout.source else None
        question.seed_hash = item.digest

    def write_plan(self, plan: Plan) -> None:
        for question in plan.replaced:
            record_revision(
                Question.objects.get(pk=question.pk), reason="before the seed file was taken"
            )
        before = last_id(Question)
        insert_objects(Question, [question for question, _ in plan.created])
        ids = new_ids(Question, "uid", before) if plan.created else {}
        for question, _ in plan.created:
            question.pk = ids[question.uid]
        update_objects(Question, [question for question, _ in plan.updated] + plan.settled)
        self.tags.write({q.pk: q.seo_keywords for q, _ in plan.created}, are_new=True)
        self.tags.write({q.pk: q.seo_keywords for q, _ in plan.updated})
        for chunk in chunked(question.pk for question, _ in plan.updated):
            RelatedQuestion.objects.filter(question__in=chunk).delete()
        write_related([*plan.created, *plan.updated])

    def ensure_subjects_and_authors(self, prepared: list[Prepared]) -> None:
        """Know the subjects and authors of a batch; make those that do not exist."""
        for item in prepared:
            slug, name = item.seed.path.subject, item.seed.author
            if slug not in self.subjects:
                self.subjects[slug], created = Subject.objects.get_or_create(
                    slug=slug, defaults={"title": subject_title(slug)}
                )
                if created:
                    self.report.warn(
                        item.file.path,
                        "subject",
                        f"the subject {slug} is new; it is listed as “{subject_title(slug)}”",
                    )
            if name not in self.authors:
                self.authors[name], _ = Author.objects.get_or_create(name=name)

    def count(self, prepared: list[Prepared], plan: Plan) -> None:
        self.report.created += len(plan.created) + plan.foretold
        self.report.updated += len(plan.updated) + len(plan.settled)
        for item in prepared:
            for warning in item.warnings:
                self.report.warn(item.file.path, warning.code, warning.detail)
            for formula in item.rendered.failed if item.rendered else ():
                self.report.warn(
                    item.file.path, "formula", f"cannot be set; its source is shown: {formula}"
                )

    # --- after the batches

    def prune_missing(self) -> None:
        """Unpublish imported pages whose files were not among those loaded."""
        if not self.is_complete:
            raise PruneRefused(
                "A folder or an archive could not be read whole, so nobody knows what is missing; "
                "nothing was unpublished. Mend what was refused and load again."
            )
        imported = Question.objects.published().exclude(seed_hash="").select_related("subject")
        missing = [
            row.pk
            for row in imported.only("slug", "subject__slug").iterator()
            if hash(row.path) not in self.seen
        ]
        allowed = int(imported.count() * PRUNE_LIMIT)
        if len(missing) > allowed and not self.options.force:
            raise PruneRefused(
                f"{len(missing):,} pages are missing from the files, more than 5 % "
                f"({allowed:,}); nothing was unpublished. Check the path, or add --force."
            )
        self.report.pruned = len(missing)
        if missing and not self.options.dry_run:
            with transaction.atomic():
                prune(missing)
                note_steps()


def midnight(date: datetime.date) -> datetime.datetime:
    """When an imported question counts as published: its date at 00:00 UTC."""
    return datetime.datetime.combine(date, datetime.time(), tzinfo=datetime.UTC)


def subject_title(slug: str) -> str:
    """The title of a subject of which nothing is known but its folder: Title Case."""
    title = " ".join(
        word if word in SMALL_WORDS and position else word.capitalize()
        for position, word in enumerate(slug.split("-"))
    )
    return title.strip()[:SUBJECT_TITLE_MAX_LENGTH] or slug


def take_turns() -> None:
    """Wait, inside a transaction, for other importers' batches.

    SQLite's immediate transactions take turns of themselves.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])


def write_related(questions: Iterable[tuple[Question, Seed]]) -> None:
    """Insert the related articles as written; resolve_related finds what they mean."""
    insert_rows(
        RelatedQuestion,
        ("question_id", "position", "seed_id", "title", "subject", "url"),
        (
            (question.pk, position, item.seed_id, item.title, item.subject, item.url)
            for question, seed in questions
            for position, item in enumerate(seed.related, start=1)
        ),
    )

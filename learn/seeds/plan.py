"""Between a file and its row: what an import is going to do about them."""

import datetime
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter

from django.utils import timezone

from learn.bulk import instance_of
from learn.models import Question
from learn.models.path import first_uid
from learn.models.question_queries import CONTENT_FIELDS
from learn.rendering import Rendered
from learn.seeds.exporter import seed_bytes, seed_of
from learn.seeds.names import Names
from learn.seeds.options import Options, Side
from learn.seeds.reading import seed_hash
from learn.seeds.seed import Seed
from learn.seeds.sources import SourceFile

content_of = attrgetter(*CONTENT_FIELDS)


@dataclass(slots=True)
class Prepared:
    """A file that parsed, with what can be made of it before its row is known."""

    file: SourceFile
    digest: str
    seed: Seed
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
    # The contents that the updated rows had and have.
    hashes: set[str] = field(default_factory=set)
    # The row as it was, before --theirs overwrites it.
    replaced: list[Question] = field(default_factory=list)
    # Files whose row another file of the load has already, with that row.
    doubled: list[tuple[Prepared, Question]] = field(default_factory=list)
    # The ids of the rows that have a file here.
    rows: set[int] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.created or self.updated or self.settled)


class Planner:
    """Decides about one file after the other; `report_conflict` is told of those that are left.

    `names` must know the subjects and authors of the files, except in a dry run.
    """

    def __init__(
        self,
        options: Options,
        names: Names,
        report_conflict: Callable[[Prepared, Question, str], None],
    ) -> None:
        self.options = options
        self.names = names
        self.report_conflict = report_conflict
        self.now = timezone.now()
        blank = Question(status=Question.Status.PUBLISHED, created_at=self.now)
        if options.origin is not None:
            blank.origin = options.origin
        self.blank = {
            column.attname: getattr(blank, column.attname)
            for column in Question._meta.concrete_fields
        }

    def decide(self, item: Prepared, row: Question | None, plan: Plan) -> None:
        """Put the file's row into the plan, or report why it stays as it is."""
        if row is None:
            if self.options.dry_run:
                plan.foretold += 1
            else:
                plan.created.append((self.new_question(item), item.seed))
            return
        if row.status == Question.Status.TRASHED:
            self.report_conflict(item, row, "the question is in the trash")
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
            self.report_conflict(
                item,
                row,
                "changed both in the file and in the database; the database's version was kept "
                "(--ours settles that, --theirs takes the file's)",
            )

    def update(self, item: Prepared, row: Question, plan: Plan) -> None:
        if seed_of(row) == item.seed:
            self.settle(item, row, plan)
            return
        if row.publish_at == midnight(row.date):
            row.publish_at = midnight(item.seed.date)
        for name, value in self.columns(item).items():
            setattr(row, name, value)
        if self.options.origin is not None:
            row.origin = self.options.origin
        if row.pruned_at is not None:
            row.pruned_at = None
            row.status = Question.Status.PUBLISHED
        row.version += 1
        if not self.options.dry_run:
            row.author = self.names.authors[item.seed.author]
            plan.hashes.add(row.content_hash)
            row.derive(item.rendered)
            plan.hashes.add(row.content_hash)
        plan.updated.append((row, item.seed))

    def settle(self, item: Prepared, row: Question, plan: Plan) -> None:
        for name, value in layout_columns(item).items():
            setattr(row, name, value)
        plan.settled.append(row)

    def new_question(self, item: Prepared) -> Question:
        path = item.seed.path
        question = instance_of(
            Question,
            {
                **self.blank,
                **self.columns(item),
                "subject_id": self.names.subjects[path.subject].pk,
                "author_id": self.names.authors[item.seed.author].pk,
                "slug": path.slug,
                "uid": first_uid(path),
                "publish_at": midnight(item.seed.date),
            },
        )
        question.derive(item.rendered)
        return question

    def columns(self, item: Prepared) -> dict[str, object]:
        """The row's columns that say what the file says."""
        return {
            **dict(zip(CONTENT_FIELDS, content_of(item.seed), strict=True)),
            **layout_columns(item),
            "subject_label": item.seed.subject,
            "updated_at": self.now,
        }


def layout_columns(item: Prepared) -> dict[str, object]:
    """The row's columns that say how the file is written."""
    layout = item.seed.layout
    return {
        "folded_title": layout.folded_title,
        "answer_wrapped": layout.answer_wrapped,
        "extra_front_matter": layout.extra,
        "seed_source": zlib.compress(layout.source) if layout.source else None,
        "seed_hash": item.digest,
    }


# Thousands of files share a few hundred dates.
@lru_cache(maxsize=2_000)
def midnight(date: datetime.date) -> datetime.datetime:
    """When an imported question counts as published: its date at 00:00 UTC."""
    return datetime.datetime.combine(date, datetime.time(), tzinfo=datetime.UTC)

"""Old addresses: which question answers for them, in one hop."""

import csv
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from learn.bulk import rows_where, stored_as
from learn.models import Question, Redirect, Subject
from learn.models.path import QuestionPath, first_uid, parse_path
from learn.models.question_queries import LONG_FIELDS


def find_questions(paths: Iterable[QuestionPath]) -> dict[QuestionPath, int]:
    """The ids of the questions at these addresses, the trash left out."""
    wanted = set(paths)
    subjects = dict(Subject.objects.values_list("id", "slug"))
    found = {}
    slugs = sorted({path.slug for path in wanted})
    columns = ("subject_id", "slug", "id", "status")
    for subject, slug, question_id, status in rows_where(Question, "slug", slugs, columns):
        path = QuestionPath(subjects[subject], slug)
        if path in wanted and status != Question.Status.TRASHED:
            found[path] = question_id
    return found


def find_former(paths: Sequence[QuestionPath]) -> dict[QuestionPath, int]:
    """The ids of the questions that once had these addresses of their own, the trash included.

    A question is known by its first address for ever (its uid), and by those that it had until
    it was renamed at the desk. The list of moves does not count: it names pages, not files.
    """
    uid_of = stored_as(Question, "uid")
    by_uid = {uid_of(first_uid(path)): path for path in paths}
    rows = rows_where(Question, "uid", by_uid, ("uid", "id"))
    found = {by_uid[uid]: question_id for uid, question_id in rows}
    by_text = {str(path): path for path in paths}
    columns = ("old_path", "question_id", "origin")
    for old_path, question_id, origin in rows_where(Redirect, "old_path", by_text, columns):
        if origin == Redirect.Origin.DESK:
            found.setdefault(by_text[old_path], question_id)
    return found


def find_recorded(path: QuestionPath) -> Question | None:
    """The question, in whatever state, to which a redirect from this address is recorded."""
    redirect = (
        Redirect.objects.filter(old_path=str(path))
        .select_related("question__subject", "question__canonical__subject")
        .defer(*(f"question__{field}" for field in LONG_FIELDS))
        .defer(*(f"question__canonical__{field}" for field in LONG_FIELDS))
        .first()
    )
    return redirect.question if redirect else None


def find_by_slug(slug: str) -> Question | None:
    """The one canonical page with this slug, under whatever subject; None if there are more."""
    pages = Question.objects.published().filter(slug=slug, canonical=None).for_list()[:2]
    return pages[0] if len(pages) == 1 else None


def record_move(old: QuestionPath, question: Question) -> None:
    """Remember that `question`, renamed at the desk, answered at `old` while it was public."""
    Redirect.objects.update_or_create(
        old_path=str(old),
        defaults={"question": question, "origin": Redirect.Origin.DESK},
    )


# --- hits

# Hits that could not be written yet, because somebody else was writing.
_waiting: Counter[str] = Counter()
_lock = threading.Lock()


def count_hit(path: QuestionPath) -> None:
    """Count a visitor whom the redirect from this address sent on.

    Readers never wait for whoever writes, an import for example: what cannot be written at once
    is written with the next hit in this process, and at worst is lost with the process.
    """
    with _lock:
        _waiting[str(path)] += 1
        hits = Counter(_waiting)
        _waiting.clear()
    try:
        with _without_waiting():
            for old_path, number in sorted(hits.items()):
                Redirect.objects.filter(old_path=old_path).update(
                    hits=F("hits") + number, last_hit_at=timezone.now()
                )
    except OperationalError:
        with _lock:
            _waiting.update(hits)


@contextmanager
def _without_waiting() -> Iterator[None]:
    """A transaction in which OperationalError is raised instead of waiting for a lock."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
            cursor.execute("PRAGMA busy_timeout = 0")
            try:
                with transaction.atomic():
                    yield
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {int(before)}")
        else:
            with transaction.atomic():
                cursor.execute("SET LOCAL lock_timeout = '20ms'")
                yield


# --- the list of moves (moved.csv)


@dataclass(slots=True)
class MoveReport:
    """`moved`: old addresses that redirect now; `written`: redirects that were made or changed.
    `warnings`: (line of the list, reason)."""

    moved: int = 0
    written: int = 0
    warnings: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Move:
    line: int
    old: QuestionPath
    new: QuestionPath


class MoveListError(ValueError):
    """The list of moves is not one."""


def read_moves(lines: Iterable[str]) -> Iterator[Move | tuple[int, str]]:
    """The moves of a CSV file with the header old_path,new_path; (line, reason) for odd rows."""
    rows = csv.reader(lines)
    if [cell.strip().lstrip("\ufeff") for cell in next(rows, [])] != ["old_path", "new_path"]:
        raise MoveListError("the first line must be “old_path,new_path”")
    for row in rows:
        if not row:
            continue
        paths = [parse_path(cell.strip()) for cell in row]
        if len(paths) != 2 or None in paths:
            yield rows.line_num, "expected two addresses /learn/<subject>/questions/<slug>"
        else:
            yield Move(rows.line_num, *paths)  # type: ignore[arg-type]


def record_moves(rows: Iterable[Move | tuple[int, str]]) -> MoveReport:
    """Turn a list of moves into redirects, in one transaction; safe to repeat.

    Of several targets the last one listed that exists counts; chains are followed to a page
    that exists; loops lead to whichever of their pages exists. Redirects made at the desk are
    left alone. A redirect from a live page is kept, and waits until that page goes.
    """
    report = MoveReport()
    targets: dict[QuestionPath, list[Move]] = {}
    for row in rows:
        if isinstance(row, Move):
            targets.setdefault(row.old, []).append(row)
        else:
            report.warnings.append(row)
    if not targets:
        return report
    known = find_questions({*targets, *(move.new for moves in targets.values() for move in moves)})
    with transaction.atomic():
        recorded = {
            path: (question_id, origin)
            for path, question_id, origin in Redirect.objects.values_list(
                "old_path", "question_id", "origin"
            )
        }
        redirects = []
        for old, moves in targets.items():
            question_id = _final_target(old, targets, known)
            if question_id is None:
                report.warnings.append((moves[-1].line, f"nothing answers at {moves[-1].new}"))
                continue
            question, origin = recorded.get(str(old), (None, Redirect.Origin.MOVED))
            report.moved += old not in known
            if question != question_id and origin == Redirect.Origin.MOVED:
                redirects.append(
                    Redirect(old_path=str(old), question_id=question_id, origin=origin)
                )
        report.written = len(redirects)
        Redirect.objects.bulk_create(
            redirects,
            update_conflicts=True,
            unique_fields=["old_path"],
            update_fields=["question", "origin"],
        )
    return report


def _final_target(
    old: QuestionPath,
    targets: Mapping[QuestionPath, list[Move]],
    known: Mapping[QuestionPath, int],
) -> int | None:
    """The question at the end of the chain of moves that begins at `old`."""
    seen, waiting = {old}, [move.new for move in targets[old]]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        if path in known:
            return known[path]
        seen.add(path)
        waiting += [move.new for move in targets.get(path, ())]
    return None

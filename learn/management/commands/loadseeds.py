import csv
import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError

from learn.desk.charts import refresh
from learn.models import Question
from learn.monitoring.results import note_result
from learn.redirects import MoveListError, read_moves
from learn.seeds.importer import load_seeds
from learn.seeds.options import Options, Side
from learn.seeds.report import Report
from learn.seeds.sources import SourceError, SourceFile, count_files, read_source
from learn.seeds.subjects import SubjectListError, load_subjects

# How many lines of each list are shown; a report file holds all.
SHOWN = 20
# One process writes, and it has work enough for itself while two others read.
MOST_JOBS = 16


class Command(BaseCommand):
    help = (
        "Load seed files (Markdown with YAML front matter) from files, folders, archives or "
        "standard input. Safe to repeat: what is unchanged is left alone. Exits with 0 when every "
        "file was taken, 1 when some were refused (the rest is loaded), 2 when nothing could be "
        "read."
    )

    # Checks of addresses, templates and the admin would cost more than the loading of one file.
    requires_system_checks = [Tags.models]

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("paths", nargs="+", metavar="PATH", help="a seed file, a folder, an archive, or -")
        add("--dry-run", action="store_true", help="show what would happen and write nothing")
        add("--report", metavar="FILE", help="write the report as JSON")
        side = parser.add_mutually_exclusive_group()
        side.add_argument(
            "--ours",
            dest="side",
            action="store_const",
            const=Side.OURS,
            help="where both changed: keep the database's version and count the file as settled",
        )
        side.add_argument(
            "--theirs",
            dest="side",
            action="store_const",
            const=Side.THEIRS,
            help="where both changed: take the file's version, keep the database's as a revision",
        )
        add(
            "--prune",
            action="store_true",
            help="unpublish imported questions whose files are missing from PATH",
        )
        add("--force", action="store_true", help="let --prune unpublish more than 5 %%")
        add("--moved", metavar="FILE.csv", help="moves as old_path,new_path; they redirect")
        add("--subjects", metavar="FILE.csv", help="subjects as slug,title,is_listed; loaded first")
        add("--limit", type=int, metavar="N", help="load the first N files only")
        add(
            "--jobs",
            type=int,
            default=1,
            metavar="N",
            help="processes: those beyond the first read and render ahead (default: 1)",
        )
        add(
            "--origin",
            choices=[value for value in Question.Origin.values if value != "reviewed"],
            metavar="VALUE",
            help="where these answers come from: unstated, person or machine",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["prune"] and options["limit"] is not None:
            raise CommandError("--prune needs all files: leave out --limit.", returncode=2)
        if options["limit"] is not None and options["limit"] < 1:
            raise CommandError("--limit must be at least 1.", returncode=2)
        if not 1 <= options["jobs"] <= MOST_JOBS:
            raise CommandError(f"--jobs must be between 1 and {MOST_JOBS}.", returncode=2)
        files, unreadable = self.open_sources(options["paths"])
        if options["prune"] and unreadable:
            raise CommandError(
                "--prune needs all files, but: " + "\n".join(map(str, unreadable)), returncode=2
            )
        with blaming(options["moved"]):
            moves = list(read_moves(read_lines(options["moved"]))) if options["moved"] else []
        with blaming(options["subjects"]):
            if options["subjects"]:
                rows = csv.DictReader(read_lines(options["subjects"]))
                load_subjects(rows, dry_run=options["dry_run"])
        with self.progress(options) as progress:
            report = load_seeds(
                files,
                Options(
                    dry_run=options["dry_run"],
                    side=options["side"] or Side.DATABASE,
                    prune=options["prune"],
                    force=options["force"],
                    limit=options["limit"],
                    origin=options["origin"],
                    jobs=options["jobs"],
                ),
                moves=moves,
                progress=progress,
            )
        if report.created and not options["dry_run"]:
            # The desk's charts: at once on a new site, else when they are an hour old.
            refresh()
        for error in unreadable:
            report.refuse(error.path, None, error.reason)
        self.print_report(report, options)
        if not options["dry_run"]:
            note_result("loadseeds", **numbers(report))
        if options["report"]:
            with blaming(options["report"]):
                write_report(report, Path(options["report"]))
        if report.prune_refused:
            raise CommandError(
                f"The files are loaded, but nothing was pruned: {report.prune_refused}"
            )
        if not report.read:
            raise CommandError("No seed file (*.md) could be read.", returncode=2)
        if report.refused:
            raise SystemExit(1)

    @contextmanager
    def progress(self, options: dict[str, Any]) -> Iterator[Callable[[int], None]]:
        """A bar on a terminal; gives what is to be told the number of files of each batch."""
        if not (options["verbosity"] and sys.stderr.isatty() and sys.stdout.isatty()):
            yield lambda count: None
            return
        # imported here because a load that nobody watches need not wait for it
        from rich.progress import Progress

        with Progress() as bar:
            task = bar.add_task("Loading", total=count_files(options["paths"]))
            yield lambda count: bar.advance(task, count)

    def open_sources(self, paths: list[str]) -> tuple[Iterator[SourceFile], list[SourceError]]:
        """The files of all paths that can be read, and why the others cannot."""
        sources, unreadable = [], []
        for path in paths:
            try:
                sources.append(read_source(path))
            except SourceError as error:
                unreadable.append(error)
        if not sources:
            raise CommandError("\n".join(map(str, unreadable)), returncode=2)
        return (file for source in sources for file in source), unreadable

    def print_report(self, report: Report, options: dict[str, Any]) -> None:
        if options["verbosity"] == 0:
            return
        for entry in report.refused[:SHOWN]:
            line = f", line {entry['line']}" if entry["line"] else ""
            self.stderr.write(f"refused: {entry['path']}{line}: {entry['reason']}")
        for entry in report.conflicts[:SHOWN]:
            self.stderr.write(f"conflict: {entry['url']}: {entry['reason']}")
        for entry in report.warnings[: SHOWN if options["verbosity"] == 1 else None]:
            self.stderr.write(f"warning: {entry['path']}: {entry['code']}: {entry['detail']}")
        for name in ("refused", "conflicts", "warnings"):
            shown = SHOWN if options["verbosity"] == 1 or name != "warnings" else None
            if shown and (more := len(getattr(report, name)) - shown) > 0:
                self.stderr.write(f"… and {more:,} more {name}; --report FILE lists all of them")
        would = "Dry run, nothing written. " if options["dry_run"] else ""
        self.stdout.write(
            f"{would}{report.files:,} files: {report.created:,} created, "
            f"{report.updated:,} updated, {report.unchanged:,} unchanged, "
            f"{len(report.conflicts):,} conflicts, {len(report.refused):,} refused; "
            f"{report.pruned:,} pruned, {report.moved:,} moved, {report.copies:,} copies; "
            f"{report.seconds['total']:.1f} s"
        )


@contextmanager
def blaming(path: str | None) -> Iterator[None]:
    """Turn what is wrong with a list into an error that names its file."""
    try:
        yield
    except (MoveListError, SubjectListError, UnicodeDecodeError) as error:
        raise CommandError(f"{path}: {error}", returncode=2) from None
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=2) from None


def read_lines(path: str | Path) -> list[str]:
    """The lines of a CSV file."""
    return Path(path).read_text(encoding="utf-8-sig").splitlines()


def numbers(report: Report) -> dict[str, float]:
    """What monitoring wants to know of a load."""
    lists = {name: len(getattr(report, name)) for name in ("conflicts", "refused", "warnings")}
    counts = {name: getattr(report, name) for name in ("files", "created", "updated", "unchanged")}
    return {**counts, **lists, "seconds": round(report.seconds["total"], 1)}


def write_report(report: Report, path: Path) -> None:
    path.write_text(
        json.dumps(report.as_dict(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )

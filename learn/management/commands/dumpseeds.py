from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learn.models import Subject
from learn.seeds.exporter import (
    compare_folder,
    export_queryset,
    seed_files,
    write_folder,
    write_zip,
)


@contextmanager
def complaining() -> Iterator[None]:
    """Turn what the file system refuses into an error that names the file."""
    try:
        yield
    except OSError as error:
        raise CommandError(f"{error.filename}: cannot be written: {error.strerror}") from None


class Command(BaseCommand):
    help = (
        "Write published questions as seed files, DIR/<subject>/<slug>.md. A file that was loaded "
        "and not changed since comes back byte for byte."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add = parser.add_argument
        add("folder", nargs="?", metavar="DIR", help="where to write, or what to compare with")
        add("--all", action="store_true", help="every question that is not in the trash")
        add("--subject", metavar="SLUG", default="", help="of this subject only")
        add(
            "--check",
            action="store_true",
            help="compare with DIR and write nothing; exits with 1 when they differ",
        )
        add("--zip", metavar="FILE", help="write a zip archive instead of a folder")

    def handle(self, *args: Any, **options: Any) -> None:
        subject = options["subject"]
        if subject and not Subject.objects.filter(slug=subject).exists():
            raise CommandError(f"There is no subject {subject}.")
        if options["zip"] and options["folder"]:
            raise CommandError("Choose one: a folder or --zip FILE.")
        if not options["folder"] and (options["check"] or not options["zip"]):
            raise CommandError("Say where: dumpseeds DIR, or dumpseeds --zip FILE.")
        files = seed_files(export_queryset(every=options["all"], subject=subject))
        if options["check"]:
            self.check_folder(files, Path(options["folder"]), options)
        elif options["zip"]:
            with complaining():
                count = write_zip(files, Path(options["zip"]))
            self.say(options, f"{count:,} files written to {options['zip']}")
        else:
            with complaining():
                count = write_folder(files, Path(options["folder"]))
            self.say(options, f"{count:,} files written to {options['folder']}")

    def check_folder(self, files: Any, folder: Path, options: dict[str, Any]) -> None:
        if not folder.is_dir():
            raise CommandError(f"{folder}: there is no such folder.")
        result = compare_folder(files, folder, subject=options["subject"])
        for label in ("different", "missing", "extra"):
            for name in getattr(result, label):
                self.say(options, f"{label}: {name}")
        self.say(
            options,
            f"{result.same:,} files are the same, {len(result.different):,} differ, "
            f"{len(result.missing):,} are missing, {len(result.extra):,} are not in the database",
        )
        if not result.is_equal:
            raise SystemExit(1)

    def say(self, options: dict[str, Any], line: str) -> None:
        if options["verbosity"]:
            self.stdout.write(line)

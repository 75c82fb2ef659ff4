import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learn.backups import BackupError, back_up
from learn.monitoring.results import note_result


class Command(BaseCommand):
    help = (
        "Write a consistent copy of the site, the database and the media files, into one tar "
        "archive while the site runs. An existing file is never overwritten."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file",
            metavar="FILE",
            help="the archive to write (.tar, .tar.gz), or a folder, where it is named by the time",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, began = Path(options["file"]), time.monotonic()
        try:
            path, manifest = back_up(path)
        except BackupError as error:
            raise CommandError(f"{path}: no backup was written: {error}.") from None
        except OSError as error:
            raise CommandError(
                f"{path}: no backup was written: {error.filename or path}: {error.strerror}."
            ) from None
        note_result("backup", bytes=path.stat().st_size, seconds=round(time.monotonic() - began, 1))
        if options["verbosity"]:
            self.stdout.write(
                f"{path}: {sum(manifest.rows.values()):,} rows of {len(manifest.rows)} tables, "
                f"{len(manifest.media):,} media files, {path.stat().st_size:,} bytes"
            )

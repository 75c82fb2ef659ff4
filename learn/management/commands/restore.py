from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learn.backups import BackupError, restore
from learn.pages.site import shared_store


class Command(BaseCommand):
    help = (
        "Restore a site from a file that `backup` wrote. The file is checked whole before anything "
        "is touched, and the database is replaced in one transaction."
    )
    # The database may have no tables yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="an archive that `backup` wrote")
        parser.add_argument(
            "--force",
            action="store_true",
            help="replace a site that is not empty; what it holds is gone, but for media files",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        try:
            manifest, missing = restore(Path(path), force=options["force"])
        except BackupError as error:
            raise CommandError(f"{path}: nothing was restored: {error}.") from None
        except OSError as error:
            raise CommandError(
                f"{path}: nothing was restored: {error.filename or path}: {error.strerror}."
            ) from None
        # Stored pages go by the journal of the database that was there before.
        shared_store().clear()
        if options["verbosity"]:
            self.stdout.write(
                f"Restored the site of {manifest.made_at}: {sum(manifest.rows.values()):,} rows, "
                f"{len(manifest.media):,} media files."
            )
            if missing:
                self.stdout.write(
                    f"It is of an older version ({len(missing)} migrations are missing). "
                    "Now run: manage.py migrate"
                )

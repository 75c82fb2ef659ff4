from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from learn.publishing import purge_trash


class Command(BaseCommand):
    help = "Delete for good what has been in the trash for TRASH_DAYS days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, metavar="N", help="another number of days")
        parser.add_argument(
            "--dry-run", action="store_true", help="say how many and delete nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = purge_trash(options["days"], dry_run=options["dry_run"])
        if options["verbosity"]:
            would = "would be " if options["dry_run"] else ""
            self.stdout.write(f"{count:,} questions {would}deleted for good")

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learn.search import index_differences, rebuild_index


class Command(BaseCommand):
    help = "Rebuild the search index. Safe to repeat and to interrupt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="only compare the index with the questions; exit 1 if it is out of step",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            rebuild_index()
        elif count := index_differences():
            raise CommandError(
                f"The search index is out of step with at least {count:,} question(s). "
                "Run rebuildsearch."
            )
        if options["verbosity"]:
            self.stdout.write("The search index is in step with the questions.")

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import Progress

from learn.bulk import without_query_log
from learn.similar import relate_questions


class Command(BaseCommand):
    help = (
        "Fill related questions from the text, where that is not done since a question changed. "
        "Safe to repeat and to interrupt."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="fill every question again")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True, quiet=not options["verbosity"])
        with (
            Progress(console=console, disable=not self.stderr.isatty()) as bar,
            without_query_log(),
        ):
            task = bar.add_task("Questions", total=None)
            count = relate_questions(
                every=options["all"], progress=lambda done: bar.advance(task, done)
            )
        if options["verbosity"]:
            self.stdout.write(f"{count:,} questions related")

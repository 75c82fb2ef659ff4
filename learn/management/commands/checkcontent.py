import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import Progress

from learn.bulk import without_query_log
from learn.contentchecks import find_troubles
from learn.faults import faults_by_subject, store_all_faults
from learn.models import Question

# Of each kind so many are named; the rest are counted.
NAMED = 20


class Command(BaseCommand):
    help = (
        "Look for what constraints cannot see: copies of copies, related questions that lead "
        "nowhere, redirects that a page hides, a search index out of step. Exit 1 if there is any."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--faults",
            action="store_true",
            help="store what the checklist finds in every question, for the desk",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["faults"]:
            self._store_faults(options)
        kinds: dict[str, int] = {}
        for trouble in find_troubles():
            kinds[trouble.kind] = kinds.get(trouble.kind, 0) + 1
            if kinds[trouble.kind] <= NAMED:
                self.stdout.write(f"{trouble.kind}: {trouble.where} ({trouble.advice})")
        for kind, number in kinds.items():
            if number > NAMED:
                self.stdout.write(f"{kind}: {number - NAMED:,} more")
        if kinds:
            sys.exit(1)
        if options["verbosity"]:
            self.stdout.write("The content is as it must be.")

    def _store_faults(self, options: dict[str, Any]) -> None:
        console = Console(stderr=True, quiet=not options["verbosity"])
        with (
            Progress(console=console, disable=not self.stderr.isatty()) as bar,
            without_query_log(),
        ):
            task = bar.add_task("Questions", total=Question.objects.count())
            store_all_faults(progress=lambda done: bar.advance(task, done))
        if options["verbosity"]:
            for subject, errors, warnings in faults_by_subject():
                self.stdout.write(f"{subject.title}: {errors:,} errors, {warnings:,} warnings")

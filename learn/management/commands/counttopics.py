from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from learn.topics import miscounted_tags
from learn.totals import date_topics, miscounted_subjects, store_totals


class Command(BaseCommand):
    help = (
        "Count the questions of every topic and subject again: time passes, and pages appear and go"
        " with it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only compare; exit 1 where a number is wrong"
        )

    def handle(self, *args: Any, check: bool, verbosity: int, **options: Any) -> None:
        if not check:
            miscounted = store_totals()
            date_topics()
            if verbosity:
                self.stdout.write(
                    f"{miscounted.topics:,} topics and {miscounted.subjects:,} subjects"
                    " counted anew"
                )
            return
        if tags := miscounted_tags():
            raise CommandError(f"{len(tags):,} topics have a wrong number; run counttopics")
        if subjects := miscounted_subjects():
            raise CommandError(f"{len(subjects):,} subjects have a wrong number; run counttopics")
        if verbosity:
            self.stdout.write("every topic and subject has its true number")

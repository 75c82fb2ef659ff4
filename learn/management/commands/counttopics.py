from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from learn.topics import count_questions, miscounted_tags


class Command(BaseCommand):
    help = "Count the questions of every topic again: time passes, and pages appear and go with it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only compare; exit 1 where a number is wrong"
        )

    def handle(self, *args: Any, check: bool, verbosity: int, **options: Any) -> None:
        if not check:
            changed = count_questions()
            if verbosity:
                self.stdout.write(f"{changed:,} topics counted anew")
            return
        if wrong := miscounted_tags():
            raise CommandError(f"{len(wrong):,} topics have a wrong number; run counttopics")
        if verbosity:
            self.stdout.write("every topic has its true number")

from typing import Any

from django.core.management.base import BaseCommand

from learn.mass_edits import finish_all, forget_old


class Command(BaseCommand):
    help = (
        "Go on with changes of many questions that were begun at the desk and are not done; "
        "forget those that are too old to be undone."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        finished, forgotten = finish_all(), forget_old()
        if options["verbosity"]:
            self.stdout.write(f"{finished:,} changes finished, {forgotten:,} forgotten")

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from learn import two_factor


class Command(BaseCommand):
    help = "Remove the second factor of somebody who has lost it and the recovery codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="USERNAME")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["username"]
        try:
            user = User.objects.get(username=name)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no account “{name}”.") from error
        had_one = two_factor.reset(user)
        if options["verbosity"]:
            said = "is removed" if had_one else "was not set up, so nothing is changed"
            self.stdout.write(f"The second factor of “{name}” {said}.")

import datetime
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from learn.indexnow import IndexNowError, changed_addresses, submit


class Command(BaseCommand):
    help = "Tell search engines, by IndexNow, which pages changed. Off until INDEXNOW_KEY is set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", metavar="WHEN", help="only what changed from this date or moment on"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="print the addresses, send nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        since = _moment(options["since"]) if options["since"] else None
        if not settings.INDEXNOW_KEY and not options["dry_run"]:
            raise CommandError(
                "INDEXNOW_KEY is not set, so nothing is sent. Set it to, for example, the output "
                "of: python -c 'import secrets; print(secrets.token_hex(16))'."
            )
        addresses = list(changed_addresses(since))
        if options["dry_run"]:
            for address in addresses:
                self.stdout.write(settings.SITE_URL + address)
            self.say(options, f"{len(addresses):,} addresses; nothing sent")
            return
        self.send(options, addresses)

    def send(self, options: dict[str, Any], addresses: list[str]) -> None:
        sent = 0
        try:
            for sent, is_pending in submit(addresses):
                pending = "; the key is still to be checked" if is_pending else ""
                self.say(options, f"{sent:,} of {len(addresses):,} addresses accepted{pending}")
        except IndexNowError as error:
            raise CommandError(
                f"{error} {sent:,} of {len(addresses):,} addresses were accepted before."
            ) from error
        if not addresses:
            self.say(options, "nothing to send")

    def say(self, options: dict[str, Any], line: str) -> None:
        if options["verbosity"]:
            self.stdout.write(line)


def _moment(text: str) -> datetime.datetime:
    """From a date (its midnight) or a moment; without a zone in the site's own."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"--since: “{text}” is neither a date like 2026-03-09 nor a moment.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from learn.demand import forget_answered
from learn.desk.charts import refresh
from learn.models import ScheduledUpdate
from learn.schedules import apply_schedule
from learn.workflow.notices import mail_failed_update, tell_of_failure


class Command(BaseCommand):
    help = (
        "Apply the scheduled updates that are due, and let states and numbers follow what has "
        "appeared or gone by time. Safe to repeat: run it every minute."
    )

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        known = set(ScheduledUpdate.objects.due().exclude(error="").values_list("pk", "error"))
        done = apply_schedule()
        if refresh():
            # Once an hour, as the charts.
            forget_answered()
        if verbosity and (done.updates or done.appeared or done.ended or verbosity > 1):
            self.stdout.write(
                f"{done.updates:,} updates applied, {done.appeared:,} questions appeared,"
                f" {done.ended:,} ended"
            )
        if not done.failures:
            return
        lines = [f"{item.question}: {item.error}" for item in done.failures]
        # Told once, not every minute.
        new = [item for item in done.failures if (item.pk, item.error) not in known]
        if new:
            text = "\n".join(f"{item.question}: {item.error}" for item in new)
            tell_of_failure(_("Scheduled updates failed"), text)
        for item in new:
            mail_failed_update(item)
        raise CommandError("\n".join([f"{len(lines):,} updates failed:", *lines]))

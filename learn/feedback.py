"""What readers send: reports and votes on answers, and the limits on both."""

import math
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from learn.models import HelpfulCount, Question, RateLimit, Report
from learn.visitors import key_of

PERIOD = timedelta(hours=1)


class TooMany(Exception):
    """The address has used up its hour; says in how many seconds there is room again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def report(
    question: Question, *, kind: str, text: str, contact: str, version: int, address: str
) -> Report:
    """Put a report into the desk's queue; raises TooMany beyond the limit."""
    with transaction.atomic():
        _count("report", address, settings.REPORT_LIMIT)
        return Report.objects.create(
            question=question, kind=kind, text=text, contact=contact, version=version
        )


def vote(question: Question, *, helpful: bool, address: str) -> None:
    """Count one more yes or no; raises TooMany beyond the limit."""
    column = "yes" if helpful else "no"
    with transaction.atomic():
        _count("vote", address, settings.HELPFUL_LIMIT)
        HelpfulCount.objects.get_or_create(question=question)
        HelpfulCount.objects.filter(question=question).update(**{column: F(column) + 1})


def _count(action: str, address: str, most: int) -> None:
    """Note one more moment for the address, whose row is locked until the transaction ends."""
    now = timezone.now()
    # Locked rows are somebody's at this moment: waiting for them could end in a deadlock.
    over = RateLimit.objects.select_for_update(skip_locked=True).filter(last_at__lte=now - PERIOD)
    RateLimit.objects.filter(pk__in=over.values("pk")).delete()
    limit, _created = RateLimit.objects.select_for_update().get_or_create(
        key=key_of(action, address), defaults={"last_at": now}
    )
    start = (now - PERIOD).timestamp()
    recent = [moment for moment in limit.moments if moment > start]
    if len(recent) >= most:
        raise TooMany(max(1, math.ceil(min(recent, default=now.timestamp()) - start)))
    limit.moments, limit.last_at = [*recent, now.timestamp()], now
    limit.save()

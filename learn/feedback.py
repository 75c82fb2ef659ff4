"""What readers send: reports and votes on answers, and the limits on both."""

import hmac
import ipaddress
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from learn.models import HelpfulCount, Question, RateLimit, Report

# What one address may send of each kind in an hour.
LIMIT = 5
PERIOD = timedelta(hours=1)


class TooMany(Exception):
    """The address has used up its hour."""


def report(
    question: Question, *, kind: str, text: str, contact: str, version: int, address: str
) -> Report:
    """Put a report into the desk's queue; raises TooMany beyond the limit."""
    with transaction.atomic():
        _count("report", address)
        return Report.objects.create(
            question=question, kind=kind, text=text, contact=contact, version=version
        )


def vote(question: Question, *, helpful: bool, address: str) -> None:
    """Count one more yes or no; raises TooMany beyond the limit."""
    column = "yes" if helpful else "no"
    with transaction.atomic():
        _count("vote", address)
        HelpfulCount.objects.get_or_create(question=question)
        HelpfulCount.objects.filter(question=question).update(**{column: F(column) + 1})


def _count(action: str, address: str) -> None:
    """Note one more moment for the address, whose row is locked until the transaction ends."""
    now = timezone.now()
    # Locked rows are somebody's at this moment: waiting for them could end in a deadlock.
    over = RateLimit.objects.select_for_update(skip_locked=True).filter(last_at__lte=now - PERIOD)
    RateLimit.objects.filter(pk__in=over.values("pk")).delete()
    limit, _created = RateLimit.objects.select_for_update().get_or_create(
        key=_key(action, address), defaults={"last_at": now}
    )
    start = (now - PERIOD).timestamp()
    recent = [moment for moment in limit.moments if moment > start]
    if len(recent) >= LIMIT:
        raise TooMany
    limit.moments, limit.last_at = [*recent, now.timestamp()], now
    limit.save()


def _key(action: str, address: str) -> str:
    """A keyed hash, so that nobody can find the address by trying all of them."""
    text = f"{action} {_network(address)}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), text, "sha256").hex()[:32]


def _network(address: str) -> str:
    """An IPv6 visitor has a whole network of addresses to send from: its first 64 bits count."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)

"""The desk's charts: published answers by week and by subject, from numbers that are stored."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.utils import timezone

from learn.models import Question, StoredCount

Chart = StoredCount.Chart

WEEKS = 26
# How old the numbers may grow before a run of applyschedule counts anew.
MAX_AGE = datetime.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    number: int
    # Of the longest bar, in hundredths.
    percent: float

    @property
    def width(self) -> str:
        """The percentage as SVG has it, in every language."""
        return f"{self.percent:.1f}"


@dataclass(frozen=True, slots=True)
class Charts:
    weeks: list[Bar]
    subjects: list[Bar]
    counted_at: datetime.datetime | None


def charts() -> Charts:
    """From the stored numbers: no page counts. Without any, `counted_at` is None."""
    rows = list(StoredCount.objects.order_by("pk"))
    return Charts(
        _bars(rows, Chart.WEEKS),
        _bars(rows, Chart.SUBJECTS),
        rows[0].counted_at if rows else None,
    )


def refresh() -> bool:
    """Count anew if the numbers are old; returns whether it did."""
    recent = StoredCount.objects.filter(counted_at__gt=timezone.now() - MAX_AGE)
    if recent.exists():
        return False
    store_counts()
    return True


def store_counts() -> None:
    now = timezone.now()
    rows = [
        StoredCount(chart=chart, label=label, number=number, counted_at=now)
        for chart, counted in (
            (Chart.WEEKS, _published_by_week(now)),
            (Chart.SUBJECTS, _published_by_subject()),
        )
        for label, number in counted
    ]
    with transaction.atomic():
        StoredCount.objects.all().delete()
        StoredCount.objects.bulk_create(rows, ignore_conflicts=True)


def _published_by_week(now: datetime.datetime) -> list[tuple[str, int]]:
    """Monday -> number of answers that appeared in that week, also where there were none."""
    monday = timezone.localtime(now).date() - datetime.timedelta(days=now.weekday())
    weeks = [monday - datetime.timedelta(weeks=ago) for ago in range(WEEKS - 1, -1, -1)]
    start = timezone.make_aware(datetime.datetime.combine(weeks[0], datetime.time()))
    found = dict(
        Question.objects.published()
        .filter(publish_at__gte=start)
        .order_by()
        .values_list(TruncWeek("publish_at"))
        .annotate(Count("pk"))
    )
    numbers = {timezone.localtime(moment).date(): number for moment, number in found.items()}
    return [(week.isoformat(), numbers.get(week, 0)) for week in weeks]


def _published_by_subject() -> list[tuple[str, int]]:
    published = Question.objects.published().order_by().values_list("subject__title")
    counted: Counter[str] = Counter()
    for title, number in published.annotate(Count("pk")):
        counted[title] += number
    return counted.most_common()


def _bars(rows: list[StoredCount], chart: str) -> list[Bar]:
    chosen = [row for row in rows if row.chart == chart]
    longest = max((row.number for row in chosen), default=0) or 1
    return [Bar(row.label, row.number, round(100 * row.number / longest, 1)) for row in chosen]

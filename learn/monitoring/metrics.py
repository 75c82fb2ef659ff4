"""Numbers for Prometheus: what each process counts, and what the database says when it is asked.

The processes of a machine count into files in `METRICS_DIR`; whichever is asked adds them up.
"""

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Min
from django.utils import timezone

# prometheus_client looks for this when it is imported.
Path(settings.METRICS_DIR).mkdir(parents=True, exist_ok=True)
os.environ["PROMETHEUS_MULTIPROC_DIR"] = settings.METRICS_DIR

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest  # noqa: E402
from prometheus_client.core import GaugeMetricFamily  # noqa: E402
from prometheus_client.metrics_core import Metric  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402
from prometheus_client.registry import Collector  # noqa: E402

from learn.models import Question, ScheduledUpdate  # noqa: E402
from learn.monitoring.results import results  # noqa: E402
from learn.probes import PARTS, failures  # noqa: E402

METHODS = {"GET", "HEAD", "POST"}
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
# For how long the numbers of the database are good: to count a million questions takes a while.
FRESH = 60

REQUESTS = Counter("quicktakes_requests", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram(
    "quicktakes_request_seconds",
    "From the request to the last byte of its answer; of a stored page to where it is at hand.",
    ["route"],
    buckets=BUCKETS,
)
PAGE_STORE = Counter("quicktakes_page_store", "What the store of pages had to say.", ["result"])

# To find what belongs to labels costs more than to count.
_requests: dict[tuple[str, str, int], Counter] = {}
_seconds: dict[str, Histogram] = {}
_page_store: dict[str, Counter] = {}


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    key = (route, method, status // 100)
    if key not in _requests:
        name = method if method in METHODS else "other"
        _requests[key] = REQUESTS.labels(route, name, f"{status // 100}xx")
    if route not in _seconds:
        _seconds[route] = SECONDS.labels(route)
    _requests[key].inc()
    _seconds[route].observe(seconds)


def count_page_store(result: str) -> None:
    if result not in _page_store:
        _page_store[result] = PAGE_STORE.labels(result)
    _page_store[result].inc()


def exposition() -> bytes:
    """All numbers, in Prometheus' text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(SITE)
    return generate_latest(registry)


class _Site(Collector):
    """What is so at the moment of asking, not counted."""

    def __init__(self) -> None:
        self._until = 0.0
        self._numbers: list[tuple[str, str, float]] = []

    def collect(self) -> Iterable[Metric]:
        yield from self._parts()
        yield from self._database()
        yield from self._results()

    def _parts(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("quicktakes_up", "1 where /readyz finds no fault.", labels=["part"])
        failing = {failure.partition(":")[0] for failure in failures()}
        for part in PARTS:
            up.add_metric([part], 0 if part in failing else 1)
        yield up

    def _database(self) -> Iterator[Metric]:
        if time.monotonic() > self._until:
            try:
                self._numbers = list(_numbers())
            except DatabaseError:
                return  # quicktakes_up says it
            self._until = time.monotonic() + FRESH
        for name, text, value in self._numbers:
            yield GaugeMetricFamily(name, text, value)

    def _results(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "quicktakes_result",
            "The last result of a command on this machine.",
            labels=["command", "number"],
        )
        for command, numbers in sorted(results().items()):
            for name, value in numbers.items():
                family.add_metric([command, name], value)
        yield family


SITE = _Site()


def _numbers() -> Iterator[tuple[str, str, float]]:
    published = Question.objects.published().count()
    yield "quicktakes_published_questions", "Questions that readers can see.", published
    due = ScheduledUpdate.objects.due().aggregate(first=Min("apply_at"))["first"]
    lag = (timezone.now() - due).total_seconds() if due else 0
    yield "quicktakes_schedule_lag_seconds", "For how long the oldest due update waits.", lag

"""What is counted as it happens: without `METRICS_TOKEN` nothing, and nothing is loaded for it."""

from functools import cache
from types import ModuleType

from django.conf import settings


def count_request(route: str, method: str, status: int, seconds: float) -> None:
    if settings.METRICS_TOKEN:
        _metrics().count_request(route, method, status, seconds)


def count_page_store(result: str) -> None:
    """What a store of pages had to say: one of few words, such as `hit` and `miss`."""
    if settings.METRICS_TOKEN:
        _metrics().count_page_store(result)


@cache
def _metrics() -> ModuleType:
    # Imported here because it takes its time, and asks the settings where to count.
    from learn.monitoring import metrics

    return metrics

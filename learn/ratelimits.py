"""How often one address may ask for something costly, counted in the cache.

All processes that share a cache share the counts; while Redis does not answer each counts for
itself (`learn.steady_cache`). A cache that fails keeps nobody out.
"""

import time

from django.core.cache import cache

from learn.visitors import key_of

PERIOD = 60


def seconds_to_wait(action: str, address: str, most: int) -> int:
    """Count one more; 0 if the address may go on, else in how many seconds it may.

    Counted by the minute of the clock, so one command of the cache is enough. With `most` 0 nothing
    is counted.
    """
    if not most:
        return 0
    minute, seconds = divmod(int(time.time()), PERIOD)
    key = f"limit:{minute}:{key_of(action, address)}"
    try:
        count = _count(key)
    except Exception:  # each cache fails with exceptions of its own
        return 0
    return 0 if count <= most else PERIOD - seconds


def _count(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:
        # the first of this minute, unless another process was faster
        return 1 if cache.add(key, 1, PERIOD) else cache.incr(key)

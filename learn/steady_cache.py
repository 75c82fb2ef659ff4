"""Django's cache in Redis, for a site that goes on without Redis."""

import logging
import time
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# Seconds during which a Redis that failed is not asked again: a machine that is gone costs a
# timeout each time.
REST = 5.0


class SteadyRedisCache(BaseCache):
    """Redis, and the memory of the process while Redis does not answer.

    Nothing raises, and limits go on counting, each process for itself. Whatever is kept here may
    be lost at any time, so nothing else follows from it.
    """

    # Of all threads: each has an instance of its own.
    _failed_at = float("-inf")

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(params)
        # For whoever wants to know whether Redis answers.
        self.redis = RedisCache(server, params)
        memory = {"TIMEOUT": self.default_timeout, "OPTIONS": {"MAX_ENTRIES": 10_000}}
        self._memory = LocMemCache("instead-of-redis", memory)

    def _ask(self, name: str, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() - SteadyRedisCache._failed_at >= REST:
            try:
                return getattr(self.redis, name)(*arguments, **options)
            except RedisError as error:
                SteadyRedisCache._failed_at = time.monotonic()
                logger.warning("Redis does not answer: %s", error)
        return getattr(self._memory, name)(*arguments, **options)

    def add(self, *arguments: Any, **options: Any) -> Any:
        return self._ask("add", *arguments, **options)

    def get(self, *arguments: Any, **options: Any) -> Any:
        return self._ask("get", *arguments, **options)

    def set(self, *arguments: Any, **options: Any) -> Any:
        return self._ask("set", *arguments, **options)

    def touch(self, *arguments: Any, **options: Any) -> Any:
        return self._ask("touch", *arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> Any:
        return self._ask("delete", *arguments, **options)

    def get_many(self, *arguments: Any, **options: Any) -> Any:
        return self._ask("get_many", *arguments, **options)

    def has_key(self, *arguments: Any, **options: Any) -> Any:
        return self._ask("has_key", *arguments, **options)

    def incr(self, *arguments: Any, **options: Any) -> Any:
        return self._ask("incr", *arguments, **options)

    def set_many(self, *arguments: Any, **options: Any) -> Any:
        return self._ask("set_many", *arguments, **options)

    def delete_many(self, *arguments: Any, **options: Any) -> Any:
        return self._ask("delete_many", *arguments, **options)

    def clear(self) -> Any:
        return self._ask("clear")

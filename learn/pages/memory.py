"""Pages in the memory of a process: the first place that is looked at."""

import threading

from learn.pages.entry import Entry

# Pages that are remembered as asked for once.
OFFERED = 4_000


class Memory:
    """Bounded by bytes. What was asked for since the last look stays, the oldest of the rest goes
    (the clock of two hands: a hit costs no lock and no reordering)."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: dict[str, Entry] = {}
        self._size = 0
        # Hashes of keys.
        self._offered: set[int] = set()
        self._lock = threading.Lock()

    def get(self, key: str) -> Entry | None:
        entry = self._entries.get(key)
        if entry is not None:
            entry.is_used = True
        return entry

    def offer(self, key: str, entry: Entry) -> None:
        """Put what was offered before of late. What is asked for once, as robots do with all pages
        in turn, would only push out what is asked for often."""
        number = hash(key)
        if number in self._offered:
            self._offered.discard(number)
            self.put(key, entry)
        else:
            if len(self._offered) >= OFFERED:
                self._offered.clear()
            self._offered.add(number)

    def put(self, key: str, entry: Entry) -> None:
        with self._lock:
            self._remove(key)
            self._entries[key] = entry
            self._size += entry.size
            while self._size > self._limit and self._entries:
                self._drop_one()

    def _drop_one(self) -> None:
        key, entry = next(iter(self._entries.items()))
        self._remove(key)
        if entry.is_used and self._entries:
            entry.is_used = False
            self._entries[key] = entry
            self._size += entry.size

    def _remove(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._size -= entry.size

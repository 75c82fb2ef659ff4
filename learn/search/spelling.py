"""Words that no page has, and those that were meant."""

import time
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from learn.search.engine import engine

# Shorter ones have too many neighbours to guess among.
SHORTEST = 4
# From this length on a word may have two mistakes.
LONG = 8
# Words change slowly, and a new word is never taken for a mistake: that is asked of the index.
SECONDS_KEPT = 300

_kept: tuple[float, dict[str, int], list[str]] | None = None


def vocabulary() -> tuple[dict[str, int], list[str]]:
    """The titles' words with the number of titles that have them, and a list of the words."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > SECONDS_KEPT:
        counts = engine().title_words()
        _kept = (time.monotonic(), counts, [word for word in counts if len(word) >= SHORTEST])
    return _kept[1], _kept[2]


def forget_vocabulary() -> None:
    """Let the next mistake be compared with the words as they are now."""
    global _kept
    _kept = None


def meant(word: str) -> str | None:
    """The word of a title that is nearest to one that stands nowhere, the commonest of equals."""
    if len(word) < SHORTEST:
        return None
    counts, words = vocabulary()
    near = process.extract(
        word, words, scorer=OSA.distance, score_cutoff=1 + (len(word) >= LONG), limit=50
    )
    if not near:
        return None
    return min(near, key=lambda found: (found[1], -counts[found[0]], found[0]))[0]


def corrections(words: Sequence[str], frequencies: dict[str, int]) -> dict[str, str]:
    """What was meant by each of the words that no page has, where something like it is known."""
    return {
        word: better
        for word in words
        if not frequencies[word] and (better := meant(word)) is not None
    }

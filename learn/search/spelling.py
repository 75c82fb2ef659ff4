"""Words that no page has, and those that were meant."""

import time
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from learn.search.engine import engine

# Shorter ones have too many neighbours to guess among, unless the other words tell.
SHORTEST, SHORTEST_IN_CONTEXT = 4, 3
# From this length on a word may have two mistakes.
LONG = 8
# A word that so few pages have, and no title, may be a mistake that they share.
DOUBTFUL = 5
# So many neighbours are tried beside so many of the other words.
NEIGHBOURS, OTHERS = 6, 3
# Words change slowly, and a new word is never taken for a mistake: that is asked of the index.
SECONDS_KEPT = 300

_kept: tuple[float, dict[str, int], list[str]] | None = None


def vocabulary() -> tuple[dict[str, int], list[str]]:
    """The titles' words with the number of titles that have them, and a list of the words."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > SECONDS_KEPT:
        counts = engine().title_words()
        _kept = (
            time.monotonic(),
            counts,
            [word for word in counts if len(word) >= SHORTEST_IN_CONTEXT],
        )
    return _kept[1], _kept[2]


def forget_vocabulary() -> None:
    """Let the next mistake be compared with the words as they are now."""
    global _kept
    _kept = None


def meant(word: str) -> str | None:
    """The word of a title that is nearest to one that stands nowhere, the commonest of equals."""
    return next(iter(_neighbours(word)), None) if len(word) >= SHORTEST else None


def _neighbours(word: str) -> list[str]:
    """Words of titles that may have been meant, the nearest first, the commonest of equals."""
    counts, words = vocabulary()
    near = process.extract(
        word, words, scorer=OSA.distance, score_cutoff=1 + (len(word) >= LONG), limit=50
    )
    near.sort(key=lambda found: (found[1], -counts[found[0]], found[0]))
    return [found[0] for found in near]


def corrections(words: Sequence[str], frequencies: dict[str, int]) -> dict[str, str]:
    """What was meant by the words that no page has, and by those that hardly any has, where
    something like it is known: of several, what titles say together with the other words."""
    changes = {}
    for word in words:
        if frequencies[word] <= DOUBTFUL and len(word) >= SHORTEST_IN_CONTEXT:
            better = _meant_among(word, words, frequencies)
            if better is not None:
                changes[word] = better
    return changes


def _meant_among(word: str, words: Sequence[str], frequencies: dict[str, int]) -> str | None:
    counts, _ = vocabulary()
    if word in counts:
        return None
    others = [other for other in words if other != word and frequencies[other]]
    neighbours = _neighbours(word)[:NEIGHBOURS]
    for neighbour in neighbours:
        if others and engine().stand_in_a_title([neighbour, *others]):
            return neighbour
    if frequencies[word] or len(word) < SHORTEST:
        return None
    rarest = sorted(others, key=lambda other: frequencies[other])[:OTHERS]
    # max() takes the first of equals: the nearest, the commonest.
    return max(
        neighbours,
        key=lambda neighbour: sum(
            engine().stand_in_a_title([neighbour, other]) for other in rarest
        ),
        default=None,
    )

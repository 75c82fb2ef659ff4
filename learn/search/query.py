"""A search from the typed text to ranked questions."""

from collections import Counter
from dataclasses import dataclass, field

from learn.search.engine import engine
from learn.search.pool import candidates
from learn.search.ranking import Candidate, rank, weight_of
from learn.search.spelling import corrections
from learn.search.words import clean, query_words

# Longer texts are not searched for; they are cut here and the reader is told.
MAX_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of a search: ranked questions, at most some hundred."""

    ids: list[int] = field(default_factory=list)
    # What was looked for in the end, in the query's order.
    words: list[str] = field(default_factory=list)
    # The query with mistakes mended, if it had any.
    corrected: str = ""
    # How many of what was found, in whatever subject, stand in each (by slug).
    subjects: dict[str, int] = field(default_factory=dict)


def search(text: str, subject: str = "") -> Found:
    """Search titles and answers; `subject` (a slug) limits what is found, not what is counted."""
    words = query_words(text[:MAX_LENGTH])
    if not words:
        return Found()
    frequencies = engine().frequencies(words)
    changes = corrections(words, frequencies)
    if changes:
        words = list(dict.fromkeys(changes.get(word, word) for word in words))
        frequencies |= engine().frequencies(set(words) - frequencies.keys())
    words = [word for word in words if frequencies[word]]
    if not words:
        return Found()
    everywhere = _candidates(words, frequencies)
    chosen = _candidates(words, frequencies, subject) if subject else everywhere
    return Found(
        ids=[candidate.pk for candidate in ranked(chosen, words, frequencies)],
        words=words,
        corrected=_mended(text, changes) if changes else "",
        subjects=dict(Counter(candidate.subject for candidate in everywhere)),
    )


def ranked(
    found: list[Candidate], words: list[str], frequencies: dict[str, int]
) -> list[Candidate]:
    total = max(engine().last_question(), *frequencies.values())
    weights = {word: weight_of(frequencies[word], total) for word in words}
    return rank(found, words, weights)


def _candidates(
    words: list[str], frequencies: dict[str, int], subject: str = ""
) -> list[Candidate]:
    return candidates(sorted(words, key=lambda word: frequencies[word]), subject)


def _mended(text: str, changes: dict[str, str]) -> str:
    """The text as typed, but for the words that are changed."""
    mended = []
    for part in clean(text[:MAX_LENGTH]).split(" "):
        words = query_words(part)
        mended.append(changes.get(words[0], part) if len(words) == 1 else part)
    return " ".join(mended)

"""The order of what was found, the same on both databases: BM25 over the candidates' own texts,
and how well the title fits."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from learn.search.words import STOP_WORDS, fold, split_words, stem

# BM25 with an early ceiling: measured, a word repeated says little here. A word of the title
# counts as three of the answer.
K1, B = 0.4, 0.75
TITLE_WEIGHT = 3
# Of the title's fit: what it gives at most for holding all that was asked, for holding little
# else, and for holding it in the same order. The power keeps titles that share only some words
# from pushing away answers that say the same in other words.
COVERED, TITLE_MATCH, BIGRAMS = 0.6, 0.3, 0.2
COVERAGE_POWER = 6
# What two words that follow each other in the query give for doing so in the answer, as a part
# of the weight of the lesser.
ADJACENT = 1.5
# What answers print bold, or as headings, is what they are about: it counts once more, and two
# words that follow each other there twice more (measured: .01 of MRR for keywords).
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
EMPHASIS, ADJACENT_EMPHASIS = 1, 2


@dataclass(slots=True)
class Candidate:
    """A question that may be shown: its key, title, answer and subject's slug."""

    pk: int
    title: str
    answer: str
    subject: str = ""
    stems: list[str] = field(default_factory=list)


def weight_of(frequency: int, total: int) -> float:
    """BM25's weight of a word by how few questions have it."""
    return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))


def rank(
    candidates: Iterable[Candidate], words: Sequence[str], weights: dict[str, float]
) -> list[Candidate]:
    """The candidates, best first; `weights` are those of the words."""
    found = list(candidates)
    if not found:
        return []
    by_stem = {stem(word): weights[word] for word in words}
    adjacent = {f"{a} {b}": ADJACENT * min(weights[a], weights[b]) for a, b in pairwise(words)}
    for candidate in found:
        candidate.stems = [stem(w) for w in split_words(candidate.title)]
    mean = sum(len(c.answer) for c in found) / len(found) or 1
    texts = [_bm25(candidate, by_stem, adjacent, mean) for candidate in found]
    best = max(texts) or 1
    asked = [stem(word) for word in words]
    scores = {
        c.pk: text / best + _title_fit(c.stems, asked, by_stem)
        for c, text in zip(found, texts, strict=True)
    }
    return sorted(found, key=lambda c: (-scores[c.pk], len(c.title), c.pk))


def _bm25(
    candidate: Candidate,
    by_stem: dict[str, float],
    adjacent: dict[str, float],
    mean_length: float,
) -> float:
    text = fold(candidate.answer)
    emphasized = _emphasized(text)
    norm = K1 * (1 - B + B * len(text) / mean_length)
    score = 0.0
    absent = []
    for word, weight in by_stem.items():
        # Counted as text: cutting an answer into words takes fifty times as long. Short ones
        # stand inside of too many others.
        needle = word if len(word) > 3 else f" {word}"
        count = text.count(needle)
        if count:
            count += EMPHASIS * emphasized.count(needle)
        else:
            absent.append(needle)
        if word in candidate.stems:
            count += TITLE_WEIGHT * candidate.stems.count(word)
        if count:
            score += weight * count * (K1 + 1) / (count + norm)
    for phrase, weight in adjacent.items():
        # Counting is what takes the time: no need where a part of the phrase does not stand.
        if not any(needle in phrase for needle in absent) and (count := text.count(phrase)):
            count += ADJACENT_EMPHASIS * emphasized.count(phrase)
            score += weight * count * (K1 + 1) / (count + norm)
    return score


def _emphasized(text: str) -> str:
    """What stands between pairs of ** and in headings, each with a blank before it."""
    parts = text.split("**")[1::2]
    if "#" in text:
        parts += HEADING.findall(text)
    return f" {' '.join(parts)}"


def _title_fit(title: Sequence[str], asked: Sequence[str], by_stem: dict[str, float]) -> float:
    total = sum(by_stem.values())
    present = set(title)
    coverage = sum(w for s, w in by_stem.items() if s in present) / total if total else 0
    telling = [s for s in title if s not in STOP_WORDS]
    match = sum(s in by_stem for s in telling) / len(telling) if telling else 0
    pairs, title_pairs = list(pairwise(asked)), set(pairwise(telling))
    bigrams = sum(pair in title_pairs for pair in pairs) / len(pairs) if pairs else 0
    return (COVERED + TITLE_MATCH * match + BIGRAMS * bigrams) * coverage**COVERAGE_POWER

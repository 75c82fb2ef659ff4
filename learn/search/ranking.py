"""The order of what was found, the same on both databases: BM25 over the candidates' own texts,
and how well the title fits."""

import math
from collections.abc import Iterable, Iterator, Sequence
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
    texts = _bm25(found, by_stem, adjacent)
    best = max(texts) or 1
    fits = _title_fits([c.stems for c in found], [stem(word) for word in words], by_stem)
    scores = {c.pk: text / best + fit for c, text, fit in zip(found, texts, fits, strict=True)}
    return sorted(found, key=lambda c: (-scores[c.pk], len(c.title), c.pk))


def _bm25(
    found: Sequence[Candidate], by_stem: dict[str, float], adjacent: dict[str, float]
) -> list[float]:
    """The scores of the candidates. Nearly all of the time goes into counting, word by word
    through all texts: what is the same for each of them is then done once."""
    texts = [fold(candidate.answer) for candidate in found]
    emphasized = [_emphasized(text) for text in texts]
    mean = sum(len(c.answer) for c in found) / len(found) or 1
    norms = [K1 * (1 - B + B * len(text) / mean) for text in texts]
    scores = [0.0] * len(found)
    having: dict[str, set[int]] = {}
    for word, weight in by_stem.items():
        # Counted as text: cutting an answer into words takes fifty times as long. Short ones
        # stand inside of too many others.
        needle = word if len(word) > 3 else f" {word}"
        counts = [text.count(needle) for text in texts]
        having[needle] = {i for i, count in enumerate(counts) if count}
        for i, count in enumerate(counts):
            if count:
                count += EMPHASIS * emphasized[i].count(needle)
            if word in found[i].stems:
                count += TITLE_WEIGHT * found[i].stems.count(word)
            if count:
                scores[i] += weight * count * (K1 + 1) / (count + norms[i])
    for phrase, weight in adjacent.items():
        # No need to look where a part of the phrase does not stand.
        parts = [having[needle] for needle in having if needle in phrase]
        for i in set.intersection(*parts) if parts else range(len(texts)):
            if count := texts[i].count(phrase):
                count += ADJACENT_EMPHASIS * emphasized[i].count(phrase)
                scores[i] += weight * count * (K1 + 1) / (count + norms[i])
    return scores


def _emphasized(text: str) -> str:
    """What stands between pairs of ** and in headings, each with a blank before it."""
    parts = text.split("**")[1::2]
    if "#" in text:
        lines = f"\n{text}".split("\n#")
        for line in lines[1:]:
            marks, _blank, heading = line.partition("\n")[0].partition(" ")
            if heading and not marks.strip("#"):
                parts.append(heading)
    return f" {' '.join(parts)}"


def _title_fits(
    titles: Iterable[Sequence[str]], asked: Sequence[str], by_stem: dict[str, float]
) -> Iterator[float]:
    """How well each title, given as its stems, says what is asked for."""
    total = sum(by_stem.values())
    pairs = list(pairwise(asked))
    for title in titles:
        present = by_stem.keys() & title
        if not present or not total:
            yield 0.0
            continue
        coverage = sum(weight for word, weight in by_stem.items() if word in present) / total
        telling = [word for word in title if word not in STOP_WORDS]
        match = sum(word in present for word in telling) / len(telling) if telling else 0
        title_pairs = set(pairwise(telling))
        bigrams = sum(pair in title_pairs for pair in pairs) / len(pairs) if pairs else 0
        yield (COVERED + TITLE_MATCH * match + BIGRAMS * bigrams) * coverage**COVERAGE_POWER

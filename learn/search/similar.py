"""Questions whose text is about the same."""

from collections.abc import Iterable
from itertools import combinations

from learn.models import Question
from learn.search.engine import engine
from learn.search.pool import COLUMNS, findable
from learn.search.query import ranked
from learn.search.ranking import Candidate
from learn.search.words import STOP_WORDS, split_words, stem

TERMS = 12
# A word that stands nowhere else leads nowhere.
RAREST = 2
SHORTEST = 3
# Candidates that are compared; of many pages with two of the words any will do.
COMPARED = 60
# Beginning of a long answer that is read for its words.
READ = 10_000
SAME_SUBJECT_PLACES = 3


class Frequencies:
    """Remembers, for one run over many questions, in how many of them each word stands.

    Asking the index anew for a text's words takes half of the time of a question.
    """

    # Some 20 MB; then it begins anew.
    LIMIT = 150_000

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def of(self, words: Iterable[str]) -> dict[str, int]:
        wanted = list(words)
        if len(self.known) > self.LIMIT:
            self.known.clear()
        missing = [word for word in wanted if word not in self.known]
        if missing:
            self.known |= engine().frequencies(missing)
        return {word: self.known[word] for word in wanted}


def similar_to(question: Question, count: int, known: Frequencies | None = None) -> list[int]:
    """Primary keys of at most `count` questions that readers can be shown, the nearest first:
    no copies, and no two with one slug. Runs over many questions give all the same `known`."""
    frequencies = _telling_words(question, known or Frequencies())
    if len(frequencies) < 2:
        return []
    words = list(frequencies)
    found: dict[int, Candidate] = {}
    slugs: dict[int, str] = {}
    others = findable().exclude(pk=question.pk).exclude(content_hash=question.content_hash)
    for sets in (
        list(combinations(words[:6], 3)),
        list(combinations(words[:6], 2)),
        list(combinations(words[:TERMS], 2)),
    ):
        if not sets:
            continue
        keys = engine().having(sets, limit=2 * COMPARED)
        for *row, slug in others.filter(pk__in=keys).values_list(*COLUMNS, "slug")[:COMPARED]:
            found.setdefault(row[0], Candidate(*row))
            slugs[row[0]] = slug
        if len(found) >= COMPARED // 2:
            break
    best = ranked(list(found.values()), words, frequencies)
    place = {
        c.pk: place - SAME_SUBJECT_PLACES * (c.subject == question.subject.slug)
        for place, c in enumerate(best)
    }
    best.sort(key=lambda c: place[c.pk])
    chosen: dict[str, int] = {}
    for candidate in best:
        if slugs[candidate.pk] != question.slug:
            chosen.setdefault(slugs[candidate.pk], candidate.pk)
    return list(chosen.values())[:count]


def _telling_words(question: Question, known: Frequencies) -> dict[str, int]:
    """The words that tell most about the question, with how many questions have them."""
    title = split_words(question.title)
    text = [*title * 3, *split_words(question.answer[:READ])]
    counts: dict[str, int] = {}
    word_of: dict[str, str] = {}
    for word in text:
        if len(word) >= SHORTEST and word not in STOP_WORDS and not word.isdigit():
            key = stem(word)
            word_of.setdefault(key, word)
            counts[key] = counts.get(key, 0) + 1
    # SQLite takes some hundred parameters; what is rare in the text comes last.
    keys = sorted(counts, key=lambda key: -counts[key])[:300]
    frequencies = known.of(word_of[key] for key in keys)
    scored = [
        (min(counts[key], 6) / frequency**0.5, word_of[key])
        for key in keys
        if (frequency := frequencies[word_of[key]]) >= RAREST
    ]
    best = sorted(scored, reverse=True)[:TERMS]
    return {word: frequencies[word] for _, word in best}

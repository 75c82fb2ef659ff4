"""Questions that ask the same in nearly the same words, whatever their state."""

import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from learn.bulk import last_id
from learn.models import Distinction, Question
from learn.models.question import TITLE_MAX_LENGTH
from learn.models.question_queries import LINK_FIELDS
from learn.search.engine import engine
from learn.search.pool import relaxed
from learn.search.words import STOP_WORDS, query_words, split_words, stem

# Measured by eye on the real titles: from .8 up three of four pairs ask the same, from .6 up some.
WARNED_FROM, SIMILAR_FROM = 0.8, 0.6
SHOWN = 5
# Titles that are compared at least, if so many share words at all, and those of one set of words.
ENOUGH, OF_ONE_SET = 25, 60


@dataclass(frozen=True, slots=True)
class LookAlike:
    question: Question
    score: float
    # Of the words as they are written, those that both have: parts what has the same score.
    shared: float

    @property
    def is_warned(self) -> bool:
        return self.score >= WARNED_FROM

    @property
    def percent(self) -> int:
        return round(self.score * 100)


def find_lookalikes(
    title: str, own: int | None = None, *, among: QuerySet[Question] | None = None
) -> list[LookAlike]:
    """At most SHOWN questions with a similar title, the nearest first; `own` is left out.

    `among`: only of these, as for somebody who may not know of all.
    """
    title = title[:TITLE_MAX_LENGTH]
    keys = _candidates(title)
    keys.discard(own or 0)
    rows = (Question.objects.all() if among is None else among).filter(pk__in=keys)
    titles = rows.exclude(status=Question.Status.TRASHED).values_list("pk", "title")
    scores = _scores(title, dict(titles.order_by()))
    similar = {pk: score for pk, score in scores.items() if score >= SIMILAR_FROM}
    questions = (
        Question.objects.filter(pk__in=similar)
        .select_related("subject")
        .only(*LINK_FIELDS, "canonical")
    )
    found = [
        LookAlike(question, similar[question.pk], _shared(title, question.title))
        for question in questions
    ]
    found.sort(key=_order)
    return found[:SHOWN]


def _order(found: LookAlike) -> tuple[float, float, bool, bool, int]:
    """The nearest; what readers see before drafts; pages before their copies."""
    question = found.question
    return (
        -found.score,
        -found.shared,
        not question.is_published,
        question.canonical_id is not None,
        question.pk,
    )


def duplicates_to_answer(
    question: Question, *, among: QuerySet[Question] | None = None
) -> list[Question]:
    """Those that ask the same and of which nobody has said why this one is another question."""
    found = find_lookalikes(question.title, question.pk, among=among)
    warned = [look.question for look in found if look.is_warned]
    if not warned or question.pk is None:
        return warned
    answered = Distinction.objects.filter(Q(question=question) | Q(other=question))
    known = {pk for pair in answered.values_list("question", "other") for pk in pair}
    return [other for other in warned if other.pk not in known]


def asks_for_answer(stored: Question | None) -> bool:
    """Whether publishing this question would be its first time: only then is it asked for."""
    first_statuses = (Question.Status.DRAFT, Question.Status.IN_REVIEW)
    return stored is None or stored.publish_at is None or stored.status in first_statuses


def _candidates(title: str) -> set[int]:
    words = query_words(title)
    frequencies = engine().frequencies(words) if words else {}
    words = sorted((w for w in words if frequencies.get(w)), key=lambda w: frequencies[w])
    found: set[int] = set()
    if not words:
        return found
    for sets in relaxed(words):
        for some in sets:
            found.update(engine().titled(list(some), "", limit=OF_ONE_SET))
        if len(found) >= ENOUGH:
            break
    return found


def _scores(title: str, others: Mapping[int, str]) -> dict[int, float]:
    """How alike the titles are: the weight of the words that both have in that of all that either
    has, rare words weighing more; word order and endings do not count.

    Without those that have too little of this title to be similar, whatever else they have: most
    of them, and how common a word is costs much to know.
    """
    mine = _words(title)
    total = last_id(Question) + 1
    weights = _weights([mine], total)
    enough = SIMILAR_FROM * _weight(mine.keys(), weights)
    theirs = {pk: _words(other) for pk, other in others.items()}
    near = {
        pk: words
        for pk, words in theirs.items()
        if _weight(mine.keys() & words.keys(), weights) >= enough
    }
    weights = _weights([mine, *near.values()], total)
    return {pk: _overlap(mine.keys(), words.keys(), weights) for pk, words in near.items()}


def _weights(titles: Iterable[Mapping[str, str]], total: int) -> dict[str, float]:
    words = {key: word for title in titles for key, word in title.items()}
    if not words:
        return {}
    frequencies = engine().frequencies(set(words.values()))
    return {
        key: math.log(1 + total / (frequencies.get(word, 0) + 0.5)) for key, word in words.items()
    }


def _shared(title: str, other: str) -> float:
    one, two = set(split_words(title)), set(split_words(other))
    return len(one & two) / max(len(one | two), 1)


def _words(title: str) -> dict[str, str]:
    """Stem -> word of the telling words; of all words where none is telling."""
    words = split_words(title)
    telling = [word for word in words if word not in STOP_WORDS] or words
    return {stem(word): word for word in telling}


def _overlap(one: Set[str], other: Set[str], weights: Mapping[str, float]) -> float:
    every = _weight(one | other, weights)
    return _weight(one & other, weights) / every if every else 0.0


def _weight(words: Iterable[str], weights: Mapping[str, float]) -> float:
    return sum(map(weights.__getitem__, words))

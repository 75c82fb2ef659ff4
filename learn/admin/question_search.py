"""What an editor means by the words in the box above the list of questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from learn.admin.choices import authors_named
from learn.admin.common import pasted_path
from learn.models import Question, Redirect
from learn.search.engine import engine
from learn.search.words import clean, query_words, split_words, stem
from learn.validators import SLUG

# Sorts after every character of a slug, on every database.
AFTER_SLUG_CHARACTERS = "{"
# Questions that a search for words lists, the best first.
FOUND = 2_000
# Of these the titles are looked at.
RANKED = 200
MAX_LENGTH = 300
MAX_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Match:
    """The questions that are meant: a condition, and keys in the index's order if words were
    looked for."""

    condition: Q
    ranked: list[int] | None = None
    words: tuple[str, ...] = ()
    # Whether there may be more than are listed.
    is_cut: bool = False


def match(text: str) -> Match:
    """An address, a file's id, a slug's beginning, an author's name, or words of title and answer.

    The first that finds something counts; each is answered by an index, in whatever state the
    questions are.
    """
    text = clean(text[:MAX_LENGTH])
    words = text.split()
    if not words:
        return Match(Q())
    exact = _exact(words[0]) if len(words) == 1 else None
    if exact is not None:
        return exact
    if authors := authors_named(" ".join(words)):
        return Match(Q(author__in=authors))
    return _by_words(text)


def _exact(word: str) -> Match | None:
    path = pasted_path(word)
    if path is not None:
        ids = list(Question.objects.at(path).values_list("pk", flat=True))
        if not ids:
            former = Redirect.objects.filter(old_path=str(path))
            ids = list(former.values_list("question", flat=True))
        return Match(Q(pk__in=ids))
    if word.isdecimal() and int(word) <= MAX_ID:
        by_id = Q(seed_id=int(word))
        if Question.objects.filter(by_id).exists():
            return Match(by_id)
    if "-" in word and SLUG.fullmatch(word.lower()):
        by_slug = _slug_begins(word.lower())
        if Question.objects.filter(by_slug).exists():
            return Match(by_slug)
    return None


def _slug_begins(beginning: str) -> Q:
    """As a range, which both databases answer from the index; LIKE they would not."""
    return Q(slug__gte=beginning, slug__lt=beginning + AFTER_SLUG_CHARACTERS)


def titles_first(ids: list[int], titles: Mapping[int, str], words: Iterable[str]) -> list[int]:
    """The keys, those of the first RANKED before the others whose titles have more of the words."""
    stems = {stem(word) for word in words}
    has = {pk: len(stems & set(map(stem, split_words(titles[pk])))) for pk in ids[:RANKED]}
    # In the index's own order where they are equal.
    return sorted(ids, key=lambda pk: -has.get(pk, 0))


def _by_words(text: str) -> Match:
    """All words, whatever their endings; where that finds nothing, the last one as a beginning of
    a word in the title."""
    words = query_words(text)
    if not words:
        return Match(Q(pk__in=[]))
    ids = engine().having([words], limit=FOUND)
    if not ids:
        *whole, beginning = split_words(text)
        ids = engine().titled(whole, beginning, limit=FOUND)
    return Match(Q(pk__in=ids), ranked=ids, words=tuple(words), is_cut=len(ids) == FOUND)

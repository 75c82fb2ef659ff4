"""Questions for what a reader has typed so far."""

import re

from learn.models import Question
from learn.models.question_queries import QuestionQuerySet
from learn.search.engine import engine
from learn.search.pool import findable
from learn.search.spelling import meant, vocabulary
from learn.search.words import clean, fold, split_words

SHOWN = 8
# Titles that are read and compared for one key pressed.
COMPARED = 120
MAX_LENGTH = 200
# After every character that a slug can have.
AFTER = "~"

_DROPPED = re.compile(r"[^a-z0-9\s]+")


def suggest(text: str) -> list[Question]:
    """At most SHOWN questions, those whose titles begin with the text first."""
    typed = clean(text[:MAX_LENGTH])
    words = split_words(typed)
    if not words:
        return []
    beginning = "" if text[-1:].isspace() else words[-1]
    whole = words[:-1] if beginning else words
    found = _titled(typed, whole, beginning)
    if not found:
        mended = [_mended(word) for word in whole]
        if beginning:
            found = _titled(typed, mended, beginning) or _titled(typed, mended, "")
        else:
            found = _titled(typed, mended, "")
    return found


def _titled(typed: str, whole: list[str], beginning: str) -> list[Question]:
    """The best of the questions whose titles begin with the text, or have its words."""
    questions = findable().for_list()
    slug = _slug_of(typed)
    found = {question.pk: question for question in _beginning(questions, slug)}
    if len(found) < SHOWN and (whole or beginning):
        keys = engine().titled(whole, beginning, limit=COMPARED)
        found |= {question.pk: question for question in questions.filter(pk__in=keys)}
    phrase = " ".join([*whole, beginning]).strip()
    ranks = {pk: _rank(question, slug, phrase) for pk, question in found.items()}
    return sorted(found.values(), key=lambda question: ranks[question.pk])[:SHOWN]


def _beginning(questions: QuestionQuerySet, slug: str) -> QuestionQuerySet:
    """Titles by the start of their slug, which is the title in its plainest form, and has an
    index."""
    if not slug:
        return questions.none()
    # In two steps: told the other conditions at once, SQLite chooses another index.
    near = Question.objects.filter(slug__gte=slug, slug__lt=slug + AFTER).order_by("slug")
    return questions.filter(pk__in=near.values("pk")[:COMPARED])


def _slug_of(typed: str) -> str:
    return "-".join(_DROPPED.sub("", fold(typed)).split())


def _rank(question: Question, slug: str, phrase: str) -> tuple[bool, bool, int, int, int]:
    """Beginning so; saying it in one go; how early; the shorter first."""
    title = " ".join(split_words(question.title))
    at = title.find(phrase)
    return (
        not question.slug.startswith(slug),
        at < 0,
        max(at, 0),
        len(title),
        question.pk,
    )


def _mended(word: str) -> str:
    counts, _ = vocabulary()
    return word if word in counts else meant(word) or word

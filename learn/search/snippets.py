"""Titles and passages of answers with the words that were found in <mark>."""

import re
from collections.abc import Collection
from html import unescape

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from learn.search.words import fold, stem

LENGTH = 220

_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[^\W_]+")


def highlight(text: str, words: Collection[str]) -> SafeString:
    """The text as HTML, escaped, with every form of the words marked."""
    stems = {stem(word) for word in words}
    parts: list[str] = []
    at = 0
    for match in _WORD.finditer(text):
        if stem(fold(match.group())) in stems:
            parts += [conditional_escape(text[at : match.start()])]
            parts += [f"<mark>{conditional_escape(match.group())}</mark>"]
            at = match.end()
    parts.append(conditional_escape(text[at:]))
    return mark_safe("".join(parts))


def snippet(answer_html: str, words: Collection[str]) -> SafeString:
    """About LENGTH characters of the answer, from where most of the words are."""
    text = " ".join(unescape(_TAG.sub(" ", answer_html)).split())
    stems = {stem(word) for word in words}
    places = [
        (match.start(), key)
        for match in _WORD.finditer(text)
        if (key := stem(fold(match.group()))) in stems
    ]
    start = 0
    most = 0
    for place, _ in places:
        inside = len({key for at, key in places if place <= at < place + LENGTH})
        if inside > most:
            start, most = place, inside
    # From the start of a word, with a little of what stands before.
    start = text.rfind(" ", 0, max(start - 40, 0)) + 1 if start > 40 else 0
    passage = text[start : start + LENGTH]
    if start + LENGTH < len(text):
        passage = passage.rpartition(" ")[0] + "…"
    return highlight(("…" if start else "") + passage, words)

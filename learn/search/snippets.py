"""Titles and passages of answers with the words that were found in <mark>."""

import re
from collections.abc import Collection
from html import escape, unescape

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
            parts += [escape(text[at : match.start()]), f"<mark>{escape(match.group())}</mark>"]
            at = match.end()
    parts.append(escape(text[at:]))
    return mark_safe("".join(parts))


def snippet(answer_html: str, words: Collection[str]) -> SafeString:
    """About LENGTH characters of the answer, from where most of the words are."""
    text = " ".join(unescape(_TAG.sub(" ", answer_html)).split())
    places = _places(fold(text), {stem(word) for word in words})
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


def _places(folded: str, stems: Collection[str]) -> list[tuple[int, str]]:
    """Where words with these stems are, and which; to a sign, as few letters fold to several.

    A word begins like its stem, but for the stem's last letter: carried, carri. To look for these
    beginnings takes a third of the time that it takes to look at each word.
    """
    found = []
    for beginning in {key[:-1] or key for key in stems}:
        at = folded.find(beginning)
        while at >= 0:
            match = _WORD.match(folded, at)
            assert match is not None  # a stem is of such letters
            if _is_start(folded, at) and (key := stem(match.group())) in stems:
                found.append((at, key))
            at = folded.find(beginning, match.end())
    return sorted(set(found))


def _is_start(text: str, at: int) -> bool:
    """Whether a word starts here: no letter or digit stands before."""
    return at == 0 or _WORD.match(text, at - 1) is None

"""The first sentences of an answer as plain text, for descriptions."""

import re
from collections.abc import Callable
from html import unescape

# What search engines show of a description.
MAX_LENGTH = 155
# A sentence shorter than this ("Yes.") says nothing alone.
_MIN_SENTENCE = 20
# How much HTML is looked at first: nearly always enough, so that long answers cost no more.
_ENOUGH = 500

# Tags inside a sentence vanish; every other tag, and blocks that are no sentences, become a blank.
_INLINE_TAG = re.compile(r"</?(?:strong|em|del|code|span|a|img)\b[^>]*>")
_MARKUP = re.compile(
    r"<(pre|table|h[2-4])\b[^>]*>.*?(?:</\1>|\Z)|<[^>]*(?:>|\Z)|&[a-z]*\Z", re.DOTALL
)
_SENTENCE_END = re.compile(r"[.!?][\"”’')\]]*(?=\s)")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|etc|cf|vs|al|approx|ca|no|vol|fig|dr|mr|mrs|ms|prof|st|jr|sr|inc|ltd"
    r"|co|\d{1,2}|[A-Za-z](?:\.[A-Za-z])*)\.$",
    re.IGNORECASE,
)
_LONGEST_ABBREVIATION = 9


def summarise(html: str, expand: Callable[[str], str]) -> str:
    """At most `MAX_LENGTH` characters, cut after a sentence, else after a word with an ellipsis.

    `expand` puts readable formulas into the text.
    """
    text = expand(_plain(html[:_ENOUGH]))
    if len(text) <= MAX_LENGTH and len(html) > _ENOUGH:
        text = expand(_plain(html))
    return shorten(text)


def _plain(html: str) -> str:
    html = html.replace("<strong>", "").replace("</strong>", "")
    text = _MARKUP.sub(" ", _INLINE_TAG.sub("", html))
    return " ".join(unescape(text).split())


def shorten(text: str) -> str:
    """One line of text cut to `MAX_LENGTH`."""
    if len(text) <= MAX_LENGTH:
        return text
    start = text[: MAX_LENGTH + 1]
    end = 0
    for match in _SENTENCE_END.finditer(start, _MIN_SENTENCE):
        dot = match.start() + 1
        if not _ABBREVIATION.search(start[max(0, dot - _LONGEST_ABBREVIATION) : dot]):
            end = match.end()
    if end:
        return start[:end]
    words = text[:MAX_LENGTH]
    return words[: words.rfind(" ")].rstrip(" ,;:–—-(") + "…" if " " in words else words[:-1] + "…"

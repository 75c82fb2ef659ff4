"""What a page shows of an answer's structure: its sections, its key points, its length.

It is read from the stored HTML each time a page is made (some tens of microseconds), so that an
import pays nothing for it, and HTML that stands elsewhere (feeds, practice) bears no ids.
"""

import re
import unicodedata
from html import unescape
from typing import NamedTuple

MIN_CONTENTS = 3
MIN_POINTS, MAX_POINTS = 3, 7
_MAX_LEAD = 120
_MAX_ID = 60
# No id of a page's own begins so.
_ID_PREFIX = "s-"
_WORDS_PER_MINUTE = 230

_HEADING = re.compile(r"<h([2-4])>(.*?)</h\1>", re.DOTALL)
_LEAD = re.compile(r"<(?:li|p)>\s*(?:<p>\s*)?<strong>([^\n]*?)</strong>")
_CODE_BLOCK = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
# What a title in the table of contents cannot hold: it is a link, of one line.
_NO_TITLE = re.compile(r"</?(?:a|img|span|br)\b[^>]*>")
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
_HEADER_CELL = re.compile(r"(<th\b[^>]*>)(.*?)(</th>)", re.DOTALL)
# Screen readers read a formula; tools that look for a heading's or a column's name do not see it
# and take the place for empty. This is text to them, and nothing to readers.
_TEXT = "\N{WORD JOINER}"
_NO_LETTER = re.compile(r"[\W_]+")


class Section(NamedTuple):
    """A heading; `title` is HTML."""

    id: str
    title: str
    level: int


class Outline(NamedTuple):
    """`html` is the answer with its headings linked; `sections` are all of them."""

    html: str
    sections: tuple[Section, ...]
    key_points: tuple[str, ...]
    minutes: int

    @property
    def contents(self) -> tuple[Section, ...]:
        """The sections, if they are enough for a table of contents."""
        return self.sections if len(self.sections) >= MIN_CONTENTS else ()


def outline(html: str) -> Outline:
    sections: list[Section] = []
    taken: set[str] = set()

    def link(heading: re.Match[str]) -> str:
        level, inner = heading.groups()
        inner = _with_text(inner)
        section = Section(_unique_id(inner, taken), _NO_TITLE.sub("", inner), int(level))
        sections.append(section)
        text = inner if "<a " in inner else f'<a href="#{section.id}">{inner}</a>'
        return f'<h{level} id="{section.id}">{text}</h{level}>'

    linked = _HEADING.sub(link, html)
    if "<th" in html and "<math" in html:
        linked = _HEADER_CELL.sub(lambda cell: cell[1] + _with_text(cell[2]) + cell[3], linked)
    words = len(_TAG.sub(" ", html).split())
    minutes = max(1, round(words / _WORDS_PER_MINUTE))
    return Outline(linked, tuple(sections), key_points(html), minutes)


def _with_text(inner: str) -> str:
    """The content of a heading or header cell, with text even if it is but a formula."""
    if "<math" not in inner or _TAG.sub("", _MATH.sub("", inner)).strip():
        return inner
    return inner + _TEXT


def _unique_id(heading: str, taken: set[str]) -> str:
    """The heading's words as an id; the second of one name gets a 2."""
    words = unicodedata.normalize("NFC", unescape(_TAG.sub("", heading))).casefold()
    base = _ID_PREFIX + (_NO_LETTER.sub("-", words)[:_MAX_ID].strip("-") or "section")
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    taken.add(candidate)
    return candidate


def key_points(html: str) -> tuple[str, ...]:
    """The bold words that list items and paragraphs begin with, as plain text."""
    if "<pre" in html:
        html = _CODE_BLOCK.sub("", html)
    points: dict[str, None] = {}
    for lead in _LEAD.findall(html):
        point = unescape(_TAG.sub("", lead)).strip().rstrip(":.–—- ")
        if 1 < len(point) <= _MAX_LEAD and "<math" not in lead and "<code" not in lead:
            points[point] = None
    return tuple(points)[:MAX_POINTS] if len(points) >= MIN_POINTS else ()

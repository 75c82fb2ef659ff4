"""What a search engine shows of a title and a description: as much as fits, in pixels.

Google sets results in Arial and cuts by width, not by number of letters. The widths are those of
Arial (and of the fonts made to its measure), in thousandths of the font's size.
"""

import unicodedata
from dataclasses import dataclass

_GROUPS = {
    191: "'",
    222: "ijl‘’‚",
    260: "|",
    278: " !,./:;I[\\]ft\N{NO-BREAK SPACE}",
    333: "()-`r“”„",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    549: "±÷",
    584: "+<=>~×−",
    556: "#$0123456789?L_abdeghnopqu–",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1000: "—…",
    1015: "@",
}
_WIDTHS = {char: width for width, chars in _GROUPS.items() for char in chars}
_OTHER, _FULL = 556, 1000
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is shown: the size of its font and how many pixels of it there are."""

    size: int
    limit: int


# As observed by those who measure result pages; two or three lines counted as one.
TITLE_ON_DESKTOP, TITLE_ON_PHONE = Place(20, 580), Place(20, 660)
DESCRIPTION_ON_DESKTOP, DESCRIPTION_ON_PHONE = Place(14, 920), Place(14, 680)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text in its place; `shown` ends in an ellipsis where it was cut."""

    shown: str
    width: int
    limit: int

    @property
    def is_cut(self) -> bool:
        return self.width > self.limit

    @property
    def percent(self) -> int:
        """Of the room, at most 100."""
        return min(100, round(100 * self.width / self.limit))


def fit(text: str, place: Place) -> Fitted:
    """The text as the place shows it, cut after a word."""
    text = " ".join(text.split())
    width = _width(text) * place.size // 1000
    if width <= place.limit:
        return Fitted(text, width, place.limit)
    room = place.limit * 1000 // place.size - _width(ELLIPSIS)
    end = used = 0
    for end, char in enumerate(text):  # noqa: B007
        used += _char_width(char)
        if used > room:
            break
    kept = text[:end]
    before, blank, _rest = kept.rpartition(" ")
    return Fitted((before if blank else kept).rstrip(" ,;:–—-") + ELLIPSIS, width, place.limit)


def _width(text: str) -> int:
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if char in _WIDTHS:
        return _WIDTHS[char]
    if unicodedata.east_asian_width(char) in "WF":
        return _FULL
    base = unicodedata.normalize("NFD", char)[0]
    return 0 if unicodedata.combining(char) else _WIDTHS.get(base, _OTHER)

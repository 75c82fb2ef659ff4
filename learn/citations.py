"""How to cite an answer: four styles for people, two formats for reference managers.

The styles are those of a web page by an organisation: APA 7, MLA 9, Chicago 17 (author-date) and
Harvard as in “Cite Them Right”. A reference is a list of pieces, so that titles can be set in
italics; joined they are its plain text.
"""

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext_noop

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MLA_MONTHS = (
    *("Jan.", "Feb.", "Mar.", "Apr.", "May", "June"),
    *("July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."),
)

# What follows such an end is not parted from it by a full stop as well.
_ENDS_SENTENCE = re.compile(r"[.?!…。?!][\"”’')\]]*$")
_QUOTED = re.compile(r"[“\"]([^“”\"]*)[”\"]")

_BIBTEX_SIGNS = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


@dataclass(frozen=True, slots=True)
class Source:
    """What is cited; `date` is None where none is known, `note` says how the text came about."""

    title: str
    author: str
    site: str
    url: str
    date: datetime.date | None
    accessed: datetime.date
    language: str = "en"
    note: str = ""


class Piece(NamedTuple):
    text: str
    is_italic: bool = False


Reference = list[Piece]


def plain(reference: Reference) -> str:
    return "".join(piece.text for piece in reference)


def apa(source: Source) -> Reference:
    """Author. (Year, Month D). *Title* [note]. Site. URL. A site that is the author is left out."""
    date = source.date
    when = f"{date.year}, {MONTHS[date.month - 1]} {date.day}" if date else "n.d."
    note = f" [{source.note}]" if source.note else ""
    site = "" if source.site == source.author else f"{_sentence(source.site)} "
    # Without a date the text may change: then APA wants the day of retrieval.
    url = source.url if date else f"Retrieved {_month_first(source.accessed)}, from {source.url}"
    return [
        Piece(f"{_sentence(source.author)} ({when}). "),
        Piece(source.title, is_italic=True),
        Piece(f"{note}{'.' if note else _stop(source.title)} {site}{url}"),
    ]


def mla(source: Source) -> Reference:
    """“Title.” *Site*, D Mon. Year, URL. note. The author is left out where it is the site."""
    author = "" if source.site == source.author else f"{_sentence(source.author)} "
    date = source.date
    when = f"{date.day} {MLA_MONTHS[date.month - 1]} {date.year}, " if date else ""
    end = f" {source.note}." if source.note else ""
    if not date:
        day = source.accessed
        end += f" Accessed {day.day} {MLA_MONTHS[day.month - 1]} {day.year}."
    return [
        Piece(f"{author}{_quoted(source.title)} "),
        Piece(source.site, is_italic=True),
        Piece(f", {when}{_without_scheme(source.url)}.{end}"),
    ]


def chicago(source: Source) -> Reference:
    """Author-date: Author. Year. “Title.” Site. note. Month D, Year. URL."""
    year = str(source.date.year) if source.date else "n.d."
    site = "" if source.site == source.author else f" {_sentence(source.site)}"
    note = f" {source.note}." if source.note else ""
    when = _month_first(source.date) if source.date else f"Accessed {_month_first(source.accessed)}"
    return [
        Piece(
            f"{_sentence(source.author)} {_sentence(year)} {_quoted(source.title)}{site}{note}"
            f" {when}. {source.url}."
        )
    ]


def harvard(source: Source) -> Reference:
    """Author (Year) *Title* [note]. Site. Available at: URL (Accessed: D Month Year)."""
    year = str(source.date.year) if source.date else "no date"
    note = f" [{source.note}]" if source.note else ""
    site = "" if source.site == source.author else f" {_sentence(source.site)}"
    day = source.accessed
    return [
        Piece(f"{source.author} ({year}) "),
        Piece(source.title, is_italic=True),
        Piece(
            f"{note}{'.' if note else _stop(source.title)}{site} Available at: {source.url}"
            f" (Accessed: {day.day} {MONTHS[day.month - 1]} {day.year})."
        ),
    ]


# The references themselves are in English, as the styles prescribe them.
STYLES: dict[str, Callable[[Source], Reference]] = {
    gettext_noop("APA (7th edition)"): apa,
    gettext_noop("MLA (9th edition)"): mla,
    gettext_noop("Chicago (17th edition, author-date)"): chicago,
    gettext_noop("Harvard (Cite Them Right)"): harvard,
}


def bibtex(source: Source) -> str:
    """One entry. Signs are escaped, so that the title is printed as it stands on the page."""
    date = source.date
    fields = {
        "author": f"{{{_tex(source.author)}}}",
        "title": f"{{{_tex(source.title)}}}",
        "publisher": _tex(source.site),
        "year": str(date.year) if date else "",
        "month": MONTHS[date.month - 1][:3].lower() if date else "",
        "url": source.url,
        "urldate": source.accessed.isoformat(),
        "language": source.language,
        "note": _tex(source.note),
    }
    # The name of a month is BibTeX's own word, which styles spell out; all else is text.
    lines = [
        f"  {name} = {value if name == 'month' else f'{{{value}}}'}"
        for name, value in fields.items()
        if value
    ]
    return f"@misc{{{_key(source)},\n" + ",\n".join(lines) + "\n}\n"


def ris(source: Source) -> str:
    """One record; lines end as the format wants them."""
    date = source.date
    tags = [
        ("TY", "ELEC"),
        ("TI", source.title),
        ("AU", source.author),
        ("PB", source.site),
        ("PY", str(date.year) if date else ""),
        ("DA", f"{date:%Y/%m/%d}" if date else ""),
        ("Y2", f"{source.accessed:%Y/%m/%d}"),
        ("LA", source.language),
        ("N1", source.note),
        ("UR", source.url),
    ]
    # A line break would end the value.
    lines = [f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in tags if value]
    return "".join([*lines, "ER  - \r\n"])


def _stop(text: str) -> str:
    return "" if _ENDS_SENTENCE.search(text) else "."


def _sentence(text: str) -> str:
    return text + _stop(text)


def _quoted(title: str) -> str:
    """The title as a sentence in quotation marks; those inside it become single ones."""
    inner = _sentence(_QUOTED.sub(r"‘\1’", title))
    # American styles put the full stop inside the inner marks as well.
    return f"“{inner.removesuffix('’.') + '.’' if inner.endswith('’.') else inner}”"


def _month_first(date: datetime.date) -> str:
    return f"{MONTHS[date.month - 1]} {date.day}, {date.year}"


def _without_scheme(url: str) -> str:
    return url.partition("://")[2] or url


def _tex(text: str) -> str:
    return "".join(_BIBTEX_SIGNS.get(character, character) for character in text)


def _key(source: Source) -> str:
    """Author, year and the title's first long word, in plain letters."""
    words = [_letters(word) for word in source.title.split()]
    first = next((word for word in words if len(word) > 4), words[0] if words else "")
    year = str(source.date.year) if source.date else "nd"
    return f"{_letters(source.author)}{year}{first}"


def _letters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if c.isascii() and c.isalnum())

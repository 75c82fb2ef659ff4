"""How two files differ, for a page that shows nothing but that: line by line."""

from typing import NamedTuple

from learn.textdiff import Segment, compare

# Characters of what is equal that are shown beside what differs.
AROUND = 60


class Part(NamedTuple):
    text: str
    is_marked: bool


class Line(NamedTuple):
    """A line of the old text (`removed`) or of the new one (`added`)."""

    kind: str
    parts: list[Part]


def differing_lines(old: str, new: str) -> list[Line]:
    """The lines that differ, what differs in them marked; what is equal is left out.

    How lines end, and whether the last one does, is no difference to look at.
    """
    lines: list[Line] = []
    for row in compare(_lines_of(old), _lines_of(new)).rows:
        if row.is_same:
            continue
        for kind, segments in (("removed", row.old), ("added", row.new)):
            if segments is not None:
                lines.append(Line(kind, list(map(_part, segments))))
    return lines


def _lines_of(text: str) -> str:
    return "\n".join(text.splitlines())


def _part(segment: Segment) -> Part:
    is_marked = segment.change > 0
    return Part(segment.text if is_marked else _shortened(segment.text), is_marked)


def _shortened(text: str) -> str:
    if len(text) <= 2 * AROUND + 10:
        return text
    return f"{text[:AROUND]} … {text[-AROUND:]}"

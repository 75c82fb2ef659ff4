"""How two texts differ, line by line, and within a line word by word."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
# Words of one line that are compared; a longer line is marked as a whole.
WORDS = 4_000
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
    """The lines that differ, what differs in them marked; what is equal is left out."""
    before, after = old.splitlines(), new.splitlines()
    lines: list[Line] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, from_, to, other_from, other_to in matcher.get_opcodes():
        if tag != "equal":
            lines += _changed(before[from_:to], after[other_from:other_to])
    return lines


def _changed(removed: Sequence[str], added: Sequence[str]) -> Iterator[Line]:
    if len(removed) != len(added):
        yield from (Line("removed", [Part(line, True)]) for line in removed)
        yield from (Line("added", [Part(line, True)]) for line in added)
        return
    for old, new in zip(removed, added, strict=True):
        before, after = _marked(old, new)
        yield Line("removed", before)
        yield Line("added", after)


def _marked(old: str, new: str) -> tuple[list[Part], list[Part]]:
    before, after = WORD.findall(old), WORD.findall(new)
    if len(before) > WORDS or len(after) > WORDS:
        return [Part(old, True)], [Part(new, True)]
    removed: list[Part] = []
    added: list[Part] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, from_, to, other_from, other_to in matcher.get_opcodes():
        is_marked = tag != "equal"
        for parts, words in ((removed, before[from_:to]), (added, after[other_from:other_to])):
            if text := "".join(words):
                parts.append(Part(text if is_marked else _shortened(text), is_marked))
    return removed, added


def _shortened(text: str) -> str:
    if len(text) <= 2 * AROUND + 10:
        return text
    return f"{text[:AROUND]} … {text[-AROUND:]}"

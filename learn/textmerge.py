"""Two texts that were made from one, joined line by line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from learn.textdiff import hunks

START, MIDDLE, END = "<<<<<<<", "=======", ">>>>>>>"


@dataclass(frozen=True, slots=True)
class Merge:
    """`text` holds both versions, marked, wherever the two changed the same lines."""

    text: str
    conflicts: int


class Block(NamedTuple):
    """Lines of the base that both texts have, and where they begin in each of the three."""

    base: int
    theirs: int
    mine: int
    length: int


def merge(base: str, theirs: str, mine: str, *, theirs_name: str, mine_name: str) -> Merge:
    """What only one of the two changed is taken; what both changed alike, once."""
    base_lines, their_lines, my_lines = (text.split("\n") for text in (base, theirs, mine))
    merged: list[str] = []
    conflicts = 0
    at_base = at_theirs = at_mine = 0
    for block in _unchanged_by_both(base_lines, their_lines, my_lines):
        was = base_lines[at_base : block.base]
        their = their_lines[at_theirs : block.theirs]
        my = my_lines[at_mine : block.mine]
        if my in (was, their):
            merged += their
        elif their == was:
            merged += my
        else:
            conflicts += 1
            merged += [f"{START} {theirs_name}", *their, MIDDLE, *my, f"{END} {mine_name}"]
        merged += base_lines[block.base : block.base + block.length]
        at_base, at_theirs, at_mine = (
            start + block.length for start in (block.base, block.theirs, block.mine)
        )
    return Merge("\n".join(merged), conflicts)


def conflict_lines(text: str) -> list[int]:
    """The numbers of the lines, from 1, at which a conflict that nobody has settled begins."""
    lines = text.split("\n")
    if not any(line.startswith(f"{END} ") for line in lines):
        return []
    return [number for number, line in enumerate(lines, start=1) if line.startswith(f"{START} ")]


def _unchanged_by_both(base: list[str], theirs: list[str], mine: list[str]) -> Iterator[Block]:
    """In order, and an empty one at the end."""
    in_theirs, in_mine = _matches(base, theirs), _matches(base, mine)
    their, my = next(in_theirs, None), next(in_mine, None)
    while their and my:
        start = max(their[0], my[0])
        end = min(their[0] + their[2], my[0] + my[2])
        if start < end:
            yield Block(start, their[1] + start - their[0], my[1] + start - my[0], end - start)
        if their[0] + their[2] < my[0] + my[2]:
            their = next(in_theirs, None)
        else:
            my = next(in_mine, None)
    yield Block(len(base), len(theirs), len(mine), 0)


def _matches(base: list[str], other: list[str]) -> Iterator[tuple[int, int, int]]:
    """(start in the base, start in the other, length) of what they have in common."""
    at_base = at_other = 0
    for hunk in hunks(base, other):
        if hunk.is_same:
            yield at_base, at_other, len(hunk.old)
        at_base += len(hunk.old)
        at_other += len(hunk.new)

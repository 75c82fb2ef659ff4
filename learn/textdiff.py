"""What differs between two texts: line by line, and inside lines word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from rapidfuzz.distance import Indel

WORD = re.compile(r"\w+|\s+|[^\w\s]")
# Above this the search for the longest common part would take seconds and tens of megabytes.
LIMIT = 400_000_000
PAIRS_LIMIT = 40_000
# Lines with less in common are shown as one gone and one new.
ALIKE = 0.4


class Hunk(NamedTuple):
    """A stretch of both sequences, the same in both or not."""

    is_same: bool
    old: Sequence[str]
    new: Sequence[str]


class Segment(NamedTuple):
    """A piece of a line. `change` numbers the changes from 1; 0 is what is the same."""

    text: str
    change: int = 0


class Row(NamedTuple):
    """A line of the old text beside one of the new; None where the other has no such line."""

    old: list[Segment] | None
    new: list[Segment] | None

    @property
    def is_same(self) -> bool:
        segments = [*(self.old or ()), *(self.new or ())]
        return None not in self and all(segment.change == 0 for segment in segments)


@dataclass(slots=True)
class Diff:
    rows: list[Row] = field(default_factory=list)
    changes: int = 0


def compare(old: str, new: str) -> Diff:
    """Both texts as rows of lines side by side, with their changes marked and counted."""
    diff = Diff()
    for hunk in hunks(old.split("\n"), new.split("\n")):
        if hunk.is_same:
            diff.rows += [Row([Segment(line)], [Segment(line)]) for line in hunk.old]
        else:
            for pair in _pair_lines(hunk.old, hunk.new):
                diff.rows.append(_row(diff, *pair))
    return diff


def compare_words(old: str, new: str) -> list[Hunk]:
    """Both texts as hunks of words, spaces and signs, for a text that is shown once."""
    return _joined(hunks(WORD.findall(old), WORD.findall(new)))


def hunks(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """The longest common part of two sequences, and what stands between its pieces."""
    start, end = _common_ends(old, new)
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    found: list[Hunk] = []
    if start:
        found.append(Hunk(True, old[:start], new[:start]))
    if len(middle_old) * len(middle_new) > LIMIT:
        found.append(Hunk(False, middle_old, middle_new))
    else:
        found += _longest_common(middle_old, middle_new)
    if end:
        found.append(Hunk(True, old[len(old) - end :], new[len(new) - end :]))
    return found


def _common_ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    shortest = min(len(old), len(new))
    start = 0
    while start < shortest and old[start] == new[start]:
        start += 1
    end = 0
    while end < shortest - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, end


def _longest_common(old: Sequence[str], new: Sequence[str]) -> Iterator[Hunk]:
    """Neighbouring deletions and insertions as one hunk."""
    changed_old: list[str] = []
    changed_new: list[str] = []
    for operation in Indel.opcodes(old, new):
        part_old = old[operation.src_start : operation.src_end]
        part_new = new[operation.dest_start : operation.dest_end]
        if operation.tag != "equal":
            changed_old += part_old
            changed_new += part_new
            continue
        if changed_old or changed_new:
            yield Hunk(False, changed_old, changed_new)
            changed_old, changed_new = [], []
        yield Hunk(True, part_old, part_new)
    if changed_old or changed_new:
        yield Hunk(False, changed_old, changed_new)


def _joined(found: list[Hunk]) -> list[Hunk]:
    """Without the crumbs: what two changes have between them joins them if it is no word, or a
    chance word of two rewritten stretches."""
    joined: list[Hunk] = []
    for position, hunk in enumerate(found):
        following = found[position + 1] if position + 1 < len(found) else None
        before = joined[-1] if joined else None
        if (
            before
            and not before.is_same
            and (not hunk.is_same or _is_crumb(before, hunk, following))
        ):
            joined[-1] = Hunk(False, [*before.old, *hunk.old], [*before.new, *hunk.new])
        else:
            joined.append(hunk)
    return joined


def _is_crumb(before: Hunk, hunk: Hunk, following: Hunk | None) -> bool:
    if following is None or following.is_same:
        return False
    text = "".join(hunk.old)
    return not text.strip() or 2 * len(text) <= min(_size(before), _size(following))


def _size(hunk: Hunk) -> int:
    return min(len("".join(hunk.old)), len("".join(hunk.new)))


def _row(diff: Diff, old: str | None, new: str | None) -> Row:
    if old is None or new is None:
        before = diff.rows[-1] if diff.rows else None
        if not before or (before.old is None, before.new is None) != (old is None, new is None):
            # Lines that were put in, or taken out, together are one change.
            diff.changes += 1
        segment = [Segment(old or new or "", diff.changes)]
        return Row(segment, None) if new is None else Row(None, segment)
    old_segments, new_segments = [], []
    for hunk in compare_words(old, new):
        change = 0
        if not hunk.is_same:
            diff.changes += 1
            change = diff.changes
        old_segments.append(Segment("".join(hunk.old), change))
        new_segments.append(Segment("".join(hunk.new), change))
    return Row(_filled(old_segments), _filled(new_segments))


def _filled(segments: list[Segment]) -> list[Segment]:
    return [segment for segment in segments if segment.text]


def _pair_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Lines that are alike side by side, in order; what is left between them by turns."""
    at_old = at_new = 0
    for next_old, next_new in [*_alike(old, new), (len(old), len(new))]:
        yield from zip_longest(old[at_old:next_old], new[at_new:next_new])
        if next_old < len(old):
            yield old[next_old], new[next_new]
        at_old, at_new = next_old + 1, next_new + 1


def _alike(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of lines, in order, that have the most words in common altogether."""
    if not old or not new or len(old) * len(new) > PAIRS_LIMIT or len(old) == len(new) == 1:
        return []
    old_words = [line.split() for line in old]
    new_words = [line.split() for line in new]
    # best[i][j]: of the lines from i and from j on.
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[0.0] * len(new) for _ in old]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            score = Indel.normalized_similarity(old_words[i], new_words[j], score_cutoff=ALIKE)
            alike[i][j] = score
            best[i][j] = max(best[i + 1][j], best[i][j + 1], score + best[i + 1][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs

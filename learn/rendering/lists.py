"""Makes lists nest that their author meant to nest.

CommonMark nests a bullet under `1. ` only from three spaces on, and under `10. ` only from four;
with fewer, it ends the numbered list. Measured: the imported answers always indent by enough, so
this changes none of them; people who type two spaces, or three under a tenth item, mean the same.
"""

import re

from learn.rendering.scan import find_fences

# A bullet that may be indented too little, or an item whose content starts after column three.
# It begins with a plain character because that is searched for several times faster than `^`.
_SUSPECT = re.compile(r"\n(?: {1,2}[-*+] | *(?:\d{2,9}[.)]|\d[.)] ) )")
_NUMBERED = re.compile(r"( *)(\d{1,9}[.)])( {1,4})(?=\S)")
_BULLET = re.compile(r" +[-*+] ")


def nest_lists(text: str) -> str:
    """The text with bullets below a numbered item indented as far as that item's content.

    Whatever stands below such a bullet moves with it.
    """
    if "\n " not in text or not _SUSPECT.search("\n" + text):
        return text
    in_fence = _lines_in_fences(text)
    lines = text.split("\n")
    item_indent, content, shift = -1, 0, 0
    for number, line in enumerate(lines):
        indent = len(line) - len(line.lstrip(" "))
        if indent == len(line):
            continue
        if number not in in_fence:
            if indent <= item_indent:
                item_indent, content, shift = -1, 0, 0
            numbered = _NUMBERED.match(line)
            if numbered and not shift:
                item_indent, content = indent, numbered.end()
            elif item_indent >= 0 and not shift and indent < content and _BULLET.match(line):
                shift = content - indent
        if shift and indent > item_indent:
            lines[number] = " " * shift + line
    return "\n".join(lines)


def _lines_in_fences(text: str) -> set[int]:
    """The numbers of the lines that are code; fences move with their item but begin no list."""
    lines: set[int] = set()
    for fence in find_fences(text):
        first = text.count("\n", 0, fence.start)
        lines.update(range(first, first + text.count("\n", fence.start, fence.end) + 1))
    return lines

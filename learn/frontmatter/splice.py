"""Change some keys of a file of any layout; every line that is not theirs stays as it is."""

import re

from learn.frontmatter.compose import compose_entry
from learn.frontmatter.document import Fields, FrontMatter, FrontMatterError
from learn.frontmatter.parse import decode_text, parse, split

# A key at the start of a line: plain, or in quotes.
KEY_LINE = re.compile(r"(?P<key>[^\s#'\"\-?{\[&*!|>%@`:][^:#]*+|'[^']*'\s*|\"[^\"]*\"\s*):(?=\s|$)")


def splice(data: bytes, fields: Fields) -> bytes:
    """`data` with its front matter changed to hold exactly `fields`.

    A key whose value is the same keeps its lines; a changed one is written in the style of the
    common layout; one that `fields` lacks goes; a new one is put after the last key. Comments
    and blank lines between the keys stay. Raises FrontMatterError where the result would not
    read back as `fields`.
    """
    text = decode_text(data)
    before = parse(data)
    if before.fields == fields:
        return data
    start, end, _ = split(text)
    newline = "\r\n" if "\r\n" in text[:end] else "\n"
    pieces = _pieces(text[start:end])
    if sorted(key for key, _ in pieces if key is not None) != sorted(before.fields):
        raise FrontMatterError("the keys do not stand on lines of their own")
    folded = _is_folded(before, pieces)
    changed = {
        key: compose_entry(key, value, folded).replace("\n", newline)
        for key, value in fields.items()
        if key not in before.fields or before.fields[key] != value
    }
    kept = [
        lines if key is None else changed.pop(key, lines)
        for key, lines in pieces
        if key is None or key in fields
    ]
    # What stands after the last key stays last; new keys go before it.
    yaml_text = "".join([*kept[:-1], *changed.values(), kept[-1]])
    result = (text[:start] + yaml_text + text[end:]).encode()
    if parse(result).fields != fields:
        raise FrontMatterError("the changed file does not read back as it should")
    return result


def _pieces(yaml_text: str) -> list[tuple[str | None, str]]:
    """(key, its lines) in order; comments and blank lines between the keys have no key."""
    pieces: list[tuple[str | None, list[str]]] = []
    between: list[str] = []
    for line in re.findall(r"[^\n]*\n", yaml_text):
        if match := KEY_LINE.match(line):
            pieces += [(None, between), (match["key"].strip().strip("'\""), [line])]
            between = []
        else:
            between.append(line)
            if line.strip() and not line.startswith("#") and pieces:
                # A value goes on; what looked like a comment or a gap stands inside it.
                pieces[-1][1].extend(between)
                between = []
    pieces.append((None, between))
    return [(key, "".join(lines)) for key, lines in pieces]


def _is_folded(before: FrontMatter, pieces: list[tuple[str | None, str]]) -> bool:
    if before.folded_title is not None:
        return before.folded_title
    return any(key == "title" and re.match(r"[^:]*:\s*>", lines) for key, lines in pieces)

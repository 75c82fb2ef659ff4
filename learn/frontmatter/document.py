"""What a parsed file is, and what is said about one that cannot be parsed."""

import re
from dataclasses import dataclass, field

# The largest real file has 13 KB; anything near this limit is not a seed file.
MAX_BYTES = 1_000_000

# A scalar is the text of the file; None is YAML's null ("", "~" or "null", unquoted).
Value = str | None | list["Value"] | dict[str, "Value"]
Fields = dict[str, Value]

RELATED_KEY = re.compile(r"related_article([1-9][0-9]*)")


def printable(text: str) -> str:
    """Text of unknown origin for a message: what a terminal would obey stands as an escape."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


class FrontMatterError(ValueError):
    """The file cannot be read; `line` counts from 1, or is None where no line is to blame."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        reason = printable(reason)
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A parsed file.

    `lines` gives the line of a top-level key (counting from 1). `folded_title` is the one bit
    by which files of the common layout differ; it is None for any other layout.
    """

    fields: Fields
    body: str
    folded_title: bool | None = None
    lines: dict[str, int] = field(default_factory=dict)


def related_position(key: str) -> int:
    """The N of `related_articleN`; 0 for any other key."""
    match = RELATED_KEY.fullmatch(key)
    return int(match[1]) if match else 0

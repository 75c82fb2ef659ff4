"""A strict reader of small YAML mappings: every scalar as its text, and nothing that explodes.

It takes libyaml's events, so that anchors, aliases, tags, depth and repeated keys are refused
with their line before anything is built from them.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import yaml

from learn.frontmatter.document import Fields, FrontMatterError, Value

MAX_DEPTH = 10
MAX_KEY_LENGTH = 200
# What libyaml refuses; found beforehand, because it names the place in bytes.
FORBIDDEN = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff")
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
# Problems that libyaml finds lines below the place that it was reading when they began.
SEEN_LATE = frozenset(("found unexpected end of stream", "could not find expected ':'"))
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

HINTS = {
    "mapping values are not allowed": "a value that holds “: ” must be quoted or folded (>-)",
    "found character that cannot start": (
        "quote a value that begins with @, %, a back-tick or a tab; indent with spaces"
    ),
    "could not find expected ':'": "each line needs a key and a colon",
    "found unexpected end of stream": "the quote that begins here is not closed",
}


def read_mapping(text: str, *, first_line: int) -> tuple[Fields, dict[str, int]]:
    """The mapping that `text` holds and the line of each of its keys; lines count from
    `first_line`. Raises FrontMatterError."""
    if found := FORBIDDEN.search(text):
        line = text.count("\n", 0, found.start()) + first_line
        raise FrontMatterError(
            f"the character U+{ord(found[0]):04X} is not allowed in YAML; remove it", line
        )
    reader = _Reader(text, first_line)
    try:
        return reader.read(), reader.key_lines
    except yaml.MarkedYAMLError as error:
        raise reader.explain(error) from None


def _with_hint(problem: str) -> str:
    for beginning, hint in HINTS.items():
        if problem.startswith(beginning):
            return f"{problem}; {hint}"
    return problem


class _Reader:
    def __init__(self, text: str, first_line: int) -> None:
        self.events: Iterator[Any] = yaml.parse(text, Loader=LOADER)
        self.first_line = first_line
        # Counted here: YAML takes U+0085 and U+2028 for line breaks, which editors do not.
        self.line_ends = [match.start() for match in re.finditer("\n", text)]
        self.key_lines: dict[str, int] = {}

    def line(self, mark: Any) -> int:
        return bisect_left(self.line_ends, mark.index) + self.first_line

    def refuse(self, reason: str, event: Any) -> FrontMatterError:
        return FrontMatterError(reason, self.line(event.start_mark))

    def explain(self, error: yaml.MarkedYAMLError) -> FrontMatterError:
        problem = error.problem or error.context or "not readable"
        mark = error.problem_mark or error.context_mark
        if problem in SEEN_LATE:
            mark = error.context_mark or mark
        return FrontMatterError(
            f"invalid YAML: {_with_hint(problem)}", self.line(mark) if mark else None
        )

    def next(self) -> Any:
        event = next(self.events)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self.refuse(
                "YAML anchors and aliases are not allowed; write the value out", event
            )
        tag = getattr(event, "tag", None)
        if tag and tag not in ("!", "tag:yaml.org,2002:str"):
            raise self.refuse(f"YAML tags are not allowed (“{tag}”); write the plain value", event)
        return event

    def read(self) -> Fields:
        self.next()  # the stream
        document = self.next()
        if isinstance(document, yaml.StreamEndEvent):
            raise FrontMatterError("the front matter is empty", self.first_line)
        event = self.next()
        if not isinstance(event, yaml.MappingStartEvent):
            raise self.refuse("the front matter must be keys and values (“key: value”)", event)
        fields = self.mapping(event, depth=1)
        self.next()  # the document's end
        event = self.next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise self.refuse("a second YAML document begins; put all keys into one", event)
        return fields

    def value(self, event: Any, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise self.refuse(f"nested deeper than {MAX_DEPTH} levels", event)
        if isinstance(event, yaml.ScalarEvent):
            is_null = event.implicit[0] and not event.style and event.value in NULLS
            return None if is_null else str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(depth)
        return self.mapping(event, depth)

    def sequence(self, depth: int) -> list[Value]:
        items: list[Value] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.value(event, depth + 1))
        return items

    def mapping(self, start: Any, depth: int) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise self.refuse("a key must be a word", event)
            key = self.key(event)
            if key in fields:
                raise self.refuse(f"the key “{key}” stands twice", event)
            if depth == 1:
                self.key_lines[key] = self.line(event.start_mark)
            fields[key] = self.value(self.next(), depth + 1)
        return fields

    def key(self, event: Any) -> str:
        key = str(event.value)
        if key == "<<" and not event.style:
            raise self.refuse("YAML merge keys (“<<”) are not allowed; write the keys out", event)
        if len(key) > MAX_KEY_LENGTH:
            raise self.refuse(
                f"a key has {len(key):,} characters; at most {MAX_KEY_LENGTH} are allowed", event
            )
        return key

"""Bytes -> FrontMatter: the common layout first, the YAML reader for the rest."""

import re

from learn.frontmatter.common import document_from, read_common
from learn.frontmatter.document import MAX_BYTES, FrontMatter, FrontMatterError
from learn.frontmatter.yaml_reader import read_mapping

OPENING = re.compile(r"\ufeff?(?:[ \t]*\r?\n)*---[ \t]*\r?\n")
CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)


def parse(data: bytes) -> FrontMatter:
    """The front matter of a file; raises FrontMatterError with line and reason."""
    common = read_common(data)
    return document_from(common) if common else parse_any(data)


def parse_any(data: bytes) -> FrontMatter:
    """The front matter of a file of any layout, with the line of each key."""
    if len(data) > MAX_BYTES:
        raise FrontMatterError(
            f"the file has {len(data):,} bytes; a seed file has at most {MAX_BYTES:,}"
        )
    text = decode_text(data)
    start, end, body = split(text)
    fields, lines = read_mapping(text[start:end], first_line=text.count("\n", 0, start) + 1)
    return FrontMatter(fields=fields, body=text[body:], lines=lines)


def decode_text(data: bytes) -> str:
    """The file as text; a byte-order mark stays, as U+FEFF."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise FrontMatterError(
            f"not UTF-8: byte 0x{data[error.start]:02x} in column {column}; save it as UTF-8",
            data.count(b"\n", 0, error.start) + 1,
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FrontMatterError("a NUL byte; a seed file is text", line)
    return text


def split(text: str) -> tuple[int, int, int]:
    """Offsets in the text: where the YAML begins, where it ends, where the body begins."""
    if not text.strip("\ufeff \t\r\n"):
        raise FrontMatterError("the file is empty")
    opening = OPENING.match(text)
    if opening is None:
        raise FrontMatterError("no front matter: the file must begin with a line “---”", 1)
    closing = CLOSING.search(text, opening.end())
    if closing is None:
        line = text.count("\n", 0, opening.end())
        raise FrontMatterError(
            "the front matter is not closed: a line “---” must follow the last key", line
        )
    body = closing.end() + 1
    return opening.end(), closing.start(), min(body, len(text))

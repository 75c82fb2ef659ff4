"""Bytes of one file -> Seed, with what is worth a warning."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from learn.frontmatter import FrontMatter, FrontMatterError, compose, parse, printable
from learn.frontmatter.parse import decode_text, parse_any
from learn.momentformat import unknown_tokens
from learn.seeds.mapping import (
    fields_from,
    reproduces,
    seed_from,
    shown,
    unknown_keys,
    unknown_nested_keys,
)
from learn.seeds.seed import Seed


@dataclass(frozen=True, slots=True)
class SeedWarning:
    """Something odd in a file that was taken all the same."""

    code: str
    detail: str


def seed_hash(data: bytes) -> str:
    """The digest by which a file that was taken before is known again."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def read_seed(data: bytes) -> tuple[Seed, list[SeedWarning]]:
    """The seed that a file holds; raises FrontMatterError with line and reason."""
    document = parse(data)
    try:
        seed = seed_from(document)
    except FrontMatterError as error:
        if error.line is None and not document.lines:
            # The fast reader of the common layout counts no lines; the slow one does.
            seed_from(parse_any(decode_text(data)))
        raise
    if not _is_reproduced(seed, document, data):
        seed.layout = replace(seed.layout, source=data)
    return seed, _warnings(seed, document)


def _is_reproduced(seed: Seed, document: FrontMatter, data: bytes) -> bool:
    if document.folded_title is not None:
        return reproduces(seed, document)
    layout = seed.layout
    text = compose(fields_from(seed), folded_title=layout.folded_title, extra=layout.extra)
    return text.encode() == data


def _warnings(seed: Seed, document: FrontMatter) -> list[SeedWarning]:
    return [SeedWarning(code, printable(detail)) for code, detail in _oddities(seed, document)]


def _oddities(seed: Seed, document: FrontMatter) -> Iterator[tuple[str, str]]:
    if document.folded_title is None:  # the common layout has neither
        if document.body.strip() not in ("", "&nbsp;"):
            yield "body", "text below the front matter is kept but not shown"
        for key in (*unknown_keys(document), *unknown_nested_keys(document)):
            yield "unknown-key", f"{key} is kept but not used"
    file_name = document.fields.get("file_name")
    if file_name is not None and file_name != f"{seed.path.slug}.md":
        yield "file-name", f"file_name is not the slug of the url: {shown(file_name)}"
    if tokens := unknown_tokens(seed.date_format):
        yield "date-format", f"unknown tokens {', '.join(tokens)} in {seed.date_format}"

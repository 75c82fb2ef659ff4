"""Bytes of one file -> Seed, with what is worth a warning."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from learn.frontmatter import FrontMatter, compose, parse_any, printable, read_common
from learn.momentformat import unknown_tokens
from learn.seeds.common import seed_from_common
from learn.seeds.mapping import (
    fields_from,
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
    common = read_common(data)
    seed = common and seed_from_common(common)
    if seed:
        return seed, _warnings(_odd_format(seed))
    document = parse_any(data)
    seed = seed_from(document)
    layout = seed.layout
    text = compose(fields_from(seed), folded_title=layout.folded_title, extra=layout.extra)
    if text.encode() != data:
        seed.layout = replace(layout, source=data)
    return seed, _warnings(_oddities(seed, document))


def _warnings(oddities: Iterator[tuple[str, str]]) -> list[SeedWarning]:
    return [SeedWarning(code, printable(detail)) for code, detail in oddities]


def _oddities(seed: Seed, document: FrontMatter) -> Iterator[tuple[str, str]]:
    if document.body.strip() not in ("", "&nbsp;"):
        yield "body", "text below the front matter is kept but not shown"
    for key in (*unknown_keys(document), *unknown_nested_keys(document)):
        yield "unknown-key", f"{key} is kept but not used"
    file_name = document.fields.get("file_name")
    if file_name is not None and file_name != f"{seed.path.slug}.md":
        yield "file-name", f"file_name is not the slug of the url: {shown(file_name)}"
    yield from _odd_format(seed)


def _odd_format(seed: Seed) -> Iterator[tuple[str, str]]:
    if tokens := unknown_tokens(seed.date_format):
        yield "date-format", f"unknown tokens {', '.join(tokens)} in {seed.date_format}"

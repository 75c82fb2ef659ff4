"""The one table: front-matter key <-> attribute of a Seed <-> converter.

Attributes of a Seed bear the names of Question's fields, so that this table is also the map
between files and rows; docs/content-format.md shows it to people.
"""

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from learn.frontmatter import (
    MAX_BYTES,
    RELATED_KEY,
    Fields,
    FrontMatter,
    FrontMatterError,
    Value,
    compose_extra,
    related_position,
)
from learn.models.path import QuestionPath, parse_path
from learn.models.question import TITLE_MAX_LENGTH
from learn.rendering import Decoded, decode, encode
from learn.seeds.seed import Layout, RelatedArticle, Seed
from learn.validators import SLUG_MAX_LENGTH

# What bigint columns hold.
INTEGER_LIMIT = 2**63
INTEGER = re.compile(r"-?[0-9]+")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# As Python writes floats: seventeen digits that count, and up to three zeros before them.
NUMBER = re.compile(r"-?[0-9]{1,17}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,3})?")
# What XML, and so a feed, cannot hold; a quoted scalar can, by an escape.
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# How much of a wrong value a message repeats: any real url, whole.
SHOWN_LENGTH = 250


class Problem(ValueError):
    """A value that its key does not take; the reader adds file and line."""


def _kind(value: Value) -> str:
    if value is None:
        return "nothing"
    return {str: "text", list: "a list", dict: "keys and values"}[type(value)]


def text(limit: int) -> Callable[[Value], str]:
    """A converter to text of at most `limit` characters."""

    def convert(value: Value) -> str:
        if not isinstance(value, str):
            raise Problem(f"expected text, found {_kind(value)}")
        if len(value) > limit:
            raise Problem(f"has {len(value)} characters; at most {limit} are allowed")
        if found := CONTROL_CHARACTER.search(value):
            raise Problem(f"holds the control character U+{ord(found[0]):04X}; remove it")
        return value

    return convert


def integer(value: Value) -> int:
    if not isinstance(value, str) or not INTEGER.fullmatch(value):
        raise Problem(f"expected a whole number, found {shown(value)}")
    number = int(value) if len(value) < 21 else INTEGER_LIMIT
    if not -INTEGER_LIMIT <= number < INTEGER_LIMIT:
        raise Problem("the number is too large")
    return number


def number(value: Value) -> float:
    if isinstance(value, str) and NUMBER.fullmatch(value) and math.isfinite(float(value)):
        return float(value)
    raise Problem(f"expected a number such as -1.0, found {shown(value)}")


def boolean(value: Value) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise Problem(f"expected true or false, found {shown(value)}")


def iso_date(value: Value) -> datetime.date:
    if isinstance(value, str) and DATE.fullmatch(value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    raise Problem(f"expected a date as 2025-02-06, found {shown(value)}")


def shown(value: Value) -> str:
    """A value as messages repeat it."""
    if not isinstance(value, str):
        return _kind(value)
    ending = "…" if len(value) > SHOWN_LENGTH else ""
    return f"“{value[:SHOWN_LENGTH]}{ending}”"


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the table. A missing key that is not required leaves the Seed's default."""

    name: str
    attribute: str
    from_file: Callable[[Value], Any]
    to_file: Callable[[Any], str] = str
    required: bool = False
    # Left out of the file when the value is this.
    absent_as: Any = None
    # Of text: how many characters it may have.
    limit: int | None = None


def text_key(name: str, attribute: str, limit: int, *, required: bool = False) -> Key:
    return Key(name, attribute, text(limit), required=required, limit=limit)


KEYS = (
    text_key("_schema", "schema", 100),
    Key("id", "seed_id", integer),
    Key("date", "date", iso_date, required=True),
    text_key("title", "title", TITLE_MAX_LENGTH, required=True),
    text_key("article_title", "article_title", TITLE_MAX_LENGTH),
    text_key("date_format", "date_format", 100),
    text_key("post_on_text", "post_on_text", 100),
    text_key("author", "author", 200, required=True),
    text_key("question", "question", TITLE_MAX_LENGTH, required=True),
    Key("no_index", "no_index", boolean, to_file=lambda value: "True", absent_as=False),
    text_key("answer", "answer", MAX_BYTES, required=True),
    text_key("subject", "subject", 200, required=True),
    Key("score", "score", number),
)
SEO_KEYS = (
    text_key("title", "seo_title", TITLE_MAX_LENGTH),
    text_key("page_description", "seo_description", MAX_BYTES),
    text_key("page_keywords", "seo_keywords", MAX_BYTES),
)
RELATED_KEYS = (
    Key("id", "seed_id", integer),
    text_key("title", "title", TITLE_MAX_LENGTH, required=True),
    text_key("subject", "subject", 200),
    text_key("url", "url", 500, required=True),
)
SEO_NAMES = {key.name for key in SEO_KEYS}
RELATED_NAMES = {key.name for key in RELATED_KEYS}
KNOWN = {key.name for key in KEYS} | {"seo", "file_name", "url"}


# --- file -> seed


def seed_from(document: FrontMatter) -> Seed:
    """What the file says; raises FrontMatterError with line and reason."""
    fields = document.fields
    values = _convert(KEYS, fields, document, "")
    seo = fields.get("seo")
    if seo is not None and not isinstance(seo, dict):
        raise _error(document, "seo", f"expected keys and values, found {_kind(seo)}")
    values |= _convert(SEO_KEYS, seo or {}, document, "seo")
    values["answer"], wrapped = _decode_answer(values["answer"])
    if not values["answer"].strip():
        raise _error(document, "answer", "is empty")
    values["article_title"] = values.get("article_title") or values["title"]
    return Seed(
        path=_path(document),
        related=_related(document),
        layout=Layout(
            folded_title=document.folded_title is not False,
            answer_wrapped=wrapped,
            extra=compose_extra({key: fields[key] for key in unknown_keys(document)}),
        ),
        **values,
    )


def unknown_keys(document: FrontMatter) -> list[str]:
    """The top-level keys that the site does not use."""
    return [key for key in document.fields if key not in KNOWN and not RELATED_KEY.fullmatch(key)]


def unknown_nested_keys(document: FrontMatter) -> list[str]:
    """The keys inside `seo` and the related articles that the site does not use."""
    return [
        f"{parent}.{name}"
        for parent, value in document.fields.items()
        if isinstance(value, dict) and (parent == "seo" or RELATED_KEY.fullmatch(parent))
        for name in value
        if name not in (SEO_NAMES if parent == "seo" else RELATED_NAMES)
    ]


def _convert(
    keys: tuple[Key, ...], fields: Fields, document: FrontMatter, parent: str
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key in keys:
        value = fields.get(key.name)
        try:
            if value is not None:
                values[key.attribute] = key.from_file(value)
            elif key.required:
                raise Problem("is missing")
            if key.required and isinstance(value, str) and not value.strip():
                raise Problem("is empty")
        except Problem as problem:
            raise _error(document, parent or key.name, str(problem), key.name) from None
    return values


def _error(document: FrontMatter, key: str, reason: str, nested: str = "") -> FrontMatterError:
    name = key if nested in ("", key) else f"{key}.{nested}"
    return FrontMatterError(f"{name}: {reason}", document.lines.get(key))


def _path(document: FrontMatter) -> QuestionPath:
    url = document.fields.get("url")
    if url is None:
        raise _error(document, "url", "is missing")
    path = parse_path(url) if isinstance(url, str) else None
    if path is None:
        raise _error(
            document,
            "url",
            f"expected /learn/<subject>/questions/<slug> in small letters, found {shown(url)}",
        )
    if max(map(len, path)) > SLUG_MAX_LENGTH:
        raise _error(document, "url", f"a part is longer than {SLUG_MAX_LENGTH} characters")
    return path


def _related(document: FrontMatter) -> tuple[RelatedArticle, ...]:
    articles = []
    for name in sorted(filter(related_position, document.fields), key=related_position):
        value = document.fields[name]
        if not isinstance(value, dict):
            raise _error(document, name, f"expected keys and values, found {_kind(value)}")
        values = _convert(RELATED_KEYS, value, document, name)
        articles.append(
            RelatedArticle(
                values.get("seed_id"), values["title"], values.get("subject", ""), values["url"]
            )
        )
    return tuple(articles)


def _decode_answer(value: str) -> tuple[str, bool]:
    """Markdown and whether the file wraps it in quotes; real line breaks need no decoding.

    Of those the last is the literal block's own, not the answer's.
    """
    value = value.replace("\r\n", "\n")
    if "\n" in value:
        return value.removesuffix("\n"), False
    return decode(value)


# --- seed -> file


def fields_from(seed: Seed) -> Fields:
    """The front matter that says what the seed says, further keys left out."""
    fields: Fields = _unconvert(KEYS, seed)
    fields["answer"] = _encode_answer(seed.answer, wrapped=seed.layout.answer_wrapped)
    fields["seo"] = _unconvert(SEO_KEYS, seed)
    fields["file_name"] = f"{seed.path.slug}.md"
    fields["url"] = str(seed.path)
    for position, article in enumerate(seed.related, start=1):
        fields[f"related_article{position}"] = _unconvert(RELATED_KEYS, article)
    return fields


def _unconvert(keys: tuple[Key, ...], values: Seed | RelatedArticle) -> dict[str, Value]:
    return {
        key.name: key.to_file(value)
        for key in keys
        if (value := getattr(values, key.attribute)) is not None and value != key.absent_as
    }


def _encode_answer(markdown: str, *, wrapped: bool) -> str:
    """The answer as a file holds it.

    A text that would not come back from the escapes is written with its real line breaks and
    one more at its end, which keeps readers from decoding even a single line.
    """
    decoded = Decoded(markdown, wrapped)
    encoded = encode(decoded)
    return encoded if decode(encoded) == decoded else f"{markdown}\n"

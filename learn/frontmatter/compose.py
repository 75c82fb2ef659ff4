"""Fields -> a file of the common layout."""

import json
import re

from learn.frontmatter.common import COMMON_BODY, NUMBER, UNSAFE, folded, plain
from learn.frontmatter.document import RELATED_KEY, Fields, Value, related_position

PLAIN_SCALAR = re.compile(plain(UNSAFE))
FOLDED_SCALAR = re.compile(folded(UNSAFE))
NUMBER_SCALAR = re.compile(NUMBER)
UNSAFE_CHARACTER = re.compile(rf"(?![\n])[{UNSAFE}]")

# How each key is written, in the order of the file. "title" follows the file's one layout bit.
STYLES: dict[str, str] = {
    "_schema": "plain",
    "id": "plain",
    "date": "plain",
    "title": "title",
    "article_title": "title",
    "date_format": "plain",
    "post_on_text": "plain",
    "seo": "mapping",
    "author": "plain",
    "question": "folded",
    "no_index": "plain",
    "answer": "folded",
    "subject": "plain",
    "file_name": "plain",
    "url": "plain",
    "score": "plain",
}
SEO_STYLES = {"title": "plain", "page_description": "folded", "page_keywords": "folded"}
RELATED_STYLES = {"id": "plain", "title": "title", "subject": "plain", "url": "plain"}


def compose(fields: Fields, *, folded_title: bool, extra: str = "") -> str:
    """A file of the common layout; `extra` is YAML text put after the known keys.

    Keys are written in the layout's order whatever their order in `fields`; a value that its
    key's usual style cannot hold is written in another style, so that YAML reads it back.
    """
    lines = ["---\n"]
    lines += (compose_entry(key, fields[key], folded_title) for key in STYLES if key in fields)
    related = sorted((key for key in fields if RELATED_KEY.fullmatch(key)), key=related_position)
    lines += (compose_entry(key, fields[key], folded_title) for key in related)
    if extra:
        lines.append(extra if extra.endswith("\n") else extra + "\n")
    if folded_title and "score" in fields and not related and not extra:
        lines.append("\n")
    lines.append(f"---\n{COMMON_BODY}")
    return "".join(lines)


def compose_entry(key: str, value: Value, folded_title: bool) -> str:
    """The line or lines of one top-level key, each ended by a line feed."""
    if isinstance(value, dict) and value:
        if key == "seo":
            return f"{key}:\n" + _nested(value, SEO_STYLES, 2, folded_title)
        if RELATED_KEY.fullmatch(key):
            return f"{key}:\n" + _nested(value, RELATED_STYLES, 4, folded_title)
    if key in STYLES:
        return f"{key}:{_scalar(value, STYLES[key], 0, folded_title)}\n"
    return compose_extra({key: value})


def compose_extra(fields: Fields) -> str:
    """Any further keys as YAML text, one line each (values as JSON, which is YAML)."""
    return "".join(
        f"{key if PLAIN_SCALAR.fullmatch(key) else _json(key)}: {_json(value)}\n"
        for key, value in fields.items()
    )


def _nested(value: Fields, styles: dict[str, str], indent: int, folded_title: bool) -> str:
    margin = " " * indent
    known = "".join(
        f"{margin}{name}:{_scalar(value[name], style, indent, folded_title)}\n"
        for name, style in styles.items()
        if name in value
    )
    extra = compose_extra({name: value[name] for name in value if name not in styles})
    return known + "".join(margin + line for line in extra.splitlines(keepends=True))


def _scalar(value: Value, style: str, indent: int, folded_title: bool) -> str:
    """What stands behind the colon for `value`, in `style` or the next that can hold it."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return " " + _json(value)
    if style == "title":
        style = "folded" if folded_title else "plain"
    if style == "plain" and (PLAIN_SCALAR.fullmatch(value) or NUMBER_SCALAR.fullmatch(value)):
        return f" {value}"
    # The folded text of a nested key of `seo` is indented by 4, as at the top level.
    margin = " " * (8 if indent == 4 else 4)
    if FOLDED_SCALAR.fullmatch(value):
        return f" >-\n{margin}{value}"
    if _fits_literal(value):
        chomping = "" if value.endswith("\n") else "-"
        return f" |{len(margin) - indent}{chomping}\n" + "\n".join(
            f"{margin}{line}" if line else "" for line in value.removesuffix("\n").split("\n")
        )
    return " " + _json(value)


def _fits_literal(value: str) -> bool:
    # Of several line breaks at the end, or of nothing but line breaks, a reader keeps one at most.
    return (
        "\n" in value
        and value != "\n"
        and not value.endswith("\n\n")
        and not UNSAFE_CHARACTER.search(value)
    )


def _json(value: Value) -> str:
    quoted = json.dumps(value, ensure_ascii=False)
    return UNSAFE_CHARACTER.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)

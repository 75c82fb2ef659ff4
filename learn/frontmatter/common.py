"""The common layout: the one form that all real files have, read and written fast.

One regular expression reads it, in a quarter of the time that libyaml takes; what it does not
match goes to the YAML reader. It accepts only what YAML reads as the same scalars (a test holds
it against PyYAML over mutated files), and `compose` writes every file that it read back byte
for byte.
"""

import json
import re
from collections.abc import Iterator

from learn.frontmatter.document import Fields, FrontMatter, Value

COMMON_BODY = "\n&nbsp;"

# What YAML 1.1 takes for a line break or refuses, and the tab (it cannot indent).
UNSAFE = "\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufeff\\ufffe\\uffff"
# The one line of a folded scalar; its first character sets the indentation, so it is no space.
FOLDED = rf"[^ {UNSAFE}][^{UNSAFE}]*"
# A plain scalar that needs no quotes: it begins with a letter, a digit or a slash, holds no
# ": " and no " #", ends with neither ":" nor a space, and is no word for null.
PLAIN = (
    rf"(?!(?:null|Null|NULL)(?:\n|\Z))(?:[^\W_]|/)[^:#{UNSAFE}]*"
    rf"(?:(?::(?![ \n]|\Z)|(?<! )#)[^:#{UNSAFE}]*)*(?<! )"
)
NUMBER = r"-?[0-9][0-9.-]*"
TITLE = rf">-\n    {FOLDED}|{PLAIN}"
RELATED_TITLE = rf">-\n        {FOLDED}|{PLAIN}"

COMMON = re.compile(
    rf"""---
_schema: (?P<schema>{PLAIN})
id: (?P<id>{NUMBER})
date: (?P<date>{NUMBER})
title: (?P<title>{TITLE})
article_title: (?P<article_title>{TITLE})
date_format: (?P<date_format>{PLAIN})
post_on_text: (?P<post_on_text>{PLAIN})
seo:
  title: (?P<seo_title>{PLAIN})
  page_description: >-
    (?P<page_description>{FOLDED})
  page_keywords: >-
    (?P<page_keywords>{FOLDED})
author: (?P<author>{PLAIN})
question: >-
    (?P<question>{FOLDED})
(?:no_index: (?P<no_index>True)
)?answer: >-
    (?P<answer>{FOLDED})
subject: (?P<subject>{PLAIN})
file_name: (?P<file_name>{PLAIN})
url: (?P<url>{PLAIN})
(?:score: (?P<score>{NUMBER})
)?(?P<related>(?:related_article[^\n]*\n(?:    [^\n]*\n)*)*)(?P<gap>\n?)---

&nbsp;"""
)
RELATED = re.compile(
    rf"""related_article(?P<position>[1-9][0-9]*):
    id: (?P<id>{NUMBER})
    title: (?P<title>{RELATED_TITLE})
    subject: (?P<subject>{PLAIN})
    url: (?P<url>{PLAIN})
"""
)
PLAIN_SCALAR = re.compile(PLAIN)
FOLDED_SCALAR = re.compile(FOLDED)
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
RELATED_KEY = re.compile(r"related_article([1-9][0-9]*)")


def parse_common(text: str) -> FrontMatter | None:
    """The fields of a file of the common layout; None for any other file."""
    match = COMMON.fullmatch(text)
    if match is None:
        return None
    part = match.groupdict()
    folded = part["title"].startswith(">-\n")
    related = list(_parse_related(part["related"], folded))
    has_gap = folded and part["score"] is not None and not related
    if (
        part["article_title"].startswith(">-\n") != folded
        or None in related
        or (part["gap"] == "\n") != has_gap
    ):
        return None
    fields: Fields = {
        "_schema": part["schema"],
        "id": part["id"],
        "date": part["date"],
        "title": part["title"][7:] if folded else part["title"],
        "article_title": part["article_title"][7:] if folded else part["article_title"],
        "date_format": part["date_format"],
        "post_on_text": part["post_on_text"],
        "seo": {
            "title": part["seo_title"],
            "page_description": part["page_description"],
            "page_keywords": part["page_keywords"],
        },
        "author": part["author"],
        "question": part["question"],
    }
    if part["no_index"]:
        fields["no_index"] = part["no_index"]
    for key in ("answer", "subject", "file_name", "url"):
        fields[key] = part[key]
    if part["score"] is not None:
        fields["score"] = part["score"]
    for position, article in enumerate(related, start=1):
        fields[f"related_article{position}"] = article
    return FrontMatter(fields=fields, body=COMMON_BODY, folded_title=folded)


def _parse_related(block: str, folded: bool) -> Iterator[dict[str, Value] | None]:
    """Each related article of the block; None where it is not of the common layout."""
    end = 0
    for number, match in enumerate(RELATED.finditer(block), start=1):
        position, seed_id, title, subject, url = match.groups()
        start, match_end = match.span()
        if start != end or position != str(number) or title.startswith(">-\n") != folded:
            yield None
        title = title[11:] if folded else title
        yield {"id": seed_id, "title": title, "subject": subject, "url": url}
        end = match_end
    if end != len(block):
        yield None


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


def related_position(key: str) -> int:
    """The N of `related_articleN`; 0 for any other key."""
    match = RELATED_KEY.fullmatch(key)
    return int(match[1]) if match else 0


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

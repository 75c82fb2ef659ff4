"""The common layout: the one form that all real files have, read fast.

One regular expression reads it, in a tenth of the time that libyaml takes; what it does not
match goes to the YAML reader. It accepts only what YAML reads as the same scalars (a test holds
it against PyYAML over mutated files), and `compose` writes every file that it read back byte
for byte.
"""

import re
from typing import NamedTuple

from learn.frontmatter.document import MAX_BYTES, Fields, FrontMatter

COMMON_BODY = "\n&nbsp;"

# What YAML 1.1 takes for a line break or refuses, and the tab (it cannot indent).
UNSAFE = "\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufeff\\ufffe\\uffff"
UNSAFE_BEYOND_ASCII = re.compile(f"[{UNSAFE}]")
# Deleted from a file's bytes, these leave what may be unsafe: little or nothing. So the long
# expression below need not look at every character for more than a line feed.
SAFE_ASCII = bytes(range(0x20, 0x7F)) + b"\n"


def folded(unsafe: str) -> str:
    """The one line of a folded scalar; its first character sets the indentation, so it is no
    space."""
    return rf"[^ {unsafe}][^{unsafe}]*"


def plain(unsafe: str) -> str:
    """A plain scalar that needs no quotes: it begins with a letter, a digit or a slash, holds no
    ": " and no " #", ends with neither ":" nor a space, and is no word for null."""
    return (
        rf"(?!(?:null|Null|NULL)(?:\n|\Z))(?:[^\W_]|/)[^:#{unsafe}]*"
        rf"(?:(?::(?![ \n]|\Z)|(?<! )#)[^:#{unsafe}]*)*(?<! )"
    )


FOLDED, PLAIN = folded(r"\n"), plain(r"\n")
NUMBER = r"-?[0-9][0-9.-]*"


def _layout(title: str) -> re.Pattern[str]:
    return re.compile(
        rf"""---
_schema: ({PLAIN})
id: ({NUMBER})
date: ({NUMBER})
title: {title}
article_title: {title}
date_format: ({PLAIN})
post_on_text: ({PLAIN})
seo:
  title: ({PLAIN})
  page_description: >-
    ({FOLDED})
  page_keywords: >-
    ({FOLDED})
author: ({PLAIN})
question: >-
    ({FOLDED})
(?:no_index: (True)
)?answer: >-
    ({FOLDED})
subject: ({PLAIN})
file_name: ({PLAIN})
url: ({PLAIN})
(?:score: ({NUMBER})
)?((?:related_article[^\n]*\n(?:    [^\n]*\n)*)*)(\n?)---

&nbsp;"""
    )


def _related_article(title: str) -> re.Pattern[str]:
    return re.compile(
        rf"""related_article([1-9][0-9]*):
    id: ({NUMBER})
    title: {title}
    subject: ({PLAIN})
    url: ({PLAIN})
"""
    )


# By whether titles are folded.
FOLDED_TITLE = rf">-\n    ({FOLDED})"
LAYOUTS = {True: _layout(FOLDED_TITLE), False: _layout(f"({PLAIN})")}
FOLDED_RELATED_TITLE = rf">-\n        ({FOLDED})"
RELATED_ARTICLES = {
    True: _related_article(FOLDED_RELATED_TITLE),
    False: _related_article(f"({PLAIN})"),
}
# What stands in a related article beside its number and its four values.
RELATED_FRAME = {
    True: len("related_article:\n    id: \n    title: >-\n        \n    subject: \n    url: \n"),
    False: len("related_article:\n    id: \n    title: \n    subject: \n    url: \n"),
}


class CommonFile(NamedTuple):
    """The scalars of a file of the common layout, as the file writes them, in its order.

    Names are the keys', but for the three of `seo`. `no_index` and `score` are None where the
    file has no such key; `related` holds (number, id, title, subject, url) of each related
    article, numbered from 1 without a gap.
    """

    schema: str
    id: str
    date: str
    title: str
    article_title: str
    date_format: str
    post_on_text: str
    seo_title: str
    seo_description: str
    seo_keywords: str
    author: str
    question: str
    no_index: str | None
    answer: str
    subject: str
    file_name: str
    url: str
    score: str | None
    related: list[tuple[str, str, str, str, str]]
    folded_title: bool


def read_common(data: bytes) -> CommonFile | None:
    """The scalars of a file of the common layout; None for any other file."""
    if len(data) > MAX_BYTES:
        return None
    try:
        rest = data.translate(None, SAFE_ASCII)
        if rest and UNSAFE_BEYOND_ASCII.search(rest.decode()):
            return None
        text = data.decode()
    except UnicodeDecodeError:
        return None
    is_folded = True
    match = LAYOUTS[True].fullmatch(text)
    if match is None:
        is_folded = False
        match = LAYOUTS[False].fullmatch(text)
        if match is None:
            return None
    *values, block, gap = match.groups()
    related = _related(block, is_folded)
    if related is None or (gap == "\n") != (is_folded and values[-1] is not None and not related):
        return None
    return CommonFile._make((*values, related, is_folded))


def _related(block: str, is_folded: bool) -> list[tuple[str, str, str, str, str]] | None:
    """The related articles of the block; None where there is more in it than these."""
    if not block:
        return []
    found = RELATED_ARTICLES[is_folded].findall(block)
    length = len(found) * RELATED_FRAME[is_folded] + sum(len("".join(item)) for item in found)
    if length != len(block):
        return None
    if any(item[0] != str(number) for number, item in enumerate(found, start=1)):
        return None
    return found


def document_from(common: CommonFile) -> FrontMatter:
    """The file as `parse` gives it, without the lines of its keys."""
    fields: Fields = {
        "_schema": common.schema,
        "id": common.id,
        "date": common.date,
        "title": common.title,
        "article_title": common.article_title,
        "date_format": common.date_format,
        "post_on_text": common.post_on_text,
        "seo": {
            "title": common.seo_title,
            "page_description": common.seo_description,
            "page_keywords": common.seo_keywords,
        },
        "author": common.author,
        "question": common.question,
    }
    if common.no_index:
        fields["no_index"] = common.no_index
    fields |= {
        "answer": common.answer,
        "subject": common.subject,
        "file_name": common.file_name,
        "url": common.url,
    }
    if common.score is not None:
        fields["score"] = common.score
    for number, seed_id, title, subject, url in common.related:
        article: Fields = {"id": seed_id, "title": title, "subject": subject, "url": url}
        fields[f"related_article{number}"] = article
    return FrontMatter(fields=fields, body=COMMON_BODY, folded_title=common.folded_title)

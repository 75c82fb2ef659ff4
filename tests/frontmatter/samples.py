"""Seed files in the common layout and in others, written for the tests."""

from collections.abc import Callable
from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

PLAIN = """\
---
_schema: default
id: 4711
date: 2025-02-06
title: What does a cell membrane do?
article_title: What does a cell membrane do?
date_format: MMM DD, YYYY
post_on_text: Posted on
seo:
  title: QuickTakes | Biology
  page_description: >-
    How a membrane chooses what enters: pumps, channels and #gates.
  page_keywords: >-
    membrane, cell, 50,000 pumps
author: QuickTakes
question: >-
    What does a cell membrane do?
answer: >-
    It chooses: ions enter by channels.\\n\\n- **Pumps** cost "energy" # always\\n- Channels don't
subject: Biology
file_name: what-does-a-cell-membrane-do.md
url: /learn/biology/questions/what-does-a-cell-membrane-do
---

&nbsp;"""

RELATED_PLAIN = """\
related_article1:
    id: -12
    title: What is osmosis?
    subject: Biology
    url: /learn/biology/questions/what-is-osmosis
related_article2:
    id: 99
    title: Why are 2 layers enough?
    subject: Chemistry
    url: /learn/chemistry/questions/why-are-2-layers-enough
"""


def _folded(text: str) -> str:
    text = text.replace("\ntitle: ", "\ntitle: >-\n    ")
    text = text.replace("\narticle_title: ", "\narticle_title: >-\n    ")
    return text.replace("\n    title: ", "\n    title: >-\n        ")


def _with_lines(text: str, lines: str) -> str:
    return text.replace("---\n\n&nbsp;", f"{lines}---\n\n&nbsp;")


FOLDED = _folded(PLAIN)

# Every form that real files have: one bit of layout, and the keys that may be absent.
COMMON = {
    "plain": PLAIN,
    "folded": FOLDED,
    "plain-score": _with_lines(PLAIN, "score: -1.0\n"),
    # The gap before the end stands exactly here.
    "folded-score": _with_lines(FOLDED, "score: -1.0\n\n"),
    "plain-related": _with_lines(PLAIN, "score: -1.0\n" + RELATED_PLAIN),
    "folded-related": _folded(_with_lines(PLAIN, "score: -1.0\n" + RELATED_PLAIN)),
    "folded-related-no-score": _folded(_with_lines(PLAIN, RELATED_PLAIN)),
    "no-index": FOLDED.replace("\nanswer: ", "\nno_index: True\nanswer: "),
}


def _in_another_order(text: str) -> str:
    lines = "author: QuickTakes\n"
    return text.replace(lines, "").replace("---\n_schema", f"---\n{lines}_schema")


def _with_literal_answer(text: str) -> str:
    start = text.index("answer: >-")
    end = text.index("subject: ", start)
    literal = "answer: |\n  It chooses:\n\n  # Pumps\n\n      code\n  - Channels don't\n"
    return text[:start] + literal + text[end:]


# Files of other layouts that say the same (but for what the name tells).
UNCOMMON: dict[str, Callable[[str], str]] = {
    "byte-order-mark": lambda text: "\ufeff" + text,
    "cr-lf": lambda text: text.replace("\n", "\r\n"),
    "blank-lines-first": lambda text: "\n \n\n" + text,
    "comments": lambda text: text.replace("\ntitle:", "\n# the heading\n\ntitle:").replace(
        "subject: Biology\nfile", "subject: Biology # the folder says so, too\nfile"
    ),
    "double-quoted": lambda text: text.replace(
        "post_on_text: Posted on", 'post_on_text: "Posted on"'
    ),
    "single-quoted": lambda text: text.replace(
        "subject: Biology\nfile", "subject: 'Biology'\nfile"
    ),
    "quoted-key": lambda text: text.replace("\nauthor:", '\n"author":'),
    "literal-answer": _with_literal_answer,
    "another-order": _in_another_order,
    "unknown-keys": lambda text: text.replace(
        "\nauthor:", "\nlevel: A2\nsources:\n- name: Textbook\n  pages: [3, 4]\n- 'x: y'\nauthor:"
    ),
    "unknown-key-in-seo": lambda text: text.replace(
        "\n  page_description", "\n  canonical: /learn\n  page_description"
    ),
    "flow-seo": lambda text: text.replace(
        text[text.index("seo:") : text.index("author:")],
        "seo: {title: QuickTakes, page_description: \"a: b\", page_keywords: 'c, d'}\n",
    ),
    "dots-at-the-end": lambda text: text.replace("\n---\n\n&nbsp;", "\n...\n\n&nbsp;"),
    "spaces-after-the-markers": lambda text: text.replace("---\n", "--- \t\n"),
    "no-body": lambda text: text.removesuffix("\n&nbsp;"),
    "no-body-no-line-end": lambda text: text.removesuffix("\n\n&nbsp;"),
    "another-body": lambda text: text.replace("&nbsp;", "Further text.\n\n---\n\nAnd more.\n"),
    "line-end-after-body": lambda text: text + "\n",
    "spaces-after-a-value": lambda text: text.replace("id: 4711\n", "id: 4711  \n"),
    "nested-with-three-spaces": lambda text: text.replace("\n  page_", "\n   page_").replace(
        "\n  title:", "\n   title:"
    ),
    "answer-over-two-lines": lambda text: text.replace("ions enter", "\n    ions enter"),
}


def uncommon_files() -> dict[str, bytes]:
    """Every layout of UNCOMMON, for each form that its keys may have."""
    return {
        f"{name}, {form}": change(COMMON[form]).encode()
        for name, change in UNCOMMON.items()
        for form in ("plain", "folded-score", "folded-related")
    }


def front(data: bytes) -> str:
    """The YAML between the markers, for a reader that knows nothing of the code under test."""
    lines = data.decode("utf-8-sig").split("\n")
    markers = [number for number, line in enumerate(lines) if line.strip() in ("---", "...")]
    return "\n".join(lines[markers[0] + 1 : markers[1]]) + "\n"


def pyyaml_reads(yaml_text: str) -> Any:
    """What PyYAML reads: every scalar as text."""
    return yaml.load(yaml_text, Loader=LOADER)

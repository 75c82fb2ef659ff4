"""A seed: what one file says, in Python's types, whether read from bytes or from a row."""

import datetime
from dataclasses import dataclass, field
from typing import NamedTuple

from learn.models.path import QuestionPath


class RelatedArticle(NamedTuple):
    """One `related_articleN`, as written."""

    seed_id: int | None
    title: str
    subject: str
    url: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file is written, as far as the content does not say it."""

    folded_title: bool = True
    answer_wrapped: bool = False
    # Further keys, as YAML text.
    extra: str = ""
    # The file's bytes, only where content and layout do not reproduce them.
    source: bytes | None = None


@dataclass(slots=True)
class Seed:
    """The content of a seed file. Two seeds are equal when they say the same, however written."""

    path: QuestionPath
    date: datetime.date
    title: str
    article_title: str
    question: str
    # Markdown with real line breaks.
    answer: str
    # The subject's and the author's name, as written.
    subject: str
    author: str
    seed_id: int | None = None
    schema: str = "default"
    date_format: str = "MMM DD, YYYY"
    post_on_text: str = "Posted on"
    seo_title: str = ""
    seo_description: str = ""
    seo_keywords: str = ""
    no_index: bool = False
    score: float | None = None
    related: tuple[RelatedArticle, ...] = ()
    layout: Layout = field(default_factory=Layout, compare=False)

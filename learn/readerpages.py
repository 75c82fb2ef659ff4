"""A question's page as readers get it: what stands in its head and around the answer.

The readers' view makes it from the stored row, the desk's preview from what a form holds.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone

from learn.inline import sheets_for
from learn.models import Question, Tag
from learn.models.path import TOPIC_ADDRESS
from learn.models.prepared import PreparedQuery, some_number
from learn.models.tag import PAGE_FROM
from learn.related import Links
from learn.rendering.outline import outline
from learn.share_images import ShareImage, question_image, site_image
from learn.structured_data import Node, changed_at, posted_at, question_nodes, to_json

TAGS_SHOWN = 8
# What search engines show of a description.
DESCRIPTION_MAX_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same content in another form, for a page's head."""

    type: str
    address: str
    title: str


@dataclass(frozen=True, slots=True)
class ArticleHead:
    """What the page of an article says besides: previews and reference managers read it."""

    author: str
    # The day of posting that the page shows.
    published_on: datetime.date
    published: str
    modified: str

    @property
    def citation_date(self) -> str:
        """The day as reference managers want it."""
        return self.published_on.isoformat().replace("-", "/")


@dataclass(frozen=True, slots=True)
class Head:
    """What a page tells search engines and other sites about itself."""

    title: str
    description: str
    address: str
    share_title: str
    keywords: str = ""
    is_indexable: bool = True
    type: str = "website"
    # Style sheets besides those of every page: see `inline.sheets_for`.
    sheets: tuple[str, ...] = ()
    image: ShareImage = field(default_factory=site_image)
    article: ArticleHead | None = None
    nodes: list[Node] = field(default_factory=list)
    alternates: tuple[Alternate, ...] = ()

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.address

    @property
    def structured_data(self) -> str:
        """The content of the page's JSON-LD element, safe to stand in one; "" for none."""
        return to_json(self.nodes) if self.nodes else ""


class Keyword(NamedTuple):
    """A tag of a question, as a link to its topic needs it."""

    pk: int
    name: str
    slug: str
    questions: int

    @property
    def address(self) -> str:
        return TOPIC_ADDRESS.format(self.slug)


def question_context(question: Question, links: Links, tags: Iterable[Keyword]) -> dict[str, Any]:
    """What the template learn/question_detail.html needs."""
    structure = outline(question.answer_html)
    return {
        "head": question_head(question),
        "question": question,
        "address": question.get_absolute_url(),
        "subject_address": question.subject.get_absolute_url(),
        "tags": tags,
        "related": links.related,
        "previous_question": links.previous,
        "next_question": links.next,
        "outline": structure,
        "updated_on": updated_on(question),
    }


# What a Keyword holds, of all tags of a question in the order of its keywords.
TAGS = PreparedQuery(
    lambda: (
        Tag.objects.filter(tagged_questions__content_object=some_number(0))
        .order_by("tagged_questions__pk")
        .values_list("pk", "name", "slug", "count")
    ),
    plain=True,
    question=some_number(0),
)


def with_page(tags: Iterable[Keyword]) -> list[Keyword]:
    """Of the tags the topics that a question's page links to: those that have a page."""
    return [tag for tag in tags if tag.questions >= PAGE_FROM][:TAGS_SHOWN]


def updated_on(question: Question) -> datetime.date | None:
    """The day of the last change, if it is later than that of posting."""
    day = timezone.localdate(question.modified_at)
    return day if day > question.date else None


def question_head(question: Question) -> Head:
    image = question_image(question)
    return Head(
        title=page_title(question),
        description=page_description(question),
        address=question.reader_page.get_absolute_url(),
        share_title=question.question,
        keywords=question.seo_keywords,
        is_indexable=question.is_indexable,
        type="article",
        sheets=sheets_for(question.answer_html),
        image=image,
        article=ArticleHead(
            author=question.author.name,
            published_on=question.date,
            published=posted_at(question).isoformat(),
            modified=changed_at(question).isoformat(),
        ),
        nodes=question_nodes(question, image.address),
        alternates=(Alternate("text/markdown", f"{question.get_absolute_url()}.md", ""),),
    )


def page_title(question: Question) -> str:
    """The editors' title, or one made of the question."""
    if has_own_title(question):
        return question.seo_title
    return f"{question.question} | {settings.SITE_NAME}"


def has_own_title(question: Question) -> bool:
    """Whether the editors' title says more than the files' pattern, “QuickTakes | Subject”."""
    names = (question.subject.title, question.subject_label)
    patterns = {f"QuickTakes | {name}".casefold() for name in names if name}
    return bool(question.seo_title) and question.seo_title.casefold() not in patterns


def page_description(question: Question) -> str:
    """The editors' description, or the answer's first sentences."""
    if has_own_description(question):
        return question.seo_description.strip()
    return question.summary or question.question


def has_own_description(question: Question) -> bool:
    """Whether the editors' description is there, fits, and is not about “this content”."""
    description = question.seo_description.strip()
    return (
        bool(description)
        and len(description) <= DESCRIPTION_MAX_LENGTH
        and not description.startswith(("This content", "The content"))
    )

"""Questions by what readers can see, and with what a page needs of them."""

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from learn.models.path import QuestionPath
from learn.models.visibility import is_public, stands_for_itself

if TYPE_CHECKING:
    from learn.models.question import Question  # noqa: F401 - the type of the rows, as a text

# What editors write and files hold, other than subject, author and related questions.
CONTENT_FIELDS = (
    "seed_id",
    "date",
    "title",
    "article_title",
    "question",
    "answer",
    "seo_title",
    "seo_description",
    "seo_keywords",
    "score",
    "no_index",
    "date_format",
    "post_on_text",
    "schema",
)

# What lists and redirects have no use for.
LONG_FIELDS = ("answer", "answer_html", "seo_description", "extra_front_matter", "seed_source")

# What a link to a question needs: text, address, and whether it leads anywhere.
LINK_FIELDS = (
    "title",
    "slug",
    "status",
    "publish_at",
    "unpublish_at",
    "subject__slug",
    "subject__title",
)


# What readers' pages of a question say of it, besides what a link needs.
PAGE_FIELDS = (
    *LINK_FIELDS,
    "date",
    "question",
    "seo_title",
    "seo_description",
    "seo_keywords",
    "no_index",
    "date_format",
    "post_on_text",
    "subject_label",
    "summary",
    "uid",
    "origin",
    "reviewer",
    "reviewed_on",
    "modified_at",
    "version",
    "answer_html",
    "subject__is_listed",
    "author__name",
    "author__url",
    *(f"canonical__{field}" for field in (*LINK_FIELDS, "question", "uid")),
)


class QuestionQuerySet(models.QuerySet["Question"]):
    def published(self, moment: datetime.datetime | None = None) -> "QuestionQuerySet":
        """What readers can see at this moment, or another. `Question.is_published` is its twin."""
        return self.filter(is_public(moment or timezone.now()))

    def locked(self) -> "QuestionQuerySet":
        """Until the transaction ends nobody else changes the rows.

        Who writes rows that refer to them need not wait: PostgreSQL looks for these references at
        the end of a transaction, and two of them would wait for each other.
        """
        return self.select_for_update(of=("self",), no_key=True)

    def indexable(self, moment: datetime.datetime | None = None) -> "QuestionQuerySet":
        """Of the published ones, those that lists and search engines are shown."""
        return self.published(moment).filter(no_index=False)

    def not_redirected(self) -> "QuestionQuerySet":
        """Without copies whose canonical page readers can see. `reader_page` is its twin."""
        return self.filter(stands_for_itself(timezone.now()))

    def canonical_pages(self) -> "QuestionQuerySet":
        """The pages that search engines may list: indexable, listed, each content once."""
        return self.indexable().not_redirected().filter(subject__is_listed=True)

    def at(self, path: QuestionPath) -> "QuestionQuerySet":
        """The questions that have (or, in the trash, had) this address."""
        return self.filter(subject__slug=path.subject, slug=path.slug)

    def for_page(self) -> "QuestionQuerySet":
        """With all that the question's own page needs, of other tables too."""
        return self.select_related("subject", "author", "canonical__subject").only(*PAGE_FIELDS)

    def with_neighbours(self, moment: datetime.datetime | None = None) -> "QuestionQuerySet":
        """With `previous_id` and `next_id`: the pages before and after in the list of the
        subject, copies left out."""
        pages = (
            QuestionQuerySet(self.model)
            .indexable(moment)
            .filter(subject=OuterRef("subject"), canonical=None)
        )
        before = pages.filter(slug__lt=OuterRef("slug")).order_by("-slug").values("pk")
        after = pages.filter(slug__gt=OuterRef("slug")).order_by("slug").values("pk")
        return self.annotate(previous_id=Subquery(before[:1]), next_id=Subquery(after[:1]))

    def for_list(self) -> "QuestionQuerySet":
        """With what a line in a list needs: title, address, the canonical page's address."""
        return self.select_related("subject", "canonical__subject").only(
            *LINK_FIELDS, *(f"canonical__{field}" for field in LINK_FIELDS), "summary"
        )

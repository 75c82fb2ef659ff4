import hashlib
import re
import unicodedata
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from taggit.models import ItemBase, TagBase

from learn.models.path import TOPIC_ADDRESS
from learn.models.stored_totals import sparing

# A topic has a page from so many readers' questions up, and search engines may list it from so
# many.
PAGE_FROM = 5
INDEXED_FROM = 20

# The longest keyword of the real files has 135 characters; taggit's own limit is 100.
TAG_MAX_LENGTH = 255
# Folding can lengthen a name ("+" becomes " plus "); what is beyond this is cut off.
KEY_MAX_LENGTH = 510

# "C++" and "C#" would otherwise fold to the same key as "C".
SPOKEN = str.maketrans({"+": " plus ", "#": " sharp ", "&": " and ", "'": "", "’": "", "‘": ""})
SEPARATORS = re.compile(r"[\s\-_/‐-―]+")
PLAIN_KEY = re.compile(r"[a-z0-9]+(?: [a-z0-9]+)*")
# A comma inside a number ("1,000 genomes") does not part two keywords.
COMMA_IN_NUMBER = re.compile(r"\d,\d{3}(?!\d)")
KEYWORD_COMMA = re.compile(r",(?!\d{3}(?!\d))|(?<!\d),")


def split_keywords(keywords: str) -> list[str]:
    """The keywords of a `page_keywords` line, trimmed, in order, empty ones left out."""
    # The cheap question first: hardly any line holds a comma between digits.
    numbers = COMMA_IN_NUMBER.search(keywords)
    parts = KEYWORD_COMMA.split(keywords) if numbers else keywords.split(",")
    return [word for word in map(str.strip, parts) if word]


def fold_keyword(name: str) -> str:
    """The key that two spellings of one keyword share.

    "Action potential", "action-potential" and "Action  Potential" are one tag; so are
    "Schrödinger" and "Schrodinger".
    """
    if name.isascii():
        if name.replace(" ", "").isalnum():
            # Nine of ten: letters, digits and spaces.
            return " ".join(name.lower().split())[:KEY_MAX_LENGTH].rstrip()
        bare = name.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", name).casefold()
        bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    folded = SEPARATORS.sub(" ", bare.translate(SPOKEN)).strip()
    return (folded or name.strip().casefold())[:KEY_MAX_LENGTH].rstrip()


def slugify_key(key: str) -> str:
    """The slug of a folded key: never empty, and the same whatever was tagged before.

    Keys of [a-z0-9 ] turn into a slug without loss; any other bears a short hash of the key,
    so that two keys never meet in one slug.
    """
    if PLAIN_KEY.fullmatch(key) and len(key) <= TAG_MAX_LENGTH:
        return key.replace(" ", "-")
    kept = re.sub(r"[^a-z0-9]+", "-", key).strip("-")
    digest = hashlib.blake2b(key.encode(), digest_size=4).hexdigest()
    return f"{kept[: TAG_MAX_LENGTH - 9]}-{digest}".lstrip("-")


class TagQuerySet(models.QuerySet["Tag"]):
    def with_page(self) -> "TagQuerySet":
        """The topics: tags that enough questions share. `Tag.has_page` is its twin."""
        return self.filter(count__gte=PAGE_FROM)

    def indexed(self) -> "TagQuerySet":
        """The topics that search engines may list, by key."""
        return self.filter(count__gte=INDEXED_FROM).order_by("key")


class Tag(TagBase):
    """A keyword that questions share, and a topic where enough do; derived from their
    `page_keywords`.

    `count` is the number of questions that its page lists; learn.topics keeps it.
    """

    name = models.CharField(_("name"), max_length=TAG_MAX_LENGTH)
    slug = models.CharField(_("slug"), max_length=TAG_MAX_LENGTH, blank=True, editable=False)
    key = models.CharField(_("key"), max_length=KEY_MAX_LENGTH, editable=False)

    # The database's own default: the import writes tags without it.
    count = models.PositiveIntegerField(_("questions"), default=0, db_default=0, editable=False)
    # Of the questions that its page lists; where it is not known there is none. learn.totals keeps
    # it for the topics that search engines may list.
    changed_at = models.DateTimeField(_("changed"), null=True, editable=False)
    alias_of = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="aliases",
        db_index=False,
        verbose_name=_("stands for"),
        help_text=_("Questions with this keyword bear that tag instead."),
    )

    objects = TagQuerySet.as_manager()

    natural_key_fields = ["key"]

    class Meta:
        ordering = ["key"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            # Spellings of one keyword are one tag; serves the import's look-up of tags.
            models.UniqueConstraint(fields=["key"], name="tag_unique_key"),
            # One address, one topic.
            models.UniqueConstraint(fields=["slug"], name="tag_unique_slug"),
            models.CheckConstraint(
                condition=Q(alias_of=None) | ~Q(alias_of=F("id")), name="tag_not_alias_of_itself"
            ),
        ]
        indexes = [
            # The list of topics and the sitemap.
            models.Index(
                fields=["key"], condition=Q(count__gte=INDEXED_FROM), name="tag_indexed_topics"
            ),
            # The desk's list of tags, the most used first.
            models.Index(fields=["-count", "key"], name="tag_by_count"),
            # The aliases of a tag; deletion of a tag.
            models.Index(
                fields=["alias_of"], condition=Q(alias_of__isnull=False), name="tag_aliases"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = fold_keyword(self.name)
        self.slug = slugify_key(self.key)
        super().save(*args, **sparing(self, ("count", "changed_at"), kwargs))

    def get_absolute_url(self) -> str:
        return TOPIC_ADDRESS.format(self.slug)

    @property
    def has_page(self) -> bool:
        return self.count >= PAGE_FROM

    @property
    def is_indexed(self) -> bool:
        return self.count >= INDEXED_FROM


class TaggedQuestion(ItemBase):
    """One tag on one question; the primary key keeps the order of the keywords."""

    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, related_name="tagged_questions", db_index=False
    )
    content_object = models.ForeignKey(
        "learn.Question", on_delete=models.CASCADE, related_name="tagged_items", db_index=False
    )

    class Meta:
        verbose_name = _("tag of a question")
        verbose_name_plural = _("tags of questions")
        constraints = [
            # A keyword counts once; serves the tags of a page.
            models.UniqueConstraint(
                fields=["content_object", "tag"], name="taggedquestion_unique_tag"
            ),
        ]
        indexes = [
            # The questions of a topic.
            models.Index(fields=["tag", "content_object"], name="taggedquestion_by_tag"),
        ]

    def __str__(self) -> str:
        return f"{self.content_object_id}: {self.tag_id}"


def tag_words(keywords: str) -> list[str]:
    """The keywords of one question, in their order, each cut to the length of a tag's name."""
    words = split_keywords(keywords)
    if len(keywords) > TAG_MAX_LENGTH:
        return [word[:TAG_MAX_LENGTH].rstrip() for word in words]
    return words

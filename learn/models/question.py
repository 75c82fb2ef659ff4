import datetime
import hashlib
from typing import Any

from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from markdownx.models import MarkdownxField
from taggit.managers import TaggableManager

from learn.models.author import Author
from learn.models.fields import BytewiseSlugField
from learn.models.path import QuestionPath, first_uid
from learn.models.question_queries import CONTENT_FIELDS, QuestionQuerySet
from learn.models.subject import Subject
from learn.models.tag import TaggedQuestion
from learn.models.visibility import PUBLIC_STATUSES, Status, latest_past
from learn.rendering import RENDERER_VERSION, Rendered, render

# The longest title of the real files has 184 characters.
TITLE_MAX_LENGTH = 500

# The beginning of a page's description, which has an index; a whole text cannot have one. The
# numbers stand in the statement itself: SQLite would not know the index's expression otherwise.
DESCRIPTION_START_LENGTH = 80
DESCRIPTION_START = Func(
    F("seo_description"),
    function="SUBSTR",
    template=f"%(function)s(%(expressions)s, 1, {DESCRIPTION_START_LENGTH})",
    output_field=models.CharField(),
)


def content_hash(question: str, answer: str) -> str:
    """Hex digest that two pages share exactly when they hold one question and one answer."""
    return hashlib.blake2b(f"{question}\0{answer}".encode(), digest_size=16).hexdigest()


class Question(models.Model):  # type: ignore[django-manager-missing]  # taggit has no types
    """A question with its answer: one page, one seed file.

    The row is what readers see. Fields bear the names of the front matter's keys where those
    are good names; learn.seeds.mapping holds the whole table of keys and fields.
    """

    Status = Status

    class Origin(models.TextChoices):
        UNSTATED = "unstated", _("not stated")
        PERSON = "person", _("written by a person")
        MACHINE = "machine", _("machine-written")
        REVIEWED = "reviewed", _("machine-written and reviewed")

    PUBLIC_STATUSES = PUBLIC_STATUSES

    # --- what the front matter says
    seed_id = models.BigIntegerField(
        _("id"), null=True, blank=True, help_text=_("The file's id. Not unique: copies share it.")
    )
    date = models.DateField(_("date"), help_text=_("Shown as the date of posting."))
    title = models.CharField(_("title"), max_length=TITLE_MAX_LENGTH)
    article_title = models.CharField(_("article title"), max_length=TITLE_MAX_LENGTH)
    question = models.CharField(_("question"), max_length=TITLE_MAX_LENGTH)
    subject = models.ForeignKey(
        Subject,
        on_delete=models.PROTECT,
        related_name="questions",
        db_index=False,
        verbose_name=_("subject"),
    )
    author = models.ForeignKey(
        Author,
        on_delete=models.PROTECT,
        related_name="questions",
        db_index=False,
        verbose_name=_("author"),
    )
    slug = BytewiseSlugField(
        _("slug"), help_text=_("The last part of the address; the file name without “.md”.")
    )
    seo_title = models.CharField(_("page title"), max_length=TITLE_MAX_LENGTH, blank=True)
    score = models.FloatField(_("score"), null=True, blank=True)
    no_index = models.BooleanField(
        _("hidden from search engines"),
        default=False,
        help_text=_("Also left out of lists; readable by its address."),
    )
    date_format = models.CharField(
        _("date format"),
        max_length=100,
        default="MMM DD, YYYY",
        help_text=_("How the date is shown, as a moment.js format."),
    )
    post_on_text = models.CharField(
        _("text before the date"), max_length=100, default="Posted on", blank=True
    )
    schema = models.CharField(_("schema"), max_length=100, default="default")
    tags = TaggableManager(through=TaggedQuestion, blank=True)

    # --- what an export needs to give the same file back
    subject_label = models.CharField(
        _("subject as written"),
        max_length=200,
        blank=True,
        help_text=_("The file's spelling where it is not the subject's title."),
    )
    folded_title = models.BooleanField(_("title is folded in the file"), default=True)
    answer_wrapped = models.BooleanField(
        _("answer is wrapped in quotes in the file"), default=False
    )
    seed_hash = models.CharField(
        _("hash of the file last taken"), max_length=32, blank=True, editable=False
    )

    # --- derived from the above by derive()
    summary = models.CharField(_("summary"), max_length=200, blank=True, editable=False)
    has_math = models.BooleanField(_("has formulas"), default=False, editable=False)
    renderer_version = models.PositiveSmallIntegerField(_("renderer"), default=0, editable=False)
    content_hash = models.CharField(_("hash of the content"), max_length=32, editable=False)

    # --- editorial state
    uid = models.UUIDField(_("identity"), editable=False)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT)
    publish_at = models.DateTimeField(_("publish at"), null=True, blank=True)
    unpublish_at = models.DateTimeField(_("unpublish at"), null=True, blank=True)
    first_public_at = models.DateTimeField(
        _("first public"),
        null=True,
        editable=False,
        help_text=_("Noted when it is edited or taken back after that: readers may know it."),
    )
    pruned_at = models.DateTimeField(
        _("pruned at"),
        null=True,
        editable=False,
        help_text=_("When an import with --prune unpublished it, because its file was missing."),
    )
    origin = models.CharField(
        _("where the answer comes from"),
        max_length=10,
        choices=Origin,
        default=Origin.UNSTATED,
        help_text=_("Shown to readers where it is stated. State only what is known."),
    )
    reviewer = models.CharField(_("reviewed by"), max_length=200, blank=True)
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    canonical = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="copies",
        db_index=False,
        verbose_name=_("repeats"),
        help_text=_("The question that this page repeats; readers are sent there."),
    )
    is_detached = models.BooleanField(
        _("stands on its own"),
        default=False,
        help_text=_("Never treated as a copy of another page, even with the same text."),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    modified_at = models.DateTimeField(
        _("content changed"),
        editable=False,
        help_text=_("When question or answer last changed; readers' “last modified”."),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    # --- long texts, last: SQLite reads a row from its front, and what stands behind a long
    # text costs the reading of all of that text's pages
    seo_description = models.TextField(_("page description"), blank=True)
    seo_keywords = models.TextField(
        _("page keywords"), blank=True, help_text=_("Parted by commas; tags derive from them.")
    )
    answer = MarkdownxField(_("answer"), help_text=_("Markdown, with formulas in TeX."))
    answer_html = models.TextField(_("answer as HTML"), editable=False)
    extra_front_matter = models.TextField(
        _("further keys"),
        blank=True,
        help_text=_("Keys of the file that the site does not use, as YAML; an export writes them."),
    )
    seed_source = models.BinaryField(
        _("source file"),
        null=True,
        editable=False,
        help_text=_("The file's bytes (zlib), only where the fields do not reproduce them."),
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        # The acts of the table of transitions (learn.workflow), beside Django's own four.
        permissions = [
            ("submit_question", _("Can submit questions for review")),
            ("review_question", _("Can decide on questions in review")),
            ("change_published_question", _("Can change the text of published questions")),
            ("schedule_question", _("Can schedule questions and updates")),
            ("publish_question", _("Can publish questions without a review")),
            ("unpublish_question", _("Can unpublish questions")),
            ("trash_question", _("Can move questions to the trash")),
            ("restore_question", _("Can restore questions from the trash")),
        ]
        constraints = [
            # An address belongs to one page; the trash may hold older holders of it.
            models.UniqueConstraint(
                fields=["subject", "slug"],
                condition=~Q(status="trashed"),
                name="question_unique_path",
            ),
            # Feeds, decks and reports know a question by its uid.
            models.UniqueConstraint(fields=["uid"], name="question_unique_uid"),
            # A page with no moment of publication could neither be sorted nor shown.
            models.CheckConstraint(
                condition=~Q(status__in=["published", "scheduled"]) | Q(publish_at__isnull=False),
                name="question_published_has_publish_at",
            ),
            models.CheckConstraint(
                condition=Q(unpublish_at=None) | Q(unpublish_at__gt=F("publish_at")),
                name="question_window_in_order",
            ),
            models.CheckConstraint(
                condition=Q(canonical=None) | ~Q(canonical=F("id")),
                name="question_not_canonical_to_itself",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="question_version_positive"),
            # Never claim a review without saying whose and when.
            models.CheckConstraint(
                condition=~Q(origin="reviewed") | (~Q(reviewer="") & Q(reviewed_on__isnull=False)),
                name="question_reviewed_by_whom_and_when",
            ),
        ]
        indexes = [
            # The list of a subject, ordered by slug; which of its questions readers are shown, from
            # the index alone.
            models.Index(
                fields=[
                    *("subject", "slug", "status", "no_index", "publish_at", "unpublish_at"),
                    "canonical",
                ],
                name="question_subject_list",
            ),
            # All that lists show, and which of it counts for topics, when everything is counted:
            # from the index alone.
            models.Index(
                fields=["subject", "status", "no_index", "publish_at", "unpublish_at", "canonical"],
                name="question_subject_count",
            ),
            # Newest first: home, feeds.
            models.Index(fields=["-publish_at", "-uid"], name="question_newest"),
            # The desk's list: what was touched last; by whichever of its filters and rights, it
            # is counted and paged from the index alone.
            models.Index(
                fields=[
                    *("-updated_at", "-id", "status", "no_index", "has_math", "canonical"),
                    "subject",
                ],
                name="question_recent",
            ),
            # The same of what is rare: each status that is not public, what is hidden, and what
            # has formulas. Never one index over all states: without statistics SQLite would take
            # it for every question about published pages, before the index that serves that.
            *(
                models.Index(
                    fields=["-updated_at", "-id"],
                    condition=Q(status=status),
                    name=f"question_{status}_recent",
                )
                for status in ("draft", "in_review", "scheduled", "unpublished", "trashed")
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                condition=Q(no_index=True),
                name="question_hidden_recent",
            ),
            models.Index(
                fields=["-updated_at", "-id"],
                condition=Q(has_math=True),
                name="question_math_recent",
            ),
            # A slug under whatever subject: resolving addresses, unknown paths; and the desk's
            # list by slug, without the trash and what is not one's own.
            models.Index(fields=["slug", "-id", "status", "subject"], name="question_slug"),
            # "Have these bytes been taken already?", asked for every file of an import and
            # answered without a look at the rows.
            models.Index(fields=["seed_hash", "status", "pruned_at"], name="question_seed_file"),
            # Copies: the pages that share question and answer.
            models.Index(fields=["content_hash"], name="question_content_hash"),
            models.Index(fields=["canonical"], name="question_canonical"),
            # The desk finds a question by its file's id.
            models.Index(fields=["seed_id"], name="question_seed_id"),
            # Which pages have the same description: asked while an editor writes one.
            models.Index(DESCRIPTION_START, name="question_description_start"),
            # An author's questions; deletion of an author.
            models.Index(fields=["author"], name="question_author"),
            # What is to go; the schedule.
            models.Index(
                fields=["unpublish_at"],
                condition=Q(unpublish_at__isnull=False),
                name="question_unpublish_at",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Derive what is derived, then write. learn.publishing keeps what spans several rows."""
        self.derive()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return str(self.path)

    def derive(self, rendered: Rendered | None = None) -> None:
        """Set every column that follows from others, for save() and bulk writers alike.

        answer -> answer_html, summary, has_math, renderer_version; question and answer ->
        content_hash, and modified_at where that changed; address -> uid, once. `rendered` is
        render(answer) where the caller has it already.
        """
        # Browsers send CR LF; the text layer knows LF only.
        self.answer = self.answer.replace("\r\n", "\n")
        if not self.article_title:
            self.article_title = self.title
        if not self.question:
            self.question = self.title
        self.derive_html(rendered or render(self.answer))
        digest = content_hash(self.question, self.answer)
        if self.modified_at is None:
            self.modified_at = self.publish_at or timezone.now()
        elif self.content_hash != digest:
            self.modified_at = timezone.now()
        self.content_hash = digest
        if self.uid is None:
            self.uid = first_uid(self.path)

    def derive_html(self, rendered: Rendered) -> None:
        """Set the columns that follow from the rendered answer."""
        self.answer_html = rendered.html
        self.summary = rendered.summary
        self.has_math = rendered.has_math
        self.renderer_version = RENDERER_VERSION

    def snapshot(self) -> dict[str, Any]:
        """The content as JSON types: CONTENT_FIELDS, the address, author and related ones."""
        return {
            **{name: getattr(self, name) for name in CONTENT_FIELDS},
            "date": self.date.isoformat(),
            "url": str(self.path),
            "author": self.author.name,
            "related": [
                [related.seed_id, related.title, related.subject, related.url]
                # Sorted here, for what is prefetched to serve.
                for related in sorted(self.related_questions.all(), key=lambda item: item.position)
            ],
        }

    @property
    def path(self) -> QuestionPath:
        return QuestionPath(self.subject.slug, self.slug)

    @property
    def is_published(self) -> bool:
        """Whether readers can see it at this moment. `published()` is its twin."""
        now = timezone.now()
        return (
            self.status in self.PUBLIC_STATUSES
            and self.publish_at is not None
            and self.publish_at <= now
            and (self.unpublish_at is None or now < self.unpublish_at)
        )

    @property
    def last_change(self) -> datetime.datetime:
        """When readers last saw the page change, for a published question; never in the future.

        Of a question that was published sooner than was planned `modified_at` may be to come.
        """
        assert self.publish_at is not None
        return latest_past(self.publish_at, self.modified_at)

    @property
    def may_be_known(self) -> bool:
        """Whether readers may know the address: it is public, or was at any time."""
        is_out = self.status in (*self.PUBLIC_STATUSES, self.Status.UNPUBLISHED)
        has_begun = self.publish_at is not None and self.publish_at <= timezone.now()
        return self.first_public_at is not None or (is_out and has_begun)

    def note_first_public(self, before: "Question") -> None:
        """Remember what `before`, the row until now, says of when readers saw it first."""
        if before.may_be_known:
            self.first_public_at = before.first_public_at or before.publish_at

    @property
    def is_indexable(self) -> bool:
        """Whether search engines may list the page: else it bears `noindex`."""
        return self.subject.is_listed and not self.no_index

    @property
    def reader_page(self) -> "Question":
        """The question whose page readers are shown for this one: its canonical, or itself."""
        if self.canonical is not None and self.canonical.is_published:
            return self.canonical
        return self

    @property
    def reader_address(self) -> str:
        """Where a link to this question leads readers."""
        return self.reader_page.get_absolute_url()

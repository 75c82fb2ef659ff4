from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learn.models.question import Question

REPORT_MAX_LENGTH = 2000


class Report(models.Model):
    """What a reader found wrong with an answer, for the desk's queue."""

    class Kind(models.TextChoices):
        WRONG = "wrong", _("Something is wrong")
        UNCLEAR = "unclear", _("Something is unclear")
        MATH = "math", _("A formula is broken")
        DUPLICATE = "duplicate", _("The question is here twice")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")

    question = models.ForeignKey(
        Question,
        on_delete=models.CASCADE,
        related_name="reports",
        db_index=False,
        verbose_name=_("question"),
    )
    version = models.PositiveIntegerField(
        _("version"), help_text=_("Of the question, as the reader saw it.")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    text = models.TextField(_("what the reader writes"), max_length=REPORT_MAX_LENGTH)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    state = models.CharField(_("state"), max_length=5, choices=State, default=State.OPEN)
    note = models.TextField(_("note"), blank=True, help_text=_("For the desk; never shown."))

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            # A report without a known kind or state would be in no list of the queue.
            models.CheckConstraint(
                condition=Q(kind__in=["wrong", "unclear", "math", "duplicate", "other"]),
                name="report_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "done"]), name="report_known_state"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="report_version_positive"),
        ]
        indexes = [
            # The queue: open ones before done ones, newest first; and those of one kind.
            models.Index(fields=["-state", "-created_at"], name="report_queue"),
            models.Index(fields=["kind", "-created_at"], name="report_kind"),
            # The reports of one question, counted on its form.
            models.Index(fields=["question", "state"], name="report_question"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.question_id})"


class HelpfulCount(models.Model):
    """How many readers found an answer helpful, and how many did not; nothing about who."""

    question = models.OneToOneField(
        Question,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="helpful_count",
        verbose_name=_("question"),
    )
    yes = models.PositiveIntegerField(_("helpful"), default=0)
    no = models.PositiveIntegerField(_("not helpful"), default=0)

    class Meta:
        verbose_name = _("count of helpful answers")
        verbose_name_plural = _("counts of helpful answers")

    def __str__(self) -> str:
        return f"{self.yes} / {self.no}"


class RateLimit(models.Model):
    """When one address last sent something; the key is a keyed hash, never the address.

    In the database, as the cache may live in one process only. A row goes an hour after its
    last moment.
    """

    key = models.CharField(_("key"), max_length=32, primary_key=True)
    moments = models.JSONField(_("moments"), default=list)
    last_at = models.DateTimeField(_("last"))

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")
        indexes = [
            # Removal of what is over.
            models.Index(fields=["last_at"], name="ratelimit_last_at"),
        ]

    def __str__(self) -> str:
        return self.key

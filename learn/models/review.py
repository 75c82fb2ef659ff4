from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learn.models.question import Question

NOTE_MAX_LENGTH = 4000


class Review(models.Model):
    """One round of a question through review: handed in, claimed, decided.

    An open one stands for the question's place in the queue; the decided ones are its history.
    """

    class Decision(models.TextChoices):
        OPEN = "", _("open")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("changes requested")
        WITHDRAWN = "withdrawn", _("withdrawn")

    question = models.ForeignKey(
        Question,
        on_delete=models.CASCADE,
        related_name="reviews",
        db_index=False,
        verbose_name=_("question"),
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("submitted by"),
    )
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("claimed by"),
    )
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
    decision = models.CharField(
        _("decision"), max_length=10, choices=Decision, default=Decision.OPEN, blank=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=NOTE_MAX_LENGTH, blank=True)
    line = models.PositiveIntegerField(_("line of the answer"), null=True, blank=True)
    line_text = models.TextField(
        _("the line's text"),
        blank=True,
        help_text=_("As it was reviewed: the line is found again after others have moved it."),
    )

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            # A question stands in the queue once.
            models.UniqueConstraint(
                fields=["question"], condition=Q(decision=""), name="review_one_open"
            ),
        ]
        indexes = [
            # The queue, oldest first.
            models.Index(fields=["decision", "submitted_at", "id"], name="review_queue"),
            # A question's rounds; deletion.
            models.Index(fields=["question", "-id"], name="review_question"),
            # What came back to somebody.
            models.Index(fields=["submitted_by", "decision"], name="review_submitted_by"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}, {self.get_decision_display()}"

    @property
    def is_claimed(self) -> bool:
        return (
            self.claimed_by_id is not None
            and self.claimed_until is not None
            and self.claimed_until > timezone.now()
        )

    def is_claimed_by_another(self, user_id: int) -> bool:
        return self.is_claimed and self.claimed_by_id != user_id

    def line_in(self, answer: str) -> int | None:
        """Where the line that the note is about stands in `answer` now; None if it is gone."""
        if self.line is None:
            return None
        found = [
            number
            for number, text in enumerate(answer.split("\n"), start=1)
            if text == self.line_text
        ]
        return min(found, key=lambda number: abs(number - (self.line or 0)), default=None)

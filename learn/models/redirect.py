from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Redirect(models.Model):
    """An address that used to be a question's own, and the question that answers for it now.

    A live page at the old address always wins; the redirect then waits. It leads to the
    question, not to an address, so that a visitor is sent on once however often it moves.
    """

    class Origin(models.TextChoices):
        MOVED = "moved", _("list of moves")
        DESK = "desk", _("renamed at the desk")

    old_path = models.CharField(
        _("old address"),
        max_length=600,
        help_text=_("For example /learn/biology/questions/what-is-osmosis."),
    )
    question = models.ForeignKey(
        "learn.Question",
        on_delete=models.CASCADE,
        related_name="redirects",
        db_index=False,
        verbose_name=_("question"),
    )
    origin = models.CharField(
        _("where it comes from"), max_length=10, choices=Origin, default=Origin.DESK
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    hits = models.PositiveBigIntegerField(
        _("hits"), default=0, editable=False, help_text=_("How often it sent somebody on.")
    )
    last_hit_at = models.DateTimeField(_("last hit"), null=True, editable=False)

    class Meta:
        ordering = ["old_path"]
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        constraints = [
            # One address leads to one place; serves the look-up after a miss.
            models.UniqueConstraint(fields=["old_path"], name="redirect_unique_old_path"),
        ]
        indexes = [
            # Which question is the target of a move (choice of the canonical page); deletion.
            models.Index(fields=["question", "origin"], name="redirect_question"),
        ]

    def __str__(self) -> str:
        return f"{self.old_path} → {self.question_id}"

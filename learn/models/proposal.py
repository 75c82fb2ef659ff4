from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learn.models.question import Question


class Proposal(models.Model):
    """A change of a live question that somebody proposes: the fields that it changes.

    The page keeps its text until a reviewer approves; a change that came back is proposed anew
    as another row.
    """

    class State(models.TextChoices):
        OPEN = "open", _("in review")
        RETURNED = "returned", _("changes requested")
        APPLIED = "applied", _("applied")
        DROPPED = "dropped", _("given up")

    question = models.ForeignKey(
        Question,
        on_delete=models.CASCADE,
        related_name="proposals",
        db_index=False,
        verbose_name=_("question"),
    )
    content = models.JSONField(_("content"), help_text=_("The fields that change."))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("made by"),
    )

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        constraints = [
            # A question stands in the queue once.
            models.UniqueConstraint(
                fields=["question"], condition=Q(state="open"), name="proposal_one_open"
            ),
        ]
        indexes = [
            # What is in review.
            models.Index(fields=["state", "question"], name="proposal_state"),
            # A question's proposals; deletion.
            models.Index(fields=["question"], name="proposal_question"),
            # What came back to somebody.
            models.Index(fields=["created_by", "state"], name="proposal_created_by"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}, {self.get_state_display()}"

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

REASON_MAX_LENGTH = 200


class Distinction(models.Model):
    """Why a question is published although another one is called nearly the same."""

    question = models.ForeignKey(
        "learn.Question",
        on_delete=models.CASCADE,
        related_name="distinctions",
        db_index=False,
        verbose_name=_("question"),
    )
    other = models.ForeignKey(
        "learn.Question",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("is no duplicate of"),
    )
    reason = models.CharField(_("because"), max_length=REASON_MAX_LENGTH)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        verbose_name=_("made by"),
        related_name="+",
    )

    class Meta:
        verbose_name = _("distinction")
        verbose_name_plural = _("distinctions")
        constraints = [
            # Asked once for two questions; serves the look-up from the question.
            models.UniqueConstraint(
                fields=["question", "other"], name="distinction_unique_questions"
            ),
            models.CheckConstraint(
                condition=~Q(question=F("other")), name="distinction_of_two_questions"
            ),
        ]
        indexes = [
            # The same from the other one; deletion.
            models.Index(fields=["other", "question"], name="distinction_other"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} ≠ {self.other_id}"

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learn.models.question import Question


class TrashedQuestion(models.Model):
    """Who put a question into the trash, and when: it is emptied by that date."""

    question = models.OneToOneField(
        Question,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="trashed",
        verbose_name=_("question"),
    )
    trashed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    trashed_at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("question in the trash")
        verbose_name_plural = _("questions in the trash")
        indexes = [
            # What has lain there long enough.
            models.Index(fields=["trashed_at"], name="trashed_at"),
        ]

    def __str__(self) -> str:
        return str(self.question_id)

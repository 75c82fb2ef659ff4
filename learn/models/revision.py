from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

REASON_MAX_LENGTH = 200


class Revision(models.Model):
    """What a question held at one version; written by human acts and before an overwrite."""

    question = models.ForeignKey(
        "learn.Question",
        on_delete=models.CASCADE,
        related_name="revisions",
        db_index=False,
        verbose_name=_("question"),
    )
    number = models.PositiveIntegerField(
        _("version"), help_text=_("The question's version at that time.")
    )
    content = models.JSONField(_("content"), help_text=_("The front-matter fields."))
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("made by"),
        related_name="+",
    )
    reason = models.CharField(_("reason"), max_length=REASON_MAX_LENGTH, blank=True)

    class Meta:
        ordering = ["question", "-number"]
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            # One snapshot of one version; serves a question's history, newest first.
            models.UniqueConstraint(fields=["question", "number"], name="revision_unique_number"),
        ]

    def __str__(self) -> str:
        return gettext("%(question)s, version %(number)d") % {
            "question": self.question_id,
            "number": self.number,
        }

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learn.models.question import Question


class ScheduledUpdateQuerySet(models.QuerySet["ScheduledUpdate"]):
    def pending(self) -> "ScheduledUpdateQuerySet":
        return self.filter(applied_at=None, cancelled_at=None)

    def due(self) -> "ScheduledUpdateQuerySet":
        """What should have been applied by now: due for the next run, or late."""
        return self.pending().filter(apply_at__lte=timezone.now())


class ScheduledUpdate(models.Model):
    """A change of a live question, frozen until its moment; readers see the old text till then.

    It holds the fields that change and no others, so what is edited meanwhile elsewhere stays.
    """

    question = models.ForeignKey(
        Question,
        on_delete=models.CASCADE,
        related_name="scheduled_updates",
        db_index=False,
        verbose_name=_("question"),
    )
    content = models.JSONField(_("content"), help_text=_("The fields that change."))
    apply_at = models.DateTimeField(_("apply at"))
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    error = models.TextField(
        _("error"), blank=True, help_text=_("Why the last attempt to apply it failed.")
    )

    objects = ScheduledUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled update")
        verbose_name_plural = _("scheduled updates")
        constraints = [
            # Two frozen texts of one question would overwrite each other.
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(applied_at=None, cancelled_at=None),
                name="scheduledupdate_one_pending",
            ),
        ]
        indexes = [
            # What is due; the calendar.
            models.Index(
                fields=["apply_at"],
                condition=Q(applied_at=None, cancelled_at=None),
                name="scheduledupdate_pending",
            ),
            # A question's updates; deletion.
            models.Index(fields=["question"], name="scheduledupdate_question"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}, {self.apply_at:%Y-%m-%d %H:%M}"

    @property
    def is_late(self) -> bool:
        return self.apply_at <= timezone.now()

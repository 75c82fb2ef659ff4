import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# How long a link lasts if nobody says so, and at most.
SHARED_DAYS, SHARED_DAYS_AT_MOST = 7, 60


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def working(self) -> "ShareLinkQuerySet":
        """Those that open a page at this moment."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class ShareLink(models.Model):
    """A page as a form held it at one moment, for people without an account.

    The address is signed and not stored, so that whoever reads the table cannot open it.
    """

    question = models.ForeignKey(
        "learn.Question",
        on_delete=models.CASCADE,
        related_name="share_links",
        db_index=False,
        verbose_name=_("question"),
    )
    content = models.JSONField(_("content"), help_text=_("What the form held."))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        verbose_name=_("made by"),
        related_name="+",
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    expires_at = models.DateTimeField(_("lasts until"))
    revoked_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("shared preview")
        verbose_name_plural = _("shared previews")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="sharelink_lasts_a_while"
            ),
        ]
        indexes = [
            # The links of a question, on its form; deletion.
            models.Index(fields=["question", "created_at"], name="sharelink_question"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}, {self.created_at:%Y-%m-%d %H:%M}"


def lasting(days: int) -> datetime.datetime:
    """The end of a link made now."""
    return timezone.now() + datetime.timedelta(days=days)

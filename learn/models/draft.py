import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Draft(models.Model):
    """What a person has typed into a question's form and not saved yet.

    One for each person and question; a new answer has none yet, and a person may write several.
    """

    uid = models.UUIDField(_("identity"), default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("person"),
    )
    question = models.ForeignKey(
        "learn.Question",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="drafts",
        verbose_name=_("question"),
    )
    values = models.JSONField(
        _("values"), default=dict, help_text=_("What each input of the form holds, by its name.")
    )
    base_version = models.PositiveIntegerField(
        _("base version"),
        null=True,
        blank=True,
        help_text=_("The question's version when its form was opened."),
    )
    version = models.PositiveIntegerField(
        _("times saved"), default=1, help_text=_("By it two tabs notice each other.")
    )
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            # A form writes one draft; serves "is this form's draft there?".
            models.UniqueConstraint(fields=["person", "uid"], name="draft_unique_person_uid"),
            # One working draft; where it is taken from is never a choice.
            models.UniqueConstraint(
                fields=["person", "question"],
                condition=Q(question__isnull=False),
                name="draft_unique_person_question",
            ),
        ]
        indexes = [
            # "My drafts", newest first.
            models.Index(fields=["person", "-saved_at"], name="draft_person_recent"),
        ]

    def __str__(self) -> str:
        return self.values.get("title") or str(_("(no title yet)"))

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from learn.models.subject import Subject


class SubjectAccess(models.Model):
    """The subjects that somebody's rights end at.

    Who has no such row works in every subject; a row that names none leaves nothing. So taking
    the last subject away never opens all of them.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="subject_access",
        verbose_name=_("user"),
    )
    subjects = models.ManyToManyField(
        Subject,
        blank=True,
        related_name="+",
        verbose_name=_("subjects"),
        help_text=_("Only in these; everything of other subjects is refused."),
    )

    class Meta:
        verbose_name = _("limit to subjects")
        verbose_name_plural = _("limit to subjects")

    def __str__(self) -> str:
        return str(self.user_id)

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from learn.models.fields import BytewiseSlugField
from learn.models.path import SUBJECT_ADDRESS
from learn.models.stored_totals import sparing

# The longest title of the real subjects has 26 characters.
SUBJECT_TITLE_MAX_LENGTH = 100


class SubjectManager(models.Manager["Subject"]):
    def get_by_natural_key(self, slug: str) -> "Subject":
        return self.get(slug=slug)

    def listed(self) -> "models.QuerySet[Subject]":
        """The subjects that /learn shows, by title."""
        return self.filter(is_listed=True).order_by("title")


class Subject(models.Model):
    """A field of study; the folder of its questions' seed files bears its slug."""

    slug = BytewiseSlugField(
        _("slug"), help_text=_("The last part of the address, as in /learn/chemistry.")
    )
    title = models.CharField(_("title"), max_length=SUBJECT_TITLE_MAX_LENGTH)
    is_listed = models.BooleanField(
        _("listed"),
        default=True,
        help_text=_(
            "Shown on /learn and to search engines. Pages of an unlisted subject stay readable by "
            "their address."
        ),
    )
    description = models.CharField(_("description"), max_length=300, blank=True)

    # learn.totals keeps these. The numbers have the database's own default for what still runs
    # while a new release is put in place.
    question_count = models.PositiveIntegerField(
        _("questions"), default=0, db_default=0, editable=False
    )
    # When a question that it lists last changed.
    changed_at = models.DateTimeField(_("changed"), null=True, editable=False)
    # Another one whenever its list may be another: what is remembered of the list goes by it.
    list_version = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects = SubjectManager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("subject")
        verbose_name_plural = _("subjects")
        constraints = [
            # One address, one subject; also serves the look-up of every page.
            models.UniqueConstraint(fields=["slug"], name="subject_unique_slug"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        totals = ("question_count", "changed_at", "list_version")
        super().save(*args, **sparing(self, totals, kwargs))

    def get_absolute_url(self) -> str:
        return SUBJECT_ADDRESS.format(self.slug)

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

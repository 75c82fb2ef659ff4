"""What readers asked for and did not find: no word about who."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Demand(models.Model):
    hits = models.PositiveIntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first"), default=timezone.now)
    last_at = models.DateTimeField(_("last"), default=timezone.now)

    class Meta:
        abstract = True


class MissingPage(Demand):
    """An address of a question, subject or topic where nothing answered."""

    path = models.CharField(_("address"), max_length=600)

    class Meta:
        verbose_name = _("missing page")
        verbose_name_plural = _("missing pages")
        constraints = [
            # One row for each address; serves the counting.
            models.UniqueConstraint(fields=["path"], name="missingpage_unique_path"),
        ]
        indexes = [
            # Asked for most first; the end is dropped when there are too many.
            models.Index(fields=["-hits", "-last_at"], name="missingpage_hits"),
        ]

    def __str__(self) -> str:
        return self.path


class EmptySearch(Demand):
    """The words of a search that found nothing."""

    words = models.CharField(_("words"), max_length=200)

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        constraints = [
            # One row for each set of words; serves the counting.
            models.UniqueConstraint(fields=["words"], name="emptysearch_unique_words"),
        ]
        indexes = [
            # Searched for most first; the end is dropped when there are too many.
            models.Index(fields=["-hits", "-last_at"], name="emptysearch_hits"),
        ]

    def __str__(self) -> str:
        return self.words


class StoredCount(models.Model):
    """A bar of a chart on the desk, counted from time to time instead of for each view."""

    class Chart(models.TextChoices):
        WEEKS = "weeks", _("published answers by week")
        SUBJECTS = "subjects", _("published answers by subject")

    chart = models.CharField(_("chart"), max_length=10, choices=Chart)
    label = models.CharField(_("label"), max_length=200)
    number = models.PositiveIntegerField(_("number"))
    counted_at = models.DateTimeField(_("counted"), default=timezone.now)

    class Meta:
        verbose_name = _("stored count")
        verbose_name_plural = _("stored counts")
        constraints = [
            models.UniqueConstraint(fields=["chart", "label"], name="storedcount_unique_label"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.number}"

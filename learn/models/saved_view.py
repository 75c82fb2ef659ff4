from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

QUERY_MAX_LENGTH = 2000


class SavedView(models.Model):
    """A list of the desk under a name: its filters, its search and its order, as they stand in
    the address."""

    name = models.CharField(_("name"), max_length=100)
    query = models.CharField(_("query"), max_length=QUERY_MAX_LENGTH)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="saved_views",
        db_index=False,
        verbose_name=_("owner"),
    )
    is_shared = models.BooleanField(
        _("shared"), default=False, help_text=_("Shown to everybody at the desk.")
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            # One's own views are told apart by their names; serves the list of them.
            models.UniqueConstraint(fields=["owner", "name"], name="savedview_unique_name"),
        ]
        indexes = [
            # What others share.
            models.Index(
                fields=["name"], condition=models.Q(is_shared=True), name="savedview_shared"
            ),
        ]

    def __str__(self) -> str:
        return self.name

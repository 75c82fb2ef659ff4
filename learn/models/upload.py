from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


class Upload(models.Model):
    """A picture that was put into an answer: re-encoded, under a name that nobody chose."""

    name = models.CharField(
        _("name"), max_length=60, help_text=_("Of its bytes and its size: the same file, once.")
    )
    source_hash = models.CharField(_("hash of the file that was sent"), max_length=64)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    size = models.PositiveIntegerField(_("bytes"))
    created_at = models.DateTimeField(_("sent"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        verbose_name=_("sent by"),
        related_name="+",
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            # Whoever sends a file again gets the picture that there is.
            models.UniqueConstraint(fields=["source_hash"], name="upload_unique_source"),
        ]
        indexes = [
            # Is there a picture at an address? Files of other bytes may give the same picture.
            models.Index(fields=["name"], name="upload_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("learn:picture", kwargs={"name": self.name})

    @property
    def stored_name(self) -> str:
        """Its name in the media store."""
        return stored_name(self.name)


def stored_name(name: str) -> str:
    return f"images/{name}"

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SeedUpload(models.Model):
    """A seed file or an archive of some that somebody handed in at the desk, kept between the
    look at what it would change and the load; in the database, as any process may be asked next."""

    name = models.CharField(_("file name"), max_length=200)
    data = models.BinaryField(_("content"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        verbose_name=_("uploaded by"),
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    class Meta:
        verbose_name = _("upload of seed files")
        verbose_name_plural = _("uploads of seed files")
        indexes = [
            # What is a day old goes; and with its person.
            models.Index(fields=["created_at"], name="seedupload_created_at"),
            models.Index(fields=["created_by"], name="seedupload_created_by"),
        ]

    def __str__(self) -> str:
        return self.name

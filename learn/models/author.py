from django.db import models
from django.utils.translation import gettext_lazy as _


class AuthorManager(models.Manager["Author"]):
    def get_by_natural_key(self, name: str) -> "Author":
        return self.get(name=name)


class Author(models.Model):
    """Whoever signs answers: a person or, in every real file so far, the site itself."""

    name = models.CharField(_("name"), max_length=200)
    url = models.URLField(_("profile address"), blank=True)

    objects = AuthorManager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        constraints = [
            # Seed files know an author by name only.
            models.UniqueConstraint(fields=["name"], name="author_unique_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.name,)

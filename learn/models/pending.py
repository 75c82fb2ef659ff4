from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PendingStep(models.Model):
    """A step over the whole content that some committed write has made necessary.

    Noted in the transaction of that write and removed after the step is done: an import that is
    killed in between finds the note when it runs again.
    """

    class Step(models.TextChoices):
        RELATED = "related", _("resolve related questions")
        COPIES = "copies", _("choose canonical pages of copies")
        TOPICS = "topics", _("count the questions of topics")
        SEARCH = "search", _("count the words of the search index")

    step = models.CharField(_("step"), max_length=20, choices=Step, primary_key=True)
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("pending step")
        verbose_name_plural = _("pending steps")

    def __str__(self) -> str:
        return self.get_step_display()

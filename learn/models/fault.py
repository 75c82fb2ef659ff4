from django.db import models
from django.utils.translation import gettext_lazy as _

DETAIL_MAX_LENGTH = 200


class Fault(models.Model):
    """What the checklist found in a question when it was last looked at."""

    question = models.ForeignKey(
        "learn.Question",
        on_delete=models.CASCADE,
        related_name="faults",
        db_index=False,
        verbose_name=_("question"),
    )
    code = models.CharField(_("fault"), max_length=30)
    is_error = models.BooleanField(_("stops publishing"))
    line = models.PositiveIntegerField(_("line"), null=True)
    field = models.CharField(_("field"), max_length=30)
    detail = models.CharField(_("detail"), max_length=DETAIL_MAX_LENGTH, blank=True)

    class Meta:
        ordering = ["-is_error", "question", "line"]
        verbose_name = _("fault")
        verbose_name_plural = _("faults")
        indexes = [
            # The faults of a question; deletion.
            models.Index(fields=["question"], name="fault_question"),
            # The report: faults of one kind, errors first.
            models.Index(fields=["-is_error", "code", "question"], name="fault_code"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.code}"

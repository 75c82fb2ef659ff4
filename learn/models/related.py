from django.db import models
from django.utils.translation import gettext_lazy as _


class RelatedQuestion(models.Model):
    """One `related_articleN` of a seed file: what it says, and the question that it means."""

    question = models.ForeignKey(
        "learn.Question",
        on_delete=models.CASCADE,
        related_name="related_questions",
        db_index=False,
        verbose_name=_("question"),
    )
    position = models.PositiveSmallIntegerField(_("position"))
    seed_id = models.BigIntegerField(_("id as written"), null=True, blank=True)
    title = models.CharField(_("title as written"), max_length=500)
    subject = models.CharField(_("subject as written"), max_length=200, blank=True)
    url = models.CharField(_("address as written"), max_length=500)
    target = models.ForeignKey(
        "learn.Question",
        on_delete=models.SET_NULL,
        related_name="referring_questions",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=_("leads to"),
        help_text=_("Found from the address; empty while nothing answers there."),
    )

    class Meta:
        ordering = ["question", "position"]
        verbose_name = _("related question")
        verbose_name_plural = _("related questions")
        constraints = [
            # The N of related_articleN; serves the list on a question's page, in order.
            models.UniqueConstraint(
                fields=["question", "position"], name="relatedquestion_unique_position"
            ),
        ]
        indexes = [
            # What refers to a question: deletion, and pages that show its title; and, as the
            # few without a target, the references still to be resolved.
            models.Index(fields=["target"], name="relatedquestion_target"),
        ]

    def __str__(self) -> str:
        return self.title


class SimilarQuestion(models.Model):
    """A question that the text of another leads to. Never exported: no file says so.

    A question that was looked at has at least one row; where nothing is near, one without target.
    """

    question = models.ForeignKey(
        "learn.Question",
        on_delete=models.CASCADE,
        related_name="similar_questions",
        db_index=False,
        verbose_name=_("question"),
    )
    position = models.PositiveSmallIntegerField(_("position"))
    target = models.ForeignKey(
        "learn.Question",
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("leads to"),
    )
    filled_at = models.DateTimeField(_("filled"))

    class Meta:
        verbose_name = _("similar question")
        verbose_name_plural = _("similar questions")
        constraints = [
            # The list on a question's page, in order; which questions have none yet.
            models.UniqueConstraint(
                fields=["question", "position"], name="similarquestion_unique_position"
            ),
        ]
        indexes = [
            # Deletion of a question.
            models.Index(fields=["target"], name="similarquestion_target"),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}: {self.position}"

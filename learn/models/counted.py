from django.db import models
from django.utils.translation import gettext_lazy as _

from learn.models.question import Question
from learn.models.subject import Subject


class CountedQuestion(models.Model):
    """That the stored number of a subject counts a question, and, if `in_topics`, those of all its
    tags do.

    What a change makes of a number is the difference to it: a tag of half the site's questions
    costs no more than a rare one. It says what was counted, not what is true: a page appears and
    goes with time alone. learn.counting keeps it.
    """

    question = models.OneToOneField(
        Question,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="counted",
        verbose_name=_("question"),
    )
    subject = models.ForeignKey(
        Subject, on_delete=models.CASCADE, related_name="+", verbose_name=_("subject")
    )
    in_topics = models.BooleanField(_("in topics"), default=False)

    class Meta:
        verbose_name = _("counted question")
        verbose_name_plural = _("counted questions")

    def __str__(self) -> str:
        return str(self.question_id)

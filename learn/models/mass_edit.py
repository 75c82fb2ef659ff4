from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from learn.models.question import Question


class MassEdit(models.Model):
    """One change to many questions, with what is needed to undo it.

    It is its own job: its items say what is done and what is left, so whoever goes on with it,
    after however long, begins where the last one stopped.
    """

    class Kind(models.TextChoices):
        STATUS = "status", _("set the status")
        SUBJECT = "subject", _("move to a subject")
        AUTHOR = "author", _("set the author")
        ADD_KEYWORDS = "add_keywords", _("add keywords")
        REMOVE_KEYWORDS = "remove_keywords", _("remove keywords")
        REPLACE = "replace", _("find and replace")

    class State(models.TextChoices):
        CHOSEN = "chosen", _("questions chosen")
        CHECKING = "checking", _("being tried")
        READY = "ready", _("tried, nothing changed yet")
        RUNNING = "running", _("at work")
        DONE = "done", _("done")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    WORKING = (State.CHECKING, State.RUNNING, State.UNDOING)

    kind = models.CharField(_("change"), max_length=20, choices=Kind, blank=True)
    parameters = models.JSONField(_("details"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.CHOSEN)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("change of many questions")
        verbose_name_plural = _("changes of many questions")
        indexes = [
            # What is left to do, whoever began it.
            models.Index(
                fields=["id"],
                condition=models.Q(state__in=["checking", "running", "undoing"]),
                name="massedit_working",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"


class MassEditItem(models.Model):
    """One question of a change of many: what is to be done with it, or was."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        PLANNED = "planned", _("will change")
        CHANGED = "changed", _("changed")
        SAME = "same", _("nothing to change")
        SKIPPED = "skipped", _("left alone")
        UNDONE = "undone", _("as it was")
        KEPT = "kept", _("not undone")

    mass_edit = models.ForeignKey(
        MassEdit, on_delete=models.CASCADE, related_name="items", db_index=False
    )
    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="mass_edit_items", db_index=False
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    version = models.PositiveIntegerField(
        _("version"), default=0, help_text=_("Of the question, when it was last looked at.")
    )
    hits = models.PositiveIntegerField(_("places"), default=0)
    before = models.JSONField(_("as it was"), default=dict)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("question of a change of many")
        verbose_name_plural = _("questions of a change of many")
        constraints = [
            models.UniqueConstraint(
                fields=["mass_edit", "question"], name="masseditem_unique_question"
            ),
        ]
        indexes = [
            # What is still to do, and how much of each there is.
            models.Index(fields=["mass_edit", "state", "id"], name="masseditem_state"),
            # Deletion of a question.
            models.Index(fields=["question"], name="masseditem_question"),
        ]

    def __str__(self) -> str:
        return f"{self.mass_edit_id}: {self.question_id}"

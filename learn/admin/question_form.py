"""The form of a question: what an editor may type, and what is said when it cannot be."""

import datetime
import json
from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import (
    AdminSplitDateTime,
    AdminTextareaWidget,
    AdminTextInputWidget,
)
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from learn import schedules
from learn.admin.author_select import tell_author
from learn.admin.common import change_url, known_address, long_columns_of
from learn.admin.form_values import STATE_FIELDS, state_of
from learn.admin.markdown_editor import MarkdownEditor
from learn.faults import CHECKED_FIELDS, blocking, findings_of
from learn.lookalikes import asks_for_answer, duplicates_to_answer
from learn.models import Question, Redirect, Review
from learn.models.distinction import REASON_MAX_LENGTH
from learn.models.path import QuestionPath
from learn.momentformat import unknown_tokens
from learn.publishing import SHARED_FIELDS
from learn.textmerge import conflict_lines
from learn.workflow.rights import known_to
from learn.workflow.transitions import Action, AnyUser, may_take, needs_another, reachable

# What is written in the content's language, whatever the desk speaks: spelling is checked by it.
CONTENT_FIELDS = ("title", "article_title", "question", "answer", "seo_title", "seo_description")


class QuestionForm(forms.ModelForm):
    # Whose form it is; QuestionAdmin.get_form() says it.
    user: AnyUser
    # What the row was when the form was opened; compared with what it is when it is sent.
    opened_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    opened_status = forms.CharField(required=False, widget=forms.HiddenInput)
    opened_state = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Note for the history"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("What you changed and why, for whoever comes after you."),
        widget=AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
    )

    takes_over_redirect = forms.BooleanField(
        label=gettext_lazy("Take over the redirect"),
        required=False,
        help_text=gettext_lazy(
            "From then on, whoever follows the old link comes to this question."
        ),
    )

    apply_at = forms.SplitDateTimeField(
        label=gettext_lazy("Change the page at"),
        required=False,
        help_text=gettext_lazy(
            "Leave empty to change the page now. Else it keeps its text until then."
        ),
        widget=AdminSplitDateTime,
    )
    also_scheduled = forms.ChoiceField(
        label=gettext_lazy("Update the scheduled text?"),
        required=False,
        choices=[
            ("yes", gettext_lazy("Yes: what I change now is in the scheduled text as well")),
            ("no", gettext_lazy("No: the scheduled text stays as it is and will replace this")),
        ],
        widget=forms.RadioSelect,
    )

    not_duplicate = forms.CharField(
        label=gettext_lazy("Not a duplicate, because"),
        required=False,
        max_length=REASON_MAX_LENGTH,
        help_text=gettext_lazy(
            "Asked for before a question is published whose title says nearly the same as another."
        ),
        widget=AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
    )
    # The questions of which that is said.
    distinguished: Sequence[Question] = ()

    class Meta:
        widgets = {
            **dict.fromkeys(
                ("title", "article_title", "question", "seo_title", "slug"),
                AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
            ),
            "answer": MarkdownEditor(attrs={"rows": 30, "spellcheck": "true"}),
            "seo_description": AdminTextareaWidget(attrs={"rows": 3}),
            "seo_keywords": AdminTextareaWidget(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["opened_version"] = self.instance.version
            self.initial["opened_status"] = self.instance.status
            self.initial["opened_state"] = json.dumps(state_of(self.instance))
        for name in ("article_title", "question"):
            if name in self.fields:
                self.fields[name].required = False
        for name in CONTENT_FIELDS:
            if name in self.fields:
                self.fields[name].widget.attrs |= {"lang": settings.CONTENT_LANGUAGE, "dir": "auto"}
        for name in ("subject", "author"):
            if name in self.fields:
                self.fields[name].widget.can_delete_related = False
        if "author" in self.fields:
            tell_author(self.fields["author"], self.instance)
        if "status" in self.fields:
            self._offer_states()
        zone = _("Time zone: %s.") % timezone.get_current_timezone_name()
        for name in ("publish_at", "unpublish_at", "apply_at"):
            if name in self.fields:
                self._name_moment(self.fields[name], zone)

    def _name_moment(self, field: forms.Field, zone: str) -> None:
        """Say the time zone, and name both inputs: their common label is for neither."""
        field.help_text = f"{field.help_text} {zone}".strip()
        if isinstance(field.widget, AdminSplitDateTime):
            for widget, part in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                widget.attrs["aria-label"] = f"{field.label}, {part}"

    def _offer_states(self) -> None:
        """The state as it is, and those that the user may bring it into from there."""
        status = self.instance.status
        offered = set(reachable(self.user, status, submitted_it=self._is_own_text()))
        # Someone else may have changed the state since: that is said, and nothing besides.
        offered.add(self.data.get("opened_status", status))
        field = self.fields["status"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [choice for choice in Question.Status.choices if choice[0] in offered]
        field.error_messages["invalid_choice"] = _(
            "You cannot bring this question from “%(status)s” into the state that you chose. "
            "Choose one of the states that are offered."
        ) % {"status": Question.Status(status).label}
        if not may_take(self.user, Action.SCHEDULE):
            for name in ("publish_at", "unpublish_at"):
                self.fields[name].disabled = True
        if not self.user.has_perm("learn.review_question"):
            # Nobody claims a review but who reviews.
            for name in ("origin", "reviewer", "reviewed_on"):
                self.fields[name].disabled = True

    def _is_own_text(self) -> bool:
        """Whether the user handed it in, where that matters."""
        if not needs_another(self.user, self.instance.status, Action.APPROVE):
            return False
        own = Review.objects.filter(question=self.instance, decision=Review.Decision.OPEN)
        return own.filter(submitted_by=self.user.pk).exists()

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        if self.instance.pk:
            self._refuse_if_stale()
            self._check_copy()
        self._fill_titles()
        self._check_address()
        self._check_publication()
        self._check_review()
        self._check_date_format()
        self._check_conflicts_settled()
        if self.instance.pk:
            self._check_schedule()
        self._check_ready()
        self._check_duplicates()
        return self.cleaned_data

    def _refuse_if_stale(self) -> None:
        """Nobody's newer work is overwritten. Locks the row until the answer is sent.

        The page that joins the two versions (question_conflicts) stands in for the message.
        """
        live = Question.objects.locked().only("version", *STATE_FIELDS)
        now = live.get(pk=self.instance.pk)
        opened = self.cleaned_data.get("opened_state")
        if (
            self.cleaned_data.get("opened_version") != now.version
            or self.cleaned_data.get("opened_status") != now.status
            or (opened and opened != json.dumps(state_of(now)))
        ):
            raise ValidationError(
                _("Someone else saved this while you edited, so nothing of yours was saved."),
                code="stale",
            )

    def _check_conflicts_settled(self) -> None:
        for name in ("answer", "seo_description", "seo_keywords"):
            lines = conflict_lines(self.cleaned_data.get(name) or "")
            if lines:
                self.add_error(
                    name,
                    _(
                        "In line %d two versions still stand one below the other. Keep what is to "
                        "stay, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>."
                    )
                    % lines[0],
                )

    def _check_copy(self) -> None:
        """The form of a copy shows its text read-only; this also stops what was sent anyway."""
        canonical = self.instance.canonical
        if canonical is None or self.cleaned_data.get("is_detached"):
            return
        if any(name in self.changed_data for name in SHARED_FIELDS):
            self.add_error(
                None,
                format_html(
                    _(
                        'This page repeats <a href="{}">{}</a>, so its title and answer change '
                        "with that page only. Edit that page, or set “stands on its own” to part "
                        "the two."
                    ),
                    change_url(Question, canonical.pk),
                    canonical.path,
                ),
            )

    def _fill_titles(self) -> None:
        """Left empty they say what the title says."""
        for name in ("article_title", "question"):
            if name in self.fields and not self.cleaned_data.get(name):
                self.cleaned_data[name] = self.cleaned_data.get("title", "")

    def _check_address(self) -> None:
        subject, slug = self.cleaned_data.get("subject"), self.cleaned_data.get("slug")
        if not subject or not slug or self.cleaned_data.get("status") == Question.Status.TRASHED:
            return
        taken = (
            Question.objects.exclude(status=Question.Status.TRASHED)
            .exclude(pk=self.instance.pk)
            .filter(subject=subject, slug=slug)
            .only("title")
            .first()
        )
        if taken is not None:
            self.add_error(
                "slug",
                format_html(
                    _(
                        '<a href="{}">{}</a> already has this address. Choose another slug, or '
                        "move that question to the trash."
                    ),
                    change_url(Question, taken.pk),
                    taken.title,
                ),
            )
        elif {"subject", "slug"} & set(self.changed_data):
            self._ask_about_redirect(QuestionPath(subject.slug, slug))

    def _ask_about_redirect(self, path: QuestionPath) -> None:
        redirect = redirect_in_the_way(path, self.instance)
        if redirect is None or self.cleaned_data.get("takes_over_redirect"):
            return
        hits = ngettext("%d hit", "%d hits", redirect.hits) % redirect.hits
        self.add_error(
            "slug",
            format_html(
                _(
                    "This address was that of {} and leads there now. Saving takes over a "
                    "redirect ({}): tick “Take over the redirect” below if you mean it, or choose "
                    "another slug."
                ),
                self._named(redirect.question),
                hits,
            ),
        )

    def _named(self, question: Question) -> str:
        """The question with a link; of another subject only what readers see."""
        if not known_to(self.user).filter(pk=question.pk).exists():
            return _("a question of another subject")
        return format_html('<a href="{}">{}</a>', known_address(self.user, question), question)

    def _check_publication(self) -> None:
        status = self.cleaned_data.get("status")
        publish_at = self.cleaned_data.get("publish_at")
        unpublish_at = self.cleaned_data.get("unpublish_at")
        if "publish_at" in self.errors or "unpublish_at" in self.errors:
            return
        if status == Question.Status.SCHEDULED and publish_at is None:
            self.add_error(
                "publish_at", _("Say when it is to appear, or choose the status “published”.")
            )
        elif status == Question.Status.PUBLISHED and publish_at is None:
            publish_at = self.cleaned_data["publish_at"] = timezone.now()
        if publish_at and unpublish_at and unpublish_at <= publish_at:
            self.add_error(
                "unpublish_at",
                _(
                    "The page would go before it appears. Choose a moment after “publish at”, or "
                    "leave this empty."
                ),
            )

    def _check_schedule(self) -> None:
        apply_at = self.cleaned_data.get("apply_at")
        changed = set(self.changed_data) & set(schedules.FROZEN_FIELDS)
        if apply_at is not None:
            self._check_update(apply_at)
        elif changed and not self.cleaned_data.get("also_scheduled"):
            update = schedules.pending_update(self.instance)
            if update is not None:
                self.add_error(
                    "also_scheduled",
                    _(
                        "A change of this question waits for %s. Say whether what you change now "
                        "is to be in that text as well."
                    )
                    % f"{timezone.localtime(update.apply_at):%Y-%m-%d %H:%M %Z}",
                )

    def _check_update(self, apply_at: datetime.datetime) -> None:
        if not may_take(self.user, Action.SCHEDULE):
            self.add_error("apply_at", _("You may not schedule changes."))
        elif apply_at <= timezone.now():
            self.add_error("apply_at", _("Choose a moment to come, or leave this empty."))
        elif {"status", "publish_at", "unpublish_at"} & set(self.changed_data):
            self.add_error(
                "apply_at",
                _(
                    "Only the text can wait. Save the status and its moments first, then schedule "
                    "the change of the text."
                ),
            )

    def _check_review(self) -> None:
        if self.cleaned_data.get("origin") != Question.Origin.REVIEWED:
            return
        if not self.cleaned_data.get("reviewer"):
            self.add_error("reviewer", _("Name who reviewed the answer, or choose another origin."))
        if not self.cleaned_data.get("reviewed_on") and "reviewed_on" not in self.errors:
            self.add_error(
                "reviewed_on", _("Say when the answer was reviewed, or choose another origin.")
            )

    def _check_ready(self) -> None:
        """What readers are to see has no fault that the checklist calls an error, unless readers
        see it with that fault already."""
        if self.cleaned_data.get("status") not in Question.PUBLIC_STATUSES or self.errors:
            return
        stored = self._stored
        question = Question() if stored is None else copy(stored)
        for name in CHECKED_FIELDS:
            if name in self.cleaned_data:
                setattr(question, name, self.cleaned_data[name])
        for finding in blocking(findings_of(question), stored):
            place = _("Line %d: ") % finding.line if finding.line else ""
            field = finding.field if finding.field in self.fields else None
            self.add_error(
                field,
                ValidationError(
                    _("%(place)s%(name)s. %(advice)s")
                    % {"place": place, "name": finding.rule.name, "advice": finding.advice},
                    code="not_ready",
                ),
            )

    def _check_duplicates(self) -> None:
        """Before a question is published for the first time, whoever publishes it says why it is
        none of those that ask nearly the same."""
        if self.cleaned_data.get("status") not in Question.PUBLIC_STATUSES:
            return
        title = self.cleaned_data.get("title")
        if not title or not asks_for_answer(self._stored):
            return
        question = Question(pk=self.instance.pk, title=title)
        self.distinguished = duplicates_to_answer(question, among=known_to(self.user))
        if self.distinguished and not self.cleaned_data.get("not_duplicate", "").strip():
            links = format_html_join(
                ", ",
                '<a href="{}" target="_blank">{}</a>',
                ((known_address(self.user, q), q.title) for q in self.distinguished),
            )
            self.add_error(
                "not_duplicate",
                format_html(
                    _("Nearly the same is asked already: {}. Say how this differs, or merge them."),
                    links,
                ),
            )

    @cached_property
    def _stored(self) -> Question | None:
        """The row as it is, whatever was typed."""
        return Question.objects.get(pk=self.instance.pk) if self.instance.pk else None

    def _check_date_format(self) -> None:
        if "date_format" in self.changed_data:
            for error in _date_format_errors(self.cleaned_data.get("date_format", "")):
                self.add_error("date_format", error)


def redirect_in_the_way(path: QuestionPath, question: Question) -> Redirect | None:
    """The redirect of another question that a question at this address would take over."""
    others = Redirect.objects.filter(old_path=str(path)).exclude(question_id=question.pk)
    return others.select_related("question__subject").defer(*long_columns_of("question")).first()


def _date_format_errors(date_format: str) -> Iterator[str]:
    for token in unknown_tokens(date_format):
        yield _(
            "“%(token)s” means nothing in a date format and would be shown as it stands. Correct "
            "it, or write [%(token)s] if that is what you want."
        ) % {"token": token}

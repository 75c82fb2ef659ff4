"""The review at the desk: the queue, the next text, approve, request changes, skip."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from learn import proposals, publishing
from learn.admin.common import change_url
from learn.admin.question_schedule import frozen_fields
from learn.models import Proposal, Question, Review, Subject
from learn.models.review import NOTE_MAX_LENGTH
from learn.readiness import obstacle
from learn.rendering import render as render_answer
from learn.schedules import UpdateFailed
from learn.workflow import reviews
from learn.workflow.notices import mail_return
from learn.workflow.rights import known_to, limit
from learn.workflow.transitions import Action

# What the queue's page names; the numbers by subject say how many there are.
QUEUE_SHOWN = 50
# Of the texts that somebody skipped, how many are remembered.
SKIPPED_KEPT = 200
SKIPPED = "skipped_reviews"
CONFLICT = 409


class DecisionForm(forms.Form):
    """What a reviewer sends: the text that was read, and what is to become of it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    proposal_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note to the author"),
        required=False,
        max_length=NOTE_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What is to change, and why. Needed to request changes."),
    )
    line = forms.IntegerField(required=False, min_value=1)

    def __init__(
        self,
        *args: Any,
        question: Question,
        proposal: Proposal | None,
        action: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version"] = question.version
        self.initial["proposal_id"] = proposal.pk if proposal else None
        self.question, self.proposal, self.action = question, proposal, action

    def clean(self) -> dict[str, Any]:
        """Nobody decides on a text that they have not read."""
        read = (self.cleaned_data.get("version"), self.cleaned_data.get("proposal_id"))
        if read != (self.question.version, self.proposal.pk if self.proposal else None):
            raise forms.ValidationError(
                _(
                    "The text was edited while you read it, so nothing was decided. It stands "
                    "below as it is now; your note is kept."
                )
            )
        return self.cleaned_data

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if self.action == Action.REQUEST_CHANGES and not note:
            raise forms.ValidationError(_("Write what is to change: the author sees it."))
        return note


class QuestionReview(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("review/", view(self.review), name="learn_question_review"),
            path(
                "review/next/",
                view(require_POST(self.review_next)),
                name="learn_question_review_next",
            ),
            path(
                "review/<int:pk>/",
                view(require_http_methods(["GET", "HEAD", "POST"])(self.review_item)),
                name="learn_question_review_item",
            ),
            *super().get_urls(),
        ]

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("learn.review_question") and self.has_view_permission(request)

    def review(self, request: HttpRequest) -> HttpResponse:
        """The queue: how much waits in each subject, and who reads what."""
        user = self._reviewer(request)
        counts = reviews.waiting_by_subject(user)
        subjects = Subject.objects.filter(pk__in=counts)
        shown = reviews.with_open_review(limit(reviews.in_review(), user))[:QUEUE_SHOWN]
        context = {
            "title": _("Review"),
            "subjects": [(subject, counts[subject.pk]) for subject in subjects],
            "waiting": sum(counts.values()),
            "questions": shown,
            "skipped": len(request.session.get(SKIPPED, [])),
        }
        return self._render(request, "review", context)

    def review_next(self, request: HttpRequest) -> HttpResponse:
        user = self._reviewer(request)
        if "again" in request.POST:
            request.session.pop(SKIPPED, None)
        return self._go_on(request, user, _chosen_subject(request.POST))

    def review_item(self, request: HttpRequest, pk: int) -> HttpResponse:
        user = self._reviewer(request)
        question = Question.objects.select_related("subject", "author").filter(pk=pk).first()
        if question is None:
            raise Http404
        if not self.has_view_permission(request, question):
            raise PermissionDenied
        proposal = proposals.open_proposal(question)
        if question.status != Question.Status.IN_REVIEW and proposal is None:
            return self._leave(request, question)
        review = reviews.claim(question, user)
        if request.method != "POST":
            form = DecisionForm(question=question, proposal=proposal)
            return self._show_item(request, review, form)
        action = request.POST.get("action", "")
        if action == "skip":
            return self._skip(request, user, question)
        form = DecisionForm(request.POST, question=question, proposal=proposal, action=action)
        return self._take_decision(request, user, review, form)

    def _take_decision(
        self, request: HttpRequest, user: User, review: Review, form: DecisionForm
    ) -> HttpResponse:
        if review.is_claimed_by_another(user.pk):
            form.add_error(None, _("Somebody else has claimed this text since; your note is kept."))
        with transaction.atomic():
            # Nobody edits it between the look at its version and the decision.
            rows = Question.objects.select_related("subject", "author")
            form.question = rows.locked().get(pk=form.question.pk)
            form.proposal = proposals.open_proposal(form.question)
            decided = self._decide(user, form) if form.is_valid() else None
        if decided is None:
            return self._show_item(request, review, form, status=CONFLICT)
        self._tell_decision(request, decided)
        return self._go_on(request, user, _chosen_subject(request.GET))

    def _leave(self, request: HttpRequest, question: Question) -> HttpResponse:
        """Somebody decided meanwhile. What was typed is given back."""
        text = _("“%(title)s” is no longer in review: its status is “%(status)s”.")
        values = {"title": question.title, "status": question.get_status_display()}
        messages.info(request, text % values)
        if note := request.POST.get("note", "")[:NOTE_MAX_LENGTH]:
            messages.warning(request, _("Your note was not sent: %s") % note)
        return redirect("admin:learn_question_review")

    def _reviewer(self, request: HttpRequest) -> User:
        if not self.has_review_permission(request) or not isinstance(request.user, User):
            raise PermissionDenied
        return request.user

    def _go_on(self, request: HttpRequest, user: User, subject: int | None) -> HttpResponseRedirect:
        """To the next text, in the same subject if it was chosen; else back to the queue."""
        skipped = request.session.get(SKIPPED, [])
        review = reviews.claim_next(user, subject_id=subject, skipped=skipped)
        if review is None:
            messages.info(request, _("Nothing else waits for you here."))
            return redirect("admin:learn_question_review")
        response = redirect("admin:learn_question_review_item", review.question_id)
        if subject is not None:
            response["Location"] += f"?subject={subject}"
        return response

    def _skip(self, request: HttpRequest, user: User, question: Question) -> HttpResponse:
        reviews.release(question, user)
        skipped = [pk for pk in request.session.get(SKIPPED, []) if pk != question.pk]
        request.session[SKIPPED] = [*skipped, question.pk][-SKIPPED_KEPT:]
        return self._go_on(request, user, _chosen_subject(request.GET))

    def _decide(self, user: User, form: DecisionForm) -> Review | Question | None:
        """Carry the decision out: the question that was approved, the review that returned it,
        None if it was not possible."""
        if form.proposal is not None:
            return self._decide_proposal(user, form, form.proposal)
        if form.action == Action.APPROVE:
            chosen = Question.objects.filter(pk=form.question.pk)
            approved = publishing.perform(Action.APPROVE, chosen, by=user)
            if approved:
                return approved[0]
            if reason := obstacle(form.question, among=known_to(user)):
                text = _("It is not ready to be published: %s. Request changes, or mend it first.")
                form.add_error(None, text % reason)
                return None
        elif form.action == Action.REQUEST_CHANGES:
            note, line = form.cleaned_data["note"], form.cleaned_data["line"]
            returned = publishing.request_changes(form.question, by=user, note=note, line=line)
            if returned is not None:
                return returned
        form.add_error(None, _("You cannot decide this. Texts of one's own are for others."))
        return None

    def _decide_proposal(
        self, user: User, form: DecisionForm, proposal: Proposal
    ) -> Review | Question | None:
        if not proposals.may_decide(user, proposal):
            form.add_error(None, _("You cannot decide this. Texts of one's own are for others."))
        elif form.action == Action.REQUEST_CHANGES:
            note, line = form.cleaned_data["note"], form.cleaned_data["line"]
            return proposals.give_back(proposal, by=user, note=note, line=line)
        elif form.action == Action.APPROVE:
            try:
                proposals.approve(proposal, by=user)
            except UpdateFailed as error:
                form.add_error(None, str(error))
            else:
                return form.question
        return None

    def _tell_decision(self, request: HttpRequest, decided: Review | Question) -> None:
        """Say what became of the text; mail it, now that it is certain."""
        question = decided.question if isinstance(decided, Review) else decided
        link = format_html('<a href="{}">{}</a>', change_url(Question, question.pk), question.title)
        if not isinstance(decided, Review):
            messages.success(request, format_html(_("“{}” was approved."), link))
        elif mail_return(decided):
            text = _("“{}” went back as a draft; the note was mailed.")
            messages.success(request, format_html(text, link))
        else:
            text = _("“{}” went back as a draft. The note stands there; no mail could be sent.")
            messages.warning(request, format_html(text, link))

    def _show_item(
        self,
        request: HttpRequest,
        review: Review,
        form: DecisionForm,
        status: int = 200,
    ) -> HttpResponse:
        question, proposal = form.question, form.proposal
        changes = frozen_fields(question, proposal.content) if proposal else []
        answer = proposal.content.get("answer", question.answer) if proposal else question.answer
        chosen = str(form["line"].value() or "")
        earlier = Review.objects.filter(question=question).exclude(pk=review.pk)
        context = {
            "title": question.title,
            "subtitle": _("Review"),
            "question": question,
            "review": review,
            "is_theirs": review.is_claimed_by_another(request.user.pk or 0),
            "form": form,
            "proposal": proposal,
            "changes": [change for change in changes if change.name != "answer"],
            # Made by our own renderer, which lets nothing harmful through.
            "answer_html": mark_safe(render_answer(answer).html),
            "lines": [
                (number, text, str(number) == chosen)
                for number, text in enumerate(answer.split("\n"), start=1)
            ],
            "rounds": earlier.exclude(note="").select_related("decided_by").order_by("-pk")[:5],
        }
        return self._render(request, "review_item", context, status=status)

    def _render(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        context |= {**self.admin_site.each_context(request), **context, "opts": self.opts}
        template = f"admin/learn/question/{name}.html"
        return TemplateResponse(request, template, context, status=status)


def _chosen_subject(given: QueryDict) -> int | None:
    """The subject that somebody goes through, if it is one only."""
    subject = given.get("subject", "")
    return int(subject) if subject.isdecimal() and len(subject) < 10 else None


def review_note(question: Question | None) -> SafeString:
    """Above a draft that came back: the note, and where its line stands now."""
    if question is None or question.status != Question.Status.DRAFT or not question.pk:
        return SafeString("")
    # The form's row tells how the last round ended, which seldom was with a note.
    last = getattr(question, "last_decision", Review.Decision.RETURNED)
    return (
        note_above(question, question.answer)
        if last == Review.Decision.RETURNED
        else SafeString("")
    )


def note_above(question: Question, answer: str) -> SafeString:
    """The note of the question's last round, if it ended with one."""
    review = reviews.last_return(question)
    if review is None:
        return SafeString("")
    context = {"review": review, "line": review.line_in(answer)}
    return render_to_string("admin/learn/question/_review_note.html", context)

"""Proposing a change of a live page: a form of its own, for whoever may not change it at once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from learn import proposals, schedules
from learn.admin.markdown_editor import LinesField
from learn.admin.question_review import note_above
from learn.models import Question

CONFLICT = 409
WIDE = {"class": "vLargeTextField"}


class ProposalForm(forms.ModelForm):
    answer = LinesField(
        label=gettext_lazy("answer"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true", **WIDE}),
    )
    seo_description = LinesField(
        label=gettext_lazy("page description"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, **WIDE}),
    )
    seo_keywords = LinesField(
        label=gettext_lazy("page keywords"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, **WIDE}),
    )
    reason = forms.CharField(
        label=gettext_lazy("What you changed and why"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=WIDE),
    )

    class Meta:
        model = Question
        fields = ("title", "answer", "seo_title", "seo_description", "seo_keywords")
        widgets = {
            "title": forms.TextInput(attrs=WIDE),
            "seo_title": forms.TextInput(attrs=WIDE),
        }

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not set(self.changed_data) - {"reason"} and not self.errors:
            raise forms.ValidationError(_("Nothing is changed yet."))
        repeats = self.instance.canonical_id is not None and not self.instance.is_detached
        if repeats and {"title", "answer"} & set(self.changed_data):
            raise forms.ValidationError(
                _(
                    "This page repeats another one, so its title and answer change with that page "
                    "only. Propose the change there."
                )
            )
        return self.cleaned_data

    def changes(self) -> dict[str, Any]:
        names = [name for name in self.Meta.fields if name in self.changed_data]
        return schedules.freeze(self.instance, names)


class QuestionProposals(admin.ModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        view = require_http_methods(["GET", "HEAD", "POST"])(self.propose)
        url = path(
            "propose/<int:pk>/", self.admin_site.admin_view(view), name="learn_question_propose"
        )
        return [url, *super().get_urls()]

    def propose(self, request: HttpRequest, pk: int) -> HttpResponse:
        question = Question.objects.select_related("subject").filter(pk=pk).first()
        if question is None:
            raise Http404
        user = request.user
        if not isinstance(user, User) or not proposals.may_propose(user, question):
            raise PermissionDenied
        if request.method == "POST" and "withdraw" in request.POST:
            return self._withdraw(request, user, question)
        returned = proposals.returned_proposal(question, user)
        # The live row is what is compared with; what came back is only what the form shows first.
        form = ProposalForm(request.POST or None, instance=Question.objects.get(pk=pk))
        if request.method == "POST":
            if form.is_valid() and self._hand_in(request, user, question, form):
                return redirect("admin:index")
        elif returned is not None:
            form.initial |= returned.content | {"reason": returned.reason}
        return self._show_proposal(request, question, form)

    def _hand_in(
        self, request: HttpRequest, user: User, question: Question, form: ProposalForm
    ) -> bool:
        reason = form.cleaned_data["reason"]
        try:
            proposals.propose(question, form.changes(), by=user, reason=reason)
        except proposals.Taken:
            text = _(
                "Another change of this page is in review. Yours is kept below; hand it in when "
                "that one is decided."
            )
            form.add_error(None, text)
            return False
        text = _("Your change of “%s” is in review. Readers see the page as it was till then.")
        messages.success(request, text % question.title)
        return True

    def _withdraw(self, request: HttpRequest, user: User, question: Question) -> HttpResponse:
        proposal = proposals.open_proposal(question)
        if proposal is None or proposal.created_by_id != user.pk:
            proposal = proposals.returned_proposal(question, user)
        if proposal is None:
            raise PermissionDenied
        proposals.withdraw(proposal, by=user)
        messages.success(request, _("Your change was withdrawn."))
        return redirect("admin:learn_question_change", question.pk)

    def _show_proposal(
        self, request: HttpRequest, question: Question, form: ProposalForm
    ) -> HttpResponse:
        waiting = proposals.open_proposal(question)
        is_mine = waiting is not None and waiting.created_by_id == request.user.pk
        user = request.user
        came_back = isinstance(user, User) and proposals.returned_proposal(question, user)
        context = {
            **self.admin_site.each_context(request),
            "title": question.title,
            "subtitle": _("Propose a change"),
            "opts": self.opts,
            "question": question,
            "form": form,
            "waiting": waiting,
            "is_mine": is_mine,
            "came_back": came_back,
            "note": note_above(question, str(form["answer"].value())) if came_back else "",
        }
        status = CONFLICT if form.errors else 200
        template = "admin/learn/question/propose.html"
        return TemplateResponse(request, template, context, status=status)


def proposal_note(request: HttpRequest, question: Question | None) -> SafeString:
    """Above the form of a live page: that a change can be proposed, or is in review."""
    if question is None or not proposals.may_propose(request.user, question):
        return SafeString("")
    context = {"question": question, "waiting": proposals.open_proposal(question)}
    return render_to_string("admin/learn/question/_proposal_note.html", context)

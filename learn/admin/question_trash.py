"""The trash: its list says who and when; restoring asks for another slug where it must."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learn import mass_edits, publishing
from learn.admin.question_list import QuestionList
from learn.admin.undo import tell_with_undo
from learn.models import Question
from learn.validators import validate_slug
from learn.workflow.transitions import Action, may_take

Status = Question.Status
TRASH_COLUMNS = ("title_text", "subject", "trashed_by", "trashed_at", "restore_link")


class RestoreForm(forms.Form):
    slug = forms.CharField(
        label=gettext_lazy("Slug"),
        validators=[validate_slug],
        widget=AdminTextInputWidget(attrs={"class": "vLargeTextField"}),
    )

    def __init__(self, data: Any, *, question: Question) -> None:
        super().__init__(data, initial={"slug": question.slug})
        self.question = question

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if holder_of(self.question, slug) is not None:
            raise forms.ValidationError(
                _("Another question has this address now. Choose another slug.")
            )
        return slug


def holder_of(question: Question, slug: str) -> Question | None:
    """The question that has the address which `question` would have with this slug."""
    others = Question.objects.exclude(pk=question.pk).exclude(status=Status.TRASHED)
    return others.filter(subject=question.subject_id, slug=slug).only("title").first()


class QuestionTrash(QuestionList):
    """The part of the questions' admin that throws away and brings back."""

    def get_list_display(self, request: HttpRequest) -> Any:
        return TRASH_COLUMNS if _is_trash(request) else super().get_list_display(request)

    def get_list_select_related(self, request: HttpRequest) -> Any:
        related = list(self.list_select_related)
        return [*related, "trashed__trashed_by"] if _is_trash(request) else related

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.restore_view)
        return [
            path("<int:pk>/restore/", view, name="learn_question_restore"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("thrown away by"))
    def trashed_by(self, question: Question) -> str:
        trashed = getattr(question, "trashed", None)
        return str(trashed.trashed_by or "") if trashed else ""

    @admin.display(description=gettext_lazy("thrown away"))
    def trashed_at(self, question: Question) -> str:
        trashed = getattr(question, "trashed", None)
        moment = trashed.trashed_at if trashed else question.updated_at
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"

    @admin.display(description=gettext_lazy("restore"))
    def restore_link(self, question: Question) -> SafeString:
        url = reverse("admin:learn_question_restore", args=[question.pk])
        return format_html('<a href="{}">{}</a>', url, _("Restore …"))

    def has_delete_permission(self, request: HttpRequest, obj: Question | None = None) -> bool:
        """To delete is to throw away; it is offered for one question to whoever may change it."""
        return (
            obj is not None
            and obj.status != Status.TRASHED
            and self.has_change_permission(request, obj)
            and may_take(request.user, Action.TRASH)
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Never for good: into the trash, with a button that brings it back."""
        question = self._question(request, unquote(object_id))
        if not self.has_delete_permission(request, question):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, question, "admin/learn/question/trash.html")
        edit = mass_edits.take_action([question.pk], Action.TRASH, request.user)  # type: ignore[arg-type]
        text = _("“%s” is in the trash; its address is gone for readers.") % question.title
        tell_with_undo(request, text, edit, messages.SUCCESS)
        return redirect("admin:learn_question_changelist")

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        question = self._question(request, pk)
        if not self.has_change_permission(request, question):
            raise PermissionDenied
        if question.status != Status.TRASHED:
            messages.warning(request, _("“%s” is not in the trash.") % question.title)
            return redirect("admin:learn_question_change", pk)
        form = RestoreForm(request.POST or None, question=question)
        if request.method == "POST" and form.is_valid():
            self._restore(request, question, form.cleaned_data["slug"])
            return HttpResponseRedirect(reverse("admin:learn_question_change", args=[pk]))
        context = {"form": form, "holder": holder_of(question, question.slug)}
        return self._page(request, question, "admin/learn/question/restore.html", **context)

    def _restore(self, request: HttpRequest, question: Question, slug: str) -> None:
        """Unpublished; under another slug it is an edit like any other."""
        with transaction.atomic():
            if slug != question.slug:
                question.slug = slug
                reason = _("another slug, to be restored")
                publishing.save_question(question, by=request.user, reason=reason)  # type: ignore[arg-type]
            mass_edits.take_action([question.pk], Action.RESTORE, request.user)  # type: ignore[arg-type]
        messages.success(
            request,
            _("“%s” is restored; it is unpublished. Publish it again here.") % question.title,
        )

    def _question(self, request: HttpRequest, pk: Any) -> Question:
        questions = self.get_queryset(request).select_related("subject", "author")
        return get_object_or_404(questions, pk=pk)

    def _page(
        self, request: HttpRequest, question: Question, template: str, **context: Any
    ) -> TemplateResponse:
        shared = {
            **self.admin_site.each_context(request),
            "title": question.title,
            "opts": self.opts,
            "question": question,
            "media": self.media,
        }
        return TemplateResponse(request, template, shared | context)


def _is_trash(request: HttpRequest) -> bool:
    return request.GET.get("status__exact") == Status.TRASHED

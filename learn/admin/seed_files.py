"""Seed files in and out at the desk: what commands do for an operator, for an editor."""

import tempfile
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from learn.admin.question_list import QuestionList
from learn.admin.seed_uploads import (
    SHOWN,
    Checked,
    UploadForm,
    checked_files,
    load_chosen,
)
from learn.models import Question, SeedUpload
from learn.seeds.exporter import ready_to_write, seed_bytes, seed_files, seed_of, zip_into
from learn.workflow.rights import subject_ids
from learn.workflow.transitions import Action, transitions_of

# Questions that one download holds; for more there is `dumpseeds`.
MOST = 5_000


class SeedFiles(QuestionList):
    """The part of the questions' admin that takes seed files and gives them."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("import/", wrap(self.import_view), name="learn_question_import"),
            path(
                "import/<int:pk>/", wrap(self.seed_upload_view), name="learn_question_seed_upload"
            ),
            path("<int:pk>/seed/", wrap(self.seed_view), name="learn_question_seed"),
        ]
        return own + super().get_urls()

    # --- out

    @admin.action(description=gettext_lazy("Download as seed files"), permissions=["view"])
    def download(
        self, request: HttpRequest, queryset: QuerySet[Question]
    ) -> HttpResponseBase | None:
        """What `dumpseeds` writes of these questions, as a zip archive; the trash is left out."""
        ids = list(queryset.order_by().values_list("pk", flat=True)[: MOST + 1])
        chosen = Question.objects.filter(pk__in=ids).exclude(status=Question.Status.TRASHED)
        if len(ids) > MOST:
            text = _("Choose fewer: a download holds at most %s questions. “dumpseeds” writes all.")
            messages.error(request, text % f"{MOST:,}")
            return None
        # Closed, and with that removed, by the response.
        file = tempfile.TemporaryFile()  # noqa: SIM115
        zip_into(file, seed_files(ready_to_write(chosen)))
        file.seek(0)
        return FileResponse(
            file, as_attachment=True, filename="questions.zip", content_type="application/zip"
        )

    def seed_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The seed file of one question."""
        questions = Question.objects.select_related("subject", "author")
        question = get_object_or_404(questions.prefetch_related("related_questions"), pk=pk)
        if not self.has_view_permission(request, question):
            raise PermissionDenied
        response = HttpResponse(seed_bytes(seed_of(question)), content_type="text/markdown")
        response["Content-Disposition"] = f'attachment; filename="{question.slug}.md"'
        return response

    # --- in

    def has_import_permission(self, request: HttpRequest) -> bool:
        """A right of its own: what is loaded is public at once."""
        may_import = request.user.has_perm("learn.add_seedupload")
        return may_import and self.has_add_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_import = self.has_import_permission(request)
        context = {**(extra_context or {}), "may_import": may_import}
        return super().changelist_view(request, context)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_import_permission(request):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
        if is_sent and form.is_valid():
            upload = form.keep(request.user)
            return redirect("admin:learn_question_seed_upload", upload.pk)
        return self._import_page(request, "import.html", form=form)

    def seed_upload_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the upload would change; sent again with a choice, it is loaded."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        upload = get_object_or_404(SeedUpload, pk=pk, created_by=request.user.pk)
        files = checked_files(upload, lambda checked: self._objection(request, checked))
        if request.method == "POST":
            chosen = {*request.POST.getlist("file")}
            if "rest" in request.POST:
                chosen |= {checked.name for checked in files[SHOWN:] if checked.is_suggested}
            self._load(request, upload, [item for item in files if item.name in chosen])
            return redirect("admin:learn_question_seed_upload", upload.pk)
        numbers = {
            outcome: sum(item.preview.outcome == outcome for item in files)
            for outcome in ("new", "changed", "same", "conflict", "refused")
        }
        return self._import_page(
            request,
            "upload.html",
            upload=upload,
            numbers=numbers,
            files=[item for item in files if item.preview.outcome != "same"][:SHOWN],
            more=max(0, len(files) - numbers["same"] - SHOWN),
            can_load=any(item.is_loadable for item in files),
        )

    def _objection(self, request: HttpRequest, checked: Checked) -> str:
        """Why this person may not load the file; empty if they may."""
        known = checked.preview.question
        subject = known.subject if known else checked.subject
        if subject is None and not request.user.has_perm("learn.add_subject"):
            return _("there is no such subject, and you may not add one")
        if not checked.is_author_known and not request.user.has_perm("learn.add_author"):
            return _("there is no such author, and you may not add one")
        if subject is None:
            if subject_ids(request.user) is not None:
                return _("you may not change questions of this subject")
        elif not self.has_change_permission(request, known or Question(subject=subject)):
            return _("you may not change questions of this subject")
        # New ones, and those that a former load took away, are public at once.
        if known is None or known.pruned_at is not None:
            status = known.status if known else Question.Status.DRAFT
            if status not in transitions_of(Action.PUBLISH, request.user):
                return _("it would be public at once, and you may not publish")
        return ""

    def _load(self, request: HttpRequest, upload: SeedUpload, chosen: list[Checked]) -> None:
        report = load_chosen(upload, [item for item in chosen if item.is_loadable], request.user)
        text = _("Loaded: %(created)d new, %(updated)d changed.")
        messages.success(request, text % {"created": report.created, "updated": report.updated})
        for entry in report.refused + report.conflicts:
            messages.error(request, f"{entry['path']}: {entry['reason']}")
        left = len(chosen) - sum(item.is_loadable for item in chosen)
        if left:
            left_text = ngettext(
                "%d file could not be chosen.", "%d files could not be chosen.", left
            )
            messages.warning(request, left_text % left)

    def _import_page(self, request: HttpRequest, name: str, **context: Any) -> TemplateResponse:
        shared = {
            **self.admin_site.each_context(request),
            "title": _("Import seed files"),
            "opts": self.opts,
            "media": self.media,
            "list_url": reverse("admin:learn_question_changelist"),
        }
        return TemplateResponse(request, f"admin/learn/question/{name}", shared | context)

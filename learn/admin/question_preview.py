"""Beside a question's form: the page as readers will see it, and links to it for others."""

from typing import Any

from csp.decorators import csp_replace, csp_update
from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME, TOTAL_FORM_COUNT
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from learn import previews
from learn.admin.common import log, pasted_path
from learn.admin.guarded import GuardedViews, refusal, too_long
from learn.faults import blocking, findings_of
from learn.models import Question
from learn.models.share_link import SHARED_DAYS, SHARED_DAYS_AT_MOST
from learn.previews import PREVIEW_FIELDS, Typed
from learn.rendering import markdownify

RELATED = "related_questions"
# Enough for any real list of related questions.
MOST_RELATED = 200


class QuestionPreview(GuardedViews):
    """Mixin of the questions' admin: live preview, shared previews, markdownx's preview."""

    @method_decorator(csp_update({"frame-src": ["'self'"]}))
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        response: HttpResponse = super().changeform_view(  # type: ignore[misc]
            request, object_id, form_url, extra_context
        )
        return response

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        question = context.get("original")
        if self._may_write(request, question):
            context["writing"] = self.writing_context(question)
        response: HttpResponse = super().render_change_form(  # type: ignore[misc]
            request, context, *args, **kwargs
        )
        return response

    def _may_write(self, request: HttpRequest, question: Question | None) -> bool:
        return bool(self.has_change_permission(request, question))  # type: ignore[attr-defined]

    def writing_context(self, question: Question | None) -> dict[str, Any]:
        own = [question.pk] if question else []
        context = super().writing_context(question) | {
            "live_url": reverse(f"admin:learn_question_live{'_one' * bool(own)}", args=own),
            "preview_url": reverse(f"admin:learn_question_preview{'_one' * bool(own)}", args=own),
        }
        if question is not None:
            context |= {
                "share_url": reverse("admin:learn_question_share", args=own),
                "share_days": SHARED_DAYS,
                "share_days_at_most": SHARED_DAYS_AT_MOST,
            }
        return context

    def get_urls(self) -> list[URLPattern]:
        addresses = (
            ("markdownify/", self.markdownify_view, "markdownify"),
            ("live/", self.live_view, "live"),
            ("<int:pk>/live/", self.live_view, "live_one"),
            ("preview/", self.preview_view, "preview"),
            ("<int:pk>/preview/", self.preview_view, "preview_one"),
            ("<int:pk>/share/", self.share_view, "share"),
            ("<int:pk>/share/<int:link>/revoke/", self.revoke_view, "revoke"),
        )
        return [
            *(
                path(route, self.guarded(view), name=f"learn_question_{name}")
                for route, view, name in addresses
            ),
            *super().get_urls(),  # type: ignore[misc]
        ]

    # --- views

    @method_decorator(require_POST)
    def markdownify_view(self, request: HttpRequest, question: None) -> HttpResponse:
        """The contract of markdownx: `content` as Markdown, HTML back."""
        content = request.POST.get("content")
        if content is None:
            return refusal(_("Send the Markdown as “content”."))
        return too_long(content) or HttpResponse(markdownify(content))

    @method_decorator(require_POST)
    def live_view(self, request: HttpRequest, question: Question | None) -> HttpResponse:
        """What the panels show for the values that the form holds now."""
        refused = too_long(request.POST.get("answer", ""))
        if refused is not None:
            return refused
        typed = self.typed(request, question)
        shown = previews.question_as_typed(question, typed)
        wanted = request.POST.getlist("panel")
        return JsonResponse(
            {
                name: make(request, shown, question, typed)
                for name, make in self.live_panels().items()
                if name in wanted
            }
        )

    def live_panels(self) -> dict[str, Any]:
        """Name -> what makes its part of the answer of live_view()."""
        return {"page": self.page_part, "checklist": self.checklist_part}

    def page_part(
        self, request: HttpRequest, shown: Question, stored: Question | None, typed: Typed
    ) -> str:
        context = previews.preview_context(shown, stored, typed)
        return render_to_string("learn/question_preview.html", context)

    def checklist_part(
        self, request: HttpRequest, shown: Question, stored: Question | None, typed: Typed
    ) -> dict[str, Any]:
        findings = findings_of(shown)
        stops = blocking(findings, stored)
        errors = sum(finding.is_error for finding in findings)
        context = {
            "findings": findings,
            "errors": errors,
            "warnings": len(findings) - errors,
            "stops": bool(stops),
        }
        html = render_to_string("admin/learn/question/_checklist_findings.html", context)
        return {"html": html, "stops": bool(stops)}

    # Framed by the form only; without scripts, but open to the form's own.
    @method_decorator(require_GET)
    @method_decorator(
        csp_replace({"frame-ancestors": ["'self'"], "sandbox": ["allow-same-origin"]})
    )
    def preview_view(self, request: HttpRequest, question: Question | None) -> HttpResponse:
        """The page as it is stored: the form's script then puts in what is typed."""
        typed = Typed({})
        shown = previews.question_as_typed(question, typed)
        context = previews.preview_context(shown, question, typed)
        response = render(request, "learn/question_preview.html", context)
        response["X-Frame-Options"] = "SAMEORIGIN"
        return response

    @method_decorator(require_http_methods(["GET", "POST"]))
    def share_view(self, request: HttpRequest, question: Question) -> HttpResponse:
        """The links that work, after making one more if the form was sent."""
        if request.method == "GET":
            return _share_answer(question)
        refused = too_long(request.POST.get("answer", ""))
        if refused is not None:
            return refused
        days = forms.IntegerField(min_value=1, max_value=SHARED_DAYS_AT_MOST)
        try:
            wanted = days.clean(request.POST.get("share_days"))
        except ValidationError:
            return refusal(_("Choose 1 to %d days.") % SHARED_DAYS_AT_MOST)
        link = previews.share(
            question,
            self.typed(request, question),
            by=request.user,  # type: ignore[arg-type]
            days=wanted,
        )
        log(request, question, _("Shared a preview until %s.") % f"{link.expires_at:%Y-%m-%d}")
        return _share_answer(question)

    @method_decorator(require_POST)
    def revoke_view(self, request: HttpRequest, question: Question, link: int) -> HttpResponse:
        links = question.share_links.filter(pk=link)
        if not links.exists():
            raise Http404
        if previews.revoke(links):
            log(request, question, _("Withdrew a shared preview."))
        return _share_answer(question)

    # --- what was typed

    def typed(self, request: HttpRequest, question: Question | None) -> Typed:
        """What the form that was sent holds; fields that are not as they must be are left out."""
        form_class = self.get_form(request, question, change=question is not None)  # type: ignore[attr-defined]
        form = form_class(request.POST, instance=question)
        values = {}
        for name in PREVIEW_FIELDS:
            if name in form.fields:
                try:
                    value = form.fields[name].clean(form[name].data)
                    Question._meta.get_field(name).run_validators(value)  # type: ignore[union-attr]
                except ValidationError:
                    continue
                values[name] = value
        return Typed(values, _related_addresses(request))


def _related_addresses(request: HttpRequest) -> list[str] | None:
    """The addresses in the rows of related questions, in the order of their positions."""
    total = request.POST.get(f"{RELATED}-{TOTAL_FORM_COUNT}", "")
    if not total.isdecimal():
        return None
    rows = []
    for number in range(min(int(total), MOST_RELATED)):
        prefix = f"{RELATED}-{number}-"
        address = request.POST.get(f"{prefix}url", "")
        if address and not request.POST.get(f"{prefix}{DELETION_FIELD_NAME}"):
            position = request.POST.get(f"{prefix}position", "")
            rows.append((int(position) if position.isdecimal() else MOST_RELATED, number, address))
    return [str(pasted_path(address) or address) for *_place, address in sorted(rows)]


def _links_of(question: Question) -> list[dict[str, Any]]:
    links = question.share_links.working().select_related("created_by").defer("content")
    return [
        {
            "address": previews.share_address(link),
            "by": link.created_by,
            "created_at": link.created_at,
            "expires_at": link.expires_at,
            "revoke_url": reverse("admin:learn_question_revoke", args=[question.pk, link.pk]),
        }
        for link in links
    ]


def _share_answer(question: Question) -> JsonResponse:
    context = {"links": _links_of(question)}
    html = render_to_string("admin/learn/question/_share_links.html", context)
    return JsonResponse({"links": html})

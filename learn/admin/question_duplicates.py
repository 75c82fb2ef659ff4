"""Questions that ask the same: named while a title is typed, and merged."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from learn import publishing
from learn.admin.common import change_link, change_url, known_address, log
from learn.admin.guarded import GuardedViews
from learn.lookalikes import LookAlike, find_lookalikes
from learn.models import Question
from learn.workflow.rights import known_to
from learn.workflow.transitions import Action, transitions_of


class QuestionDuplicates(GuardedViews):
    """Mixin of the questions' admin."""

    def writing_context(self, question: Question | None) -> dict[str, Any]:
        own = [question.pk] if question else []
        name = f"admin:learn_question_lookalikes{'_one' * bool(own)}"
        return super().writing_context(question) | {"lookalikes_url": reverse(name, args=own)}

    def get_urls(self) -> list[URLPattern]:
        addresses = (
            ("lookalikes/", self.lookalikes_view, "lookalikes"),
            ("<int:pk>/lookalikes/", self.lookalikes_view, "lookalikes_one"),
            ("<int:pk>/merge/<int:into>/", self.merge_view, "merge"),
        )
        return [
            *(
                path(route, self.guarded(view), name=f"learn_question_{name}")
                for route, view, name in addresses
            ),
            *super().get_urls(),  # type: ignore[misc]
        ]

    @method_decorator(require_GET)
    def lookalikes_view(self, request: HttpRequest, question: Question | None) -> HttpResponse:
        """What is shown below the title: the questions that ask nearly the same."""
        own = question.pk if question else None
        title = request.GET.get("title", "")
        looks = find_lookalikes(title, own, among=known_to(request.user))
        context = {
            "rows": [self._row(request, question, look) for look in looks],
            "is_warned": any(look.is_warned for look in looks),
        }
        html = render_to_string("admin/learn/question/_lookalikes.html", context)
        return JsonResponse({"html": html if looks else ""})

    def _row(
        self, request: HttpRequest, question: Question | None, look: LookAlike
    ) -> dict[str, Any]:
        other = look.question
        merge = ""
        if (
            question is not None
            and self._may_throw_away(request, question)
            and self.has_change_permission(request, other)  # type: ignore[attr-defined]
        ):
            merge = reverse("admin:learn_question_merge", args=[question.pk, other.pk])
        address = known_address(request.user, other)
        return {"found": look, "address": address, "merge": merge}

    def _may_throw_away(self, request: HttpRequest, question: Question) -> bool:
        """What is merged into another question goes to the trash."""
        return question.status in transitions_of(Action.TRASH, request.user)

    @method_decorator(require_http_methods(["GET", "POST"]))
    def merge_view(self, request: HttpRequest, question: Question, into: int) -> HttpResponse:
        """Ask, then merge the question into another one, which the person may change too."""
        if not self._may_throw_away(request, question):
            raise PermissionDenied
        other = self._editable(request, into)
        if request.method == "POST":
            try:
                publishing.merge(question, other, by=request.user)  # type: ignore[arg-type]
            except publishing.MergeRefused as refused:
                messages.error(request, str(refused))
                return HttpResponseRedirect(change_url(Question, question.pk))
            log(request, question, _("Merged into %s.") % str(other.path))
            log(request, other, _("Took over %s.") % str(question.path))
            messages.success(
                request,
                format_html(
                    _("{} was merged into this question and is in the trash."),
                    change_link(Question, question.pk, question.title),
                ),
            )
            return HttpResponseRedirect(change_url(Question, other.pk))
        if question.pk == other.pk:
            raise Http404
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": Question._meta,
            "title": _("Merge two questions"),
            "question": question,
            "into": other,
            "is_public": question.publish_at is not None,
        }
        return render(request, "admin/learn/question/merge.html", context)

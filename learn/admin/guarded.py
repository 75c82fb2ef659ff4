"""Addresses of the desk that scripts call: refused, not redirected, where a person has no right."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from learn.models import Question

# Of what a script sends; the longest real answer has 5,000 characters.
MAX_BYTES = 200 * 1024

View = Callable[..., HttpResponse]


class GuardedViews:
    """For a ModelAdmin of questions: views for staff who may change the question, or, where there
    is none yet, any."""

    def writing_context(self, question: Question | None) -> dict[str, Any]:
        """What the panels beside the form need; each mixin adds its own."""
        return {}

    def guarded(self, view: View) -> View:
        """The view, called with the question of its `pk` (None without one) after the request."""
        admin_view = self.admin_site.admin_view(self._with_question(view))  # type: ignore[attr-defined]

        @wraps(view)
        def refusing(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            # The admin sends strangers to the login page, which a script would take for an answer.
            if not self.admin_site.has_permission(request):  # type: ignore[attr-defined]
                raise PermissionDenied
            return admin_view(request, **kwargs)

        return refusing

    def _with_question(self, view: View) -> View:
        def with_question(
            request: HttpRequest, pk: int | None = None, **kwargs: Any
        ) -> HttpResponse:
            question = None if pk is None else self._editable(request, pk)
            if question is None and not self.has_change_permission(request):  # type: ignore[attr-defined]
                raise PermissionDenied
            return view(request, question, **kwargs)

        return with_question

    def _editable(self, request: HttpRequest, pk: int) -> Question:
        questions = self.get_queryset(request)  # type: ignore[attr-defined]
        question = questions.select_related("subject", "author").filter(pk=pk).first()
        if question is None and not Question.objects.filter(pk=pk).exists():
            raise Http404
        # One of a subject that is not theirs stands in no list of theirs.
        if question is None or not self.has_change_permission(request, question):  # type: ignore[attr-defined]
            raise PermissionDenied
        return question


def too_long(text: str) -> HttpResponse | None:
    """The refusal of a text beyond the limit."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size <= MAX_BYTES:
        return None
    return refusal(
        _("The text has %(size)d KB; %(limit)d KB are the most that can be shown. Shorten it.")
        % {"size": size // 1024, "limit": MAX_BYTES // 1024},
        status=413,
    )


def refusal(reason: str, *, status: int = 400) -> JsonResponse:
    return JsonResponse({"error": reason}, status=status)

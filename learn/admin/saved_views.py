"""Views of the list of questions that somebody saved: an address under a name."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from learn.admin.counting import count_up_to
from learn.admin.question_list import QuestionList
from learn.models import SavedView

# Views that the list shows, and rows that are counted for the number beside each.
SHOWN, COUNTED = 100, 999
NOT_KEPT = (PAGE_VAR, ERROR_FLAG, IS_POPUP_VAR)


class SavedViewForm(forms.ModelForm):
    class Meta:
        model = SavedView
        fields = ("name", "is_shared", "query")

    def __init__(self, *args: Any, owner: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.owner = owner
        self.fields["query"].required = False

    def clean_query(self) -> str:
        """Filters, search and order, in one spelling; not the page."""
        kept = QueryDict(self.cleaned_data["query"], mutable=True)
        for name in NOT_KEPT:
            kept.pop(name, None)
        if not kept:
            raise forms.ValidationError(
                _("There is nothing to save yet: choose a filter or search for something first.")
            )
        return kept.urlencode()

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if SavedView.objects.filter(owner=self.instance.owner, name=name).exists():
            raise forms.ValidationError(
                _("You have a view named “%s” already. Choose another name, or delete that view.")
                % name
            )
        return name


def views_for(user: Any) -> QuerySet[SavedView]:
    """One's own views and those that others share, by name."""
    return SavedView.objects.filter(Q(owner=user) | Q(is_shared=True)).select_related("owner")


class SavedViews(QuestionList):
    """The part of the questions' admin that saves views, shows them above the list and counts."""

    change_list_template = "admin/learn/question/change_list.html"

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(css={"all": ["learn/css/desk_list.css"]})

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("views/", wrap(require_POST(self.save_view)), name="learn_question_save_view"),
            path(
                "views/counts/",
                wrap(require_GET(self.count_views)),
                name="learn_question_view_counts",
            ),
            path(
                "views/<int:pk>/delete/",
                wrap(require_POST(self.delete_view_named)),
                name="learn_question_delete_view",
            ),
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        views = list(views_for(request.user)[:SHOWN]) if request.method == "GET" else []
        return super().changelist_view(request, {**(extra_context or {}), "saved_views": views})

    def _check_viewer(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def save_view(self, request: HttpRequest) -> HttpResponse:
        self._check_viewer(request)
        form = SavedViewForm(request.POST, owner=request.user)
        if form.is_valid():
            if self.filtered_by(request, QueryDict(form.cleaned_data["query"])) is None:
                messages.error(request, _("The list cannot be filtered so; nothing was saved."))
                return self._to_list("")
            view = form.save()
            messages.success(request, _("The view “%s” is saved.") % view.name)
            return self._to_list(view.query)
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, str(error))
        return self._to_list(request.POST.get("query", ""))

    def delete_view_named(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._check_viewer(request)
        view = get_object_or_404(views_for(request.user), pk=pk)
        if view.owner != request.user and not request.user.is_superuser:
            raise PermissionDenied
        view.delete()
        messages.success(request, _("The view “%s” is deleted.") % view.name)
        return self._to_list(request.POST.get("query", ""))

    def count_views(self, request: HttpRequest) -> JsonResponse:
        """Saved view -> how many questions it shows to this person now, counted up to COUNTED."""
        self._check_viewer(request)
        views = views_for(request.user)[:SHOWN]
        return JsonResponse({str(view.pk): self._count_of(request, view) for view in views})

    def _count_of(self, request: HttpRequest, view: SavedView) -> str:
        # As the list itself would, but for the page of rows.
        listing = self.filtered_by(request, QueryDict(view.query))
        if listing is None:
            return "?"
        count = count_up_to(listing, COUNTED)
        return str(count.number) if count.is_exact else f"{COUNTED}+"

    def _to_list(self, query: str) -> HttpResponseRedirect:
        url = reverse("admin:learn_question_changelist")
        return HttpResponseRedirect(f"{url}?{QueryDict(query).urlencode()}".rstrip("?"))

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learn import publishing
from learn.admin.common import change_link, change_url, long_columns_of, pasted_path
from learn.admin.subject_limit import SubjectLimited
from learn.models import Question, Redirect
from learn.models.path import parse_path


class RedirectForm(forms.ModelForm):
    class Meta:
        widgets = {"old_path": AdminTextInputWidget(attrs={"class": "vLargeTextField"})}
        help_texts = {
            "old_path": gettext_lazy("As /learn/biology/questions/what-is-osmosis; paste it whole.")
        }

    def clean_old_path(self) -> str:
        path = pasted_path(self.cleaned_data["old_path"])
        if path is None:
            raise ValidationError(
                _(
                    "Write the old address of a question as "
                    "/learn/<subject>/questions/<slug>, or paste it whole."
                )
            )
        other = (
            Redirect.objects.filter(old_path=str(path))
            .exclude(pk=self.instance.pk)
            .select_related("question")
            .defer(*long_columns_of("question"))
            .first()
        )
        if other is not None:
            raise ValidationError(
                format_html(
                    _(
                        'This address leads to “{}” already. <a href="{}">Change that '
                        "redirect</a> instead: an address leads to one place."
                    ),
                    other.question,
                    change_url(Redirect, other.pk),
                )
            )
        return str(path)

    def clean(self) -> dict[str, Any] | None:
        super().clean()
        question = self.cleaned_data.get("question")
        if question is not None and self.cleaned_data.get("old_path") == str(question.path):
            self.add_error(
                "old_path",
                _(
                    "This is the question's own address. Write an old one, or choose the question "
                    "that it shall lead to."
                ),
            )
        return self.cleaned_data


class RedirectChangeList(ChangeList):
    def get_queryset(self, request: HttpRequest, *args: Any) -> QuerySet[Redirect]:
        return super().get_queryset(request, *args).defer(*long_columns_of("question"))


@admin.register(Redirect)
class RedirectAdmin(SubjectLimited):
    subject_lookup = "question__subject"
    form = RedirectForm
    list_display = ("old_path", "leads_to", "origin", "hits", "last_hit_at", "created_at")
    list_select_related = ("question__subject",)
    list_filter = ("origin",)
    list_per_page = 50
    sortable_by = ("old_path", "hits")
    search_fields = ("old_path",)
    search_help_text = gettext_lazy("The old address, or a part of it.")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    raw_id_fields = ("question",)
    fields = ("old_path", "question", "origin", "created_at", "hits", "last_hit_at")
    readonly_fields = ("origin", "created_at", "hits", "last_hit_at")

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return RedirectChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Redirect], search_term: str
    ) -> tuple[QuerySet[Redirect], bool]:
        path = pasted_path(search_term)
        if path is not None:
            return queryset.filter(old_path=str(path)), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=gettext_lazy("leads to"))
    def leads_to(self, redirect: Redirect) -> SafeString:
        return change_link(Question, redirect.question_id, redirect.question.path)

    def save_model(
        self, request: HttpRequest, obj: Redirect, form: forms.ModelForm, change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        publishing.settle_references()
        self._warn_of_live_page(request, obj)

    def delete_model(self, request: HttpRequest, obj: Redirect) -> None:
        super().delete_model(request, obj)
        publishing.settle_references()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Redirect]) -> None:
        super().delete_queryset(request, queryset)
        publishing.settle_references()

    def _warn_of_live_page(self, request: HttpRequest, redirect: Redirect) -> None:
        path = parse_path(redirect.old_path)
        live = Question.objects.published().at(path).only("title").first() if path else None
        if live is not None:
            messages.warning(
                request,
                format_html(
                    _(
                        'A page is live at {}: <a href="{}">{}</a>. It is shown as before; the '
                        "redirect waits until that page goes."
                    ),
                    redirect.old_path,
                    change_url(Question, live.pk),
                    live.title,
                ),
            )

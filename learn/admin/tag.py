from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from learn import publishing
from learn.admin.common import ViewOnlyAdmin, change_url
from learn.models import Question, Tag, TaggedQuestion
from learn.models.tag import fold_keyword

# How many of its questions a tag's page names.
SHOWN = 50


class TagChangeList(ChangeList):
    def get_results(self, request: HttpRequest) -> None:
        """Count the questions of the tags on this page only: counting all takes seconds."""
        super().get_results(request)
        self.result_list = list(self.result_list)
        counts = dict(
            TaggedQuestion.objects.filter(tag__in=self.result_list)
            .order_by()
            .values_list("tag")
            .annotate(Count("pk"))
        )
        for tag in self.result_list:
            tag.question_count = counts.get(tag.pk, 0)


@admin.register(Tag)
class TagAdmin(ViewOnlyAdmin):
    """Tags derive from the keywords of questions: who wants another tag edits those.

    Only what a tag stands for is set here.
    """

    list_display = ("name", "key", "slug", "question_count")
    sortable_by = ("key",)
    search_fields = ("key",)
    search_help_text = _("A part of the keyword, in any spelling.")
    fields = ("name", "key", "slug", "alias_of", "questions")
    readonly_fields = ("name", "key", "slug", "questions")
    autocomplete_fields = ("alias_of",)
    view_on_site = False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def save_model(
        self, request: HttpRequest, obj: Tag, form: forms.ModelForm, change: bool
    ) -> None:
        if form.has_changed():
            publishing.set_alias(Tag.objects.get(pk=obj.pk), obj.alias_of)

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return TagChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Tag], search_term: str
    ) -> tuple[QuerySet[Tag], bool]:
        if search_term.strip():
            queryset = queryset.filter(key__contains=fold_keyword(search_term))
        return queryset, False

    @admin.display(description=_("questions"))
    def question_count(self, tag: Tag) -> int:
        return int(tag.question_count)

    @admin.display(description=_("questions"))
    def questions(self, tag: Tag) -> SafeString:
        tagged = Question.objects.filter(tagged_items__tag=tag).order_by("pk")
        links = format_html_join(
            "",
            '<li><a href="{}">{}</a></li>',
            (
                (change_url(Question, pk), title)
                for pk, title in tagged.values_list("pk", "title")[:SHOWN]
            ),
        )
        rest = tagged.count() - SHOWN
        more = ngettext("… and %d more", "… and %d more", rest) % rest if rest > 0 else ""
        return format_html("<ul>{}</ul>{}", links, more)

"""Tags: found, renamed, merged. They derive from the keywords of questions, which stay as they are:
a tag that goes stands for another one, and its address redirects."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from learn import publishing
from learn.admin.common import ViewOnlyAdmin, change_link, change_url
from learn.models import Question, Tag, TaggedQuestion
from learn.models.tag import PAGE_FROM, fold_keyword, split_keywords
from learn.workflow.rights import limit, subject_ids

# How many of its questions a tag's page names.
SHOWN = 50
# How many tags become one at once.
MERGED = 100


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


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [("topic", _("Has a page for readers")), ("alias", _("Stands for another tag"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> QuerySet[Tag]:
        if self.value() == "topic":
            return queryset.filter(count__gte=PAGE_FROM)
        if self.value() == "alias":
            return queryset.filter(alias_of__isnull=False)
        return queryset


class TagForm(forms.ModelForm):
    # By its name: there are too many to choose from.
    stands_for = forms.CharField(
        label=_("Stands for"),
        required=False,
        widget=AdminTextInputWidget,
        help_text=_("The name of a tag, which questions with this keyword bear instead."),
    )

    class Meta:
        help_texts = {
            "name": _(
                "A new name is a tag of its own, which this one then stands for: the old address "
                "leads to it, and the keywords of questions stay as they are. If there is a tag of "
                "that name, the two become one."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alias_of = self.instance.alias_of
        self.initial["stands_for"] = alias_of.name if alias_of else ""

    def clean_stands_for(self) -> str:
        name = " ".join(self.cleaned_data["stands_for"].split())
        self.target = Tag.objects.filter(key=fold_keyword(name)).first() if name else None
        if name and self.target is None:
            raise forms.ValidationError(gettext("There is no tag of this name."))
        return name

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if split_keywords(name) != [name]:
            raise forms.ValidationError(gettext("A keyword holds no comma."))
        return name

    def clean(self) -> dict[str, Any] | None:
        if {"name", "stands_for"} <= set(self.changed_data):
            self.add_error("stands_for", gettext("Change the name or this, one after the other."))
        return self.cleaned_data


@admin.register(Tag)
class TagAdmin(ViewOnlyAdmin):
    form = TagForm
    list_display = ("name", "slug", "question_count", "topic_count", "alias_link")
    list_select_related = ("alias_of",)
    list_filter = (KindFilter,)
    show_facets = admin.ShowFacets.NEVER
    ordering = ("key",)
    sortable_by = ("name", "topic_count")
    search_fields = ("key",)
    search_help_text = _("A part of the keyword, in any spelling.")
    actions = ("merge",)
    fields = ("name", "key", "slug", "stands_for", "aliases_list", "questions")
    readonly_fields = ("key", "slug", "aliases_list", "questions")
    view_on_site = False

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(css={"all": ["learn/css/desk_list.css"]})

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A tag is of all subjects: whoever is limited to some leaves it as it is."""
        may_change = admin.ModelAdmin.has_change_permission(self, request, obj)
        return may_change and subject_ids(request.user) is None

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.merge_view))
        return [path("merge/", view, name="learn_tag_merge"), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        tag = Tag.objects.get(pk=obj.pk)
        if "name" in form.changed_data:
            renamed = publishing.rename_tag(tag, obj.name)
            if renamed != tag:
                text = gettext("Questions with this keyword bear the tag “%s” now.")
                messages.info(request, text % renamed.name)
        elif form.has_changed():
            publishing.set_alias(tag, form.target)

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return TagChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Tag], search_term: str
    ) -> tuple[QuerySet[Tag], bool]:
        if search_term.strip():
            queryset = queryset.filter(key__contains=fold_keyword(search_term))
        return queryset, False

    # --- merging

    @admin.action(description=_("Merge into one …"), permissions=["change"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        """Ask which of the chosen tags stays."""
        tags = list(queryset.order_by("-count", "key")[: MERGED + 1])
        if not 2 <= len(tags) <= MERGED:
            text = gettext("Choose from 2 to %d tags to merge.")
            messages.warning(request, text % MERGED)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Merge tags"),
            "opts": self.opts,
            "media": self.media,
            "tags": tags,
        }
        return TemplateResponse(request, "admin/learn/tag/merge.html", context)

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        chosen = [pk for pk in request.POST.getlist("tag") if pk.isdecimal()][:MERGED]
        tags = list(Tag.objects.filter(pk__in=chosen))
        into = next((tag for tag in tags if str(tag.pk) == request.POST.get("into")), None)
        if into is None or len(tags) < 2:
            messages.error(request, gettext("Nothing was merged: choose which of the tags stays."))
            return redirect("admin:learn_tag_changelist")
        publishing.merge_tags(tags, into)
        merged = [tag for tag in tags if tag != into]
        message = gettext("Stands for %s") % into.name
        LogEntry.objects.log_actions(request.user.pk, merged, CHANGE, message)  # type: ignore[arg-type]
        text = ngettext(
            "%(number)d tag stands for “%(name)s” now.",
            "%(number)d tags stand for “%(name)s” now.",
            len(merged),
        )
        messages.success(request, text % {"number": len(merged), "name": into.name})
        return redirect("admin:learn_tag_changelist")

    # --- columns and fields

    @admin.display(description=_("questions"))
    def question_count(self, tag: Tag) -> int:
        return int(tag.question_count)

    @admin.display(description=_("on its page"), ordering="count")
    def topic_count(self, tag: Tag) -> int:
        return tag.count

    @admin.display(description=_("stands for"))
    def alias_link(self, tag: Tag) -> SafeString | str:
        return change_link(Tag, tag.alias_of_id, tag.alias_of) if tag.alias_of else ""

    @admin.display(description=_("stand for it"))
    def aliases_list(self, tag: Tag) -> SafeString | str:
        aliases = tag.aliases.order_by("key")[:SHOWN]
        links = [(change_link(Tag, alias.pk, alias.name),) for alias in aliases]
        return format_html_join(", ", "{}", links) or gettext("none")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Tag | None:
        tag = super().get_object(request, object_id, from_field)
        if tag is not None:
            tag.shown_to = request.user
        return tag

    @admin.display(description=_("questions"))
    def questions(self, tag: Tag) -> SafeString:
        """Those of the user's subjects."""
        bearers = Question.objects.filter(tagged_items__tag=tag).order_by("pk")
        tagged = limit(bearers, tag.shown_to)
        links = format_html_join(
            "",
            '<li><a href="{}">{}</a></li>',
            (
                (change_url(Question, pk), title)
                for pk, title in tagged.values_list("pk", "title")[:SHOWN]
            ),
        )
        rest = TaggedQuestion.objects.filter(tag=tag).count() - SHOWN
        more = gettext("… and %d more") % rest if rest > 0 else ""
        return format_html("<ul>{}</ul>{}", links, more)

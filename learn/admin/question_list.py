"""The list of questions: quick with a million rows, as no page of it reads the whole table."""

from copy import copy
from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR, ChangeList
from django.core.paginator import InvalidPage, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from learn.admin.choices import OFFERED, author_choices, subject_choices
from learn.admin.common import LONG_COLUMNS, change_link, pasted_path
from learn.admin.counting import LISTED, Count, count_up_to, estimated_rows, not_looked_up
from learn.admin.question_search import match, titles_first
from learn.models import Question

Status = Question.Status

# By what else an address may filter: columns that an index finds.
INDEXED = {
    "id",
    "pk",
    "uid",
    "slug",
    "subject",
    "author",
    "status",
    "seed_id",
    "canonical",
    "content_hash",
    "no_index",
    "has_math",
    "publish_at",
    "updated_at",
}
QUESTION_FIELDS = {field.name for field in Question._meta.get_fields()}


class BoundedPaginator(Paginator):
    """Pages of primary keys, of which there are never more than are counted."""

    def __init__(self, keys: Any, per_page: int, count: int) -> None:
        super().__init__(keys, per_page)
        self.known_count = count

    @cached_property
    def count(self) -> int:
        return self.known_count


class QuestionChangeList(ChangeList):
    """Django's, but for two things: rows are counted up to LISTED, and a page's rows are fetched
    by their keys, so that page 300 costs what the index costs that it is read from."""

    # How many questions the list has, as it is shown.
    total: Count

    def get_queryset(self, request: HttpRequest, *args: Any) -> QuerySet[Question]:
        # Searched for here: the order of what is found counts.
        self.match = match(self.query)
        query, self.query = self.query, ""
        try:
            queryset = super().get_queryset(request, *args)
        finally:
            self.query = query
        return queryset.filter(self.match.condition).defer(*LONG_COLUMNS)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Question]) -> list[Any]:
        """By slug in the order of its index: two of a slug by nothing but their keys."""
        ordering = super().get_ordering(request, queryset)
        by_slug = ordering and ordering[0] in ("slug", "-slug")
        return [ordering[0], "-pk"] if by_slug else ordering

    def get_results(self, request: HttpRequest) -> None:
        if getattr(request, "reads_no_rows", False):
            return
        keys = self._ranked_keys()
        if keys is None:
            self.total = self._count()
            keys = self.queryset.values_list("pk", flat=True)
        else:
            self.total = Count(len(keys), is_exact=not self.match.is_cut)
        paginator = BoundedPaginator(keys, self.list_per_page, self.total.number)
        try:
            page = paginator.page(self.page_num).object_list
        except InvalidPage as error:
            raise IncorrectLookupParameters from error
        self.result_list = self._rows(page)
        self.result_count = self.total.number
        self.show_full_result_count = False
        self.full_result_count = None
        self.show_admin_actions = True
        self.can_show_all = False
        self.multi_page = self.total.number > self.list_per_page
        self.paginator = paginator

    def _ranked_keys(self) -> list[int] | None:
        """What a search found, the best first, unless another order is asked for."""
        if self.match.ranked is None or self.params.get(ORDER_VAR):
            return None
        # One question to the database for what the filters leave and for how it is ordered.
        titles = dict(self.queryset.order_by().values_list("pk", "title"))
        left = [pk for pk in self.match.ranked if pk in titles]
        return titles_first(left, titles, self.match.words)

    def _count(self) -> Count:
        # In this order, whatever the list's: its index has what filters ask for.
        counted = count_up_to(self.queryset.order_by("-updated_at", "-pk"), LISTED)
        is_whole = not (self.query or self.has_active_filters)
        if counted.is_exact or not is_whole:
            return counted
        return counted._replace(estimate=estimated_rows(Question))

    def _rows(self, page: Any) -> list[Question]:
        """The questions with these keys, in the order of the page."""
        rows = self.apply_select_related(Question.objects.filter(pk__in=page)).defer(*LONG_COLUMNS)
        if isinstance(page, list):
            found = {question.pk: question for question in rows}
            return [found[pk] for pk in page if pk in found]
        return list(rows.order_by(*self.queryset.query.order_by))

    @property
    def page_numbers(self) -> list[int | str]:
        return list(self.paginator.get_elided_page_range(self.page_num))

    @property
    def listed(self) -> str:
        return number_format(self.total.number, force_grouping=True)

    @property
    def is_bounded(self) -> bool:
        """Whether there are questions that no page of the list leads to."""
        return not self.total.is_exact

    @property
    def view_query(self) -> str:
        """Filters, search and order as a saved view keeps them."""
        return self.get_query_string().removeprefix("?")

    @property
    def without_search(self) -> str:
        return self.get_query_string({SEARCH_VAR: None})

    @property
    def is_searching(self) -> bool:
        return SEARCH_VAR in self.params


class ChoiceFilter(admin.SimpleListFilter):
    """A filter by a column's value; left out where there is nothing to choose."""

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1 or self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        value = self.value()
        if value is None:
            return queryset
        if value not in {str(choice) for choice, _title in self.lookup_choices}:
            return queryset.none()
        return queryset.filter((self.parameter_name, value))


class StatusFilter(ChoiceFilter):
    """Without a choice all but the trash, unless one question is asked for by its address."""

    title = _("status")
    parameter_name = "status__exact"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return list(Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        if self.value() is None and pasted_path(request.GET.get(SEARCH_VAR, "")) is None:
            return queryset.exclude(status=Status.TRASHED)
        return super().queryset(request, queryset)


class SubjectFilter(ChoiceFilter):
    title = _("subject")
    parameter_name = "subject__id__exact"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return list(subject_choices())


class AuthorFilter(ChoiceFilter):
    """Left out where there is one author, or too many to choose from; a search by the name and
    the address still filter."""

    title = _("author")
    parameter_name = "author__id__exact"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        authors = author_choices()
        return list(authors) if len(authors) <= OFFERED else []


class CopyFilter(admin.SimpleListFilter):
    title = _("copies")
    parameter_name = "copy"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        return [("yes", _("Repeats another page")), ("no", _("Repeats none"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        if self.value() == "yes":
            return queryset.filter(canonical__isnull=False)
        if self.value() == "no":
            # Nearly all of them.
            repeats = queryset.alias(repeated=not_looked_up("canonical"))
            return repeats.filter(repeated__isnull=True)
        return queryset


class QuestionList(admin.ModelAdmin):
    """The part of the questions' admin that lists them."""

    list_display = ("title_text", "subject", "state", "posted", "updated")
    list_select_related = ("subject",)
    list_filter = (StatusFilter, "no_index", CopyFilter, "has_math", AuthorFilter, SubjectFilter)
    list_per_page = 50
    ordering = ("-updated_at",)
    # By what an index sorts.
    sortable_by = ("title_text", "updated")
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # Searched by learn.admin.question_search; what is named here makes the box appear.
    search_fields = ("title",)
    search_help_text = _(
        "Words of title and answer, a whole address, the beginning of a slug, a file's id, or an "
        "author's name."
    )

    def get_changelist(self, request: HttpRequest, **kwargs: object) -> type[ChangeList]:
        return QuestionChangeList

    def filtered_by(self, request: HttpRequest, query: QueryDict) -> QuerySet[Question] | None:
        """What the list shows this person at that address; None if it cannot be shown."""
        asked = copy(request)
        asked.GET = query  # type: ignore[assignment]
        asked.reads_no_rows = True  # type: ignore[attr-defined]
        try:
            listing = self.get_changelist_instance(asked)
        except (IncorrectLookupParameters, DisallowedModelAdminLookup):
            return None
        return listing.queryset

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Question], search_term: str
    ) -> tuple[QuerySet[Question], bool]:
        return queryset.filter(match(search_term).condition), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Of the question's own columns only what an index finds: anybody can type an address."""
        name = lookup.partition("__")[0]
        is_read_whole = name in QUESTION_FIELDS and name not in INDEXED
        return not is_read_whole and super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("title"), ordering="slug")
    def title_text(self, question: Question) -> str:
        return question.title

    @admin.display(description=_("posted"))
    def posted(self, question: Question) -> SafeString:
        return format_html('<span class="nowrap">{}</span>', question.date.isoformat())

    @admin.display(description=_("updated"), ordering="updated_at")
    def updated(self, question: Question) -> str:
        return f"{timezone.localtime(question.updated_at):%Y-%m-%d %H:%M}"

    @admin.display(description=_("status"))
    def state(self, question: Question) -> SafeString | str:
        """The status; of a page that repeats another one, with a link to that."""
        status = question.get_status_display()
        if question.canonical_id is None:
            return status
        link = change_link(Question, question.canonical_id, f"№ {question.canonical_id}")
        return format_html('{} <span class="nowrap">{}</span>', status, _repeats(link))


def _repeats(link: SafeString) -> SafeString:
    return format_html(gettext("repeats {}"), link)

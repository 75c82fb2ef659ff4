from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.forms import Script
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdownx.models import MarkdownxField

from learn import publishing, schedules
from learn.admin.author_select import AuthorSelect
from learn.admin.common import LINE_BREAK, change_link, log
from learn.admin.markdown_editor import LinesField, MarkdownEditor, MarkdownField
from learn.admin.question_actions import QuestionActions
from learn.admin.question_conflicts import QuestionConflicts
from learn.admin.question_desk import QuestionDesk
from learn.admin.question_drafts import QuestionDrafts
from learn.admin.question_duplicates import QuestionDuplicates
from learn.admin.question_form import QuestionForm, redirect_in_the_way
from learn.admin.question_history import QuestionHistory
from learn.admin.question_preview import QuestionPreview
from learn.admin.question_proposals import QuestionProposals, proposal_note
from learn.admin.question_review import QuestionReview, review_note
from learn.admin.question_row import QuestionRow, stored_of, votes_of
from learn.admin.question_schedule import QuestionSchedule, frozen_changes, schedule_note
from learn.admin.question_search_preview import QuestionSearchPreview
from learn.admin.question_trash import QuestionTrash
from learn.admin.question_uploads import QuestionUploads
from learn.admin.related import RelatedQuestionInline
from learn.admin.saved_views import SavedViews
from learn.admin.seed_files import SeedFiles
from learn.models import Author, Question, Subject
from learn.models.path import QuestionPath
from learn.models.revision import REASON_MAX_LENGTH as REVISION_REASON_MAX_LENGTH
from learn.publishing import SHARED_FIELDS
from learn.rendering import render

SEED_FIELDS = ("subject_label", "folded_title", "answer_wrapped", "extra_front_matter")
DERIVED_FIELDS = (
    "canonical",
    "revisions_link",
    "tag_list",
    "copies_list",
    "failed_formulas",
    "reader_votes",
    "reader_reports",
    "modified_at",
    "created_at",
    "updated_at",
    "seed_hash",
    "seed_file",
)
# Of the pages that repeat one.
COPIES_SHOWN = 50


@admin.register(Question)
class QuestionAdmin(
    QuestionConflicts,
    QuestionDrafts,
    QuestionHistory,
    QuestionSearchPreview,
    QuestionPreview,
    QuestionDuplicates,
    QuestionUploads,
    SavedViews,
    SeedFiles,
    QuestionTrash,
    QuestionActions,
    QuestionReview,
    QuestionProposals,
    QuestionSchedule,
    QuestionDesk,
    QuestionRow,
):
    form = QuestionForm
    change_form_template = "admin/learn/question/change_form.html"
    formfield_overrides = {
        models.TextField: {"form_class": LinesField, "widget": AdminTextareaWidget},
        MarkdownxField: {"form_class": MarkdownField, "widget": MarkdownEditor},
    }
    inlines = (RelatedQuestionInline,)
    autocomplete_fields = ("author",)

    class Media:
        css = {"all": ["learn/css/desk_review.css"]}
        js = [Script("learn/js/desk/review_note.js", type="module")]

    # --- the form

    def get_fieldsets(self, request: HttpRequest, obj: Question | None = None) -> Any:
        return [
            (
                None,
                {
                    "fields": (*self._hidden_fields(request, obj), "title", "answer"),
                    "classes": ("monospace",),
                    "description": self._notes(request, obj),
                },
            ),
            (
                _("Where they differ"),
                {
                    "fields": ("article_title", "question"),
                    "classes": ("collapse",),
                    "description": _(
                        "A seed file gives the title three times. While the three are equal they "
                        "change together."
                    ),
                },
            ),
            (
                _("Place"),
                {
                    "fields": (
                        "subject",
                        "slug",
                        *(("takes_over_redirect",) if _is_asked_to_take_over(request, obj) else ()),
                        "author",
                        "date",
                        "seo_keywords",
                    ),
                    "classes": ("desk-side",),
                },
            ),
            (_("Search engines"), {"fields": ("seo_title", "seo_description", "no_index")}),
            (
                _("Publishing"),
                {
                    "fields": (
                        "status",
                        "publish_at",
                        "unpublish_at",
                        "is_detached",
                        "origin",
                        ("reviewer", "reviewed_on"),
                        *(
                            ("not_duplicate", "reason", *self.schedule_fields(request, obj))
                            if self._may_save(request, obj)
                            else ()
                        ),
                    ),
                    "classes": ("desk-side",),
                },
            ),
            (
                _("As in the seed file"),
                {
                    "fields": (
                        "seed_id",
                        "score",
                        "schema",
                        "date_format",
                        "post_on_text",
                        *(SEED_FIELDS if obj else ()),
                    ),
                    "classes": ("collapse",),
                },
            ),
            *([_fields_kept_by_the_site()] if obj else ()),
        ]

    def _notes(self, request: HttpRequest, obj: Question | None) -> SafeString:
        """What whoever opens the form is to know first."""
        notes = _note_on_copy(obj) + review_note(obj) + schedule_note(obj)
        return notes if self._may_save(request, obj) else notes + proposal_note(request, obj)

    def _hidden_fields(self, request: HttpRequest, obj: Question | None) -> tuple[str, ...]:
        if obj is None or not self._may_save(request, obj):
            return ()
        return ("opened_version", "opened_status", "opened_state")

    def _may_save(self, request: HttpRequest, obj: Question | None) -> bool:
        return obj is None or self.has_change_permission(request, obj)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Question | None = None
    ) -> tuple[str, ...]:
        fixed = (*SEED_FIELDS, *DERIVED_FIELDS)
        if obj is None:
            return fixed
        # A page may have become a copy, or ceased to be one, since its form was opened: what was
        # sent is given back editable, with the reason why it was not saved.
        sent = request.method == "POST"
        is_fixed = "answer" not in request.POST if sent else obj.canonical_id is not None
        return (*SHARED_FIELDS, *fixed) if is_fixed else fixed

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Question | None = None
    ) -> dict[str, Sequence[str]]:
        return {"slug": ("title",)} if obj is None else {}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = {"date": timezone.localdate()}
        authors = list(Author.objects.values_list("pk", flat=True)[:2])
        if len(authors) == 1:
            initial["author"] = authors[0]
        return initial | super().get_changeform_initial_data(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "author":
            kwargs["widget"] = AuthorSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def view_on_site(self, question: Question) -> str | None:
        stored = stored_of(question)
        return str(stored.path) if stored.is_published else None

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Question | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context["stored"] = stored_of(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("history"))
    def revisions_link(self, question: Question) -> SafeString:
        url = reverse("admin:learn_revision_changelist")
        return format_html(
            '<a href="{}?question__id__exact={}">{}</a>', url, question.pk, _("all revisions")
        )

    @admin.display(description=gettext_lazy("tags"))
    def tag_list(self, question: Question) -> str:
        return ", ".join(tag.name for tag in question.tags.all()) or _("none")

    @admin.display(description=gettext_lazy("pages that repeat it"))
    def copies_list(self, question: Question) -> SafeString | str:
        if not question.has_copies:  # type: ignore[attr-defined]
            return _("none")
        copies = question.copies.select_related("subject").only("slug", "subject__slug")
        copies = copies.order_by("pk")[:COPIES_SHOWN]
        return _lines(change_link(Question, copy.pk, copy.path) for copy in copies)

    @admin.display(description=gettext_lazy("formulas that failed"))
    def failed_formulas(self, question: Question) -> SafeString | str:
        return _lines(format_html("<code>{}</code>", tex) for tex in render(question.answer).failed)

    @admin.display(description=gettext_lazy("seed file"))
    def seed_file(self, question: Question) -> SafeString:
        url = reverse("admin:learn_question_seed", args=[question.pk])
        return format_html('<a href="{}">{}</a>', url, _("Download"))

    @admin.display(description=gettext_lazy("was it helpful?"))
    def reader_votes(self, question: Question) -> str:
        count = votes_of(question)
        return _("%(yes)d yes, %(no)d no") % {"yes": count.yes, "no": count.no}

    @admin.display(description=gettext_lazy("readers' reports"))
    def reader_reports(self, question: Question) -> SafeString:
        url = reverse("admin:learn_report_changelist")
        return format_html(
            '<a href="{}?question__id__exact={}">{}</a>',
            url,
            question.pk,
            _("%(open)d open of %(all)d")
            % {"open": question.open_reports, "all": question.all_reports},  # type: ignore[attr-defined]
        )

    # --- saving

    def save_model(
        self, request: HttpRequest, obj: Question, form: forms.ModelForm, change: bool
    ) -> None:
        """Nothing yet: save_related() knows whether anything was changed at all."""

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool
    ) -> None:
        """Save the question, then its related ones; what nobody changed makes no new version."""
        related_changed = any(formset.has_changed() for formset in formsets)
        if change and not form.has_changed() and not related_changed:
            super().save_related(request, form, formsets, change)
            return
        question = form.instance
        if change and form.cleaned_data.get("apply_at"):
            self.schedule_from_form(request, form, formsets)
            return
        reason = form.cleaned_data["reason"] or (_("edited") if change else _("written"))
        distinguished = getattr(form, "distinguished", ())
        difference = form.cleaned_data["not_duplicate"].strip() if distinguished else ""
        if difference:
            reason = f"{reason}; {_('not a duplicate, because')} {difference}"
        before = None
        if change and "status" in form.changed_data:
            rows = Question.objects.only("version", *publishing.STATE_FIELDS)
            before = rows.get(pk=question.pk)
        publishing.save_question(
            question,
            by=request.user,  # type: ignore[arg-type]
            reason=reason[:REVISION_REASON_MAX_LENGTH],
            save_related=lambda: super(QuestionAdmin, self).save_related(
                request, form, formsets, change
            ),
        )
        if before is not None:
            was_edited = related_changed or bool(frozen_changes(form))
            self.note_status(request, question, before, was_edited=was_edited)
        if change and form.cleaned_data.get("also_scheduled") == "yes":
            schedules.add_to_update(question, frozen_changes(form))
        if difference:
            publishing.distinguish(
                question,
                distinguished,
                reason=difference,
                by=request.user,  # type: ignore[arg-type]
            )
            log(request, question, _("Not a duplicate, because: %s") % difference)


def _is_asked_to_take_over(request: HttpRequest, question: Question | None) -> bool:
    """Only where it has a meaning: the address that was sent redirects to another question."""
    pk = request.POST.get("subject", "")
    subject = Subject.objects.filter(pk=pk).first() if pk.isdecimal() else None
    if subject is None:
        return False
    path = QuestionPath(subject.slug, request.POST.get("slug", ""))
    return redirect_in_the_way(path, question or Question()) is not None


def _fields_kept_by_the_site() -> tuple[str, dict[str, Any]]:
    return (_("Kept by the site"), {"fields": DERIVED_FIELDS, "classes": ("desk-side", "collapse")})


def _note_on_copy(question: Question | None) -> SafeString:
    if question is None or question.canonical is None:
        return SafeString("")
    return format_html(
        _("This page repeats {}; edit that page, or set “stands on its own”."),
        change_link(Question, question.canonical_id, question.canonical.path),
    )


def _lines(items: Iterable[SafeString]) -> SafeString | str:
    return format_html_join(LINE_BREAK, "{}", ((item,) for item in items)) or _("none")

"""What several of the desk's pages share."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from learn.models import Question
from learn.models.path import QuestionPath, parse_path
from learn.workflow.rights import may_work_in
from learn.workflow.transitions import AnyUser

LINE_BREAK = mark_safe("<br>")
# Columns of a question that lists never show and that may be long.
LONG_COLUMNS = (
    "answer",
    "answer_html",
    "seed_source",
    "extra_front_matter",
    "seo_title",
    "seo_description",
    "seo_keywords",
    "summary",
)


def long_columns_of(relation: str) -> list[str]:
    """LONG_COLUMNS of the question that a foreign key leads to, as defer() takes them."""
    return [f"{relation}__{name}" for name in LONG_COLUMNS]


def pasted_path(text: str) -> QuestionPath | None:
    """The question's address in what someone pasted: a path or a whole URL, however spelled."""
    try:
        path = urlsplit(text.strip()).path
    except ValueError:
        return None
    path = path.rstrip("/").lower().removesuffix(".html").removesuffix(".md")
    return parse_path(f"/{path.lstrip('/')}")


def change_url(model: type[Model], pk: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])


def change_link(model: type[Model], pk: Any, text: object) -> SafeString:
    return format_html('<a href="{}">{}</a>', change_url(model, pk), text)


def known_address(user: AnyUser, question: Question) -> str:
    """Where the user can look at a question: its form; of other subjects the readers' page."""
    if may_work_in(user, question.subject_id):
        return change_url(Question, question.pk)
    return str(question.path)


def log(request: HttpRequest, question: Question, message: str) -> None:
    """Write what was done with a question into its history."""
    LogEntry.objects.log_actions(request.user.pk, [question], CHANGE, message)  # type: ignore[arg-type]


class ViewOnlyAdmin(admin.ModelAdmin):
    """For what the site writes itself: people may look, nobody edits it by hand."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

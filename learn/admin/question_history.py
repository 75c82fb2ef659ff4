"""A question's versions: listed, compared word by word, restored whole or field by field."""

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from learn import proposals, schedules
from learn.admin.common import change_url
from learn.admin.form_values import (
    NOT_MERGED,
    RELATED_COLUMNS,
    related_in,
    related_inputs,
    related_of,
    related_sent,
    revision_at,
    shown_inputs,
    state_of,
    with_content,
)
from learn.drafts import SupersededError, drafts_of, save_draft
from learn.models import Author, Question, Revision, Subject
from learn.models.path import QuestionPath
from learn.models.question_queries import CONTENT_FIELDS
from learn.publishing import TITLES
from learn.textdiff import Diff, Row, compare

LIVE, DRAFT, PROPOSAL = "live", "draft", "proposal"
VERSIONS_SHOWN = 50
# Unchanged lines that are shown beside a change; a run that is longer by some is folded.
CONTEXT = 2
FOLDED_FROM = 4
# The first are what people look for.
FIRST_FIELDS = ("title", "answer", "question", "article_title")
FIELDS = (
    *FIRST_FIELDS,
    "url",
    "author",
    *(name for name in CONTENT_FIELDS if name not in FIRST_FIELDS),
    "related",
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions that are compared."""

    name: str
    note: str
    content: Mapping[str, Any]
    # Of a revision that is not what is live.
    version: int | None = None


@dataclass(frozen=True, slots=True)
class FieldDiff:
    name: str
    label: str
    diff: Diff

    @property
    def runs(self) -> Iterator[tuple[bool, list[Row]]]:
        """(whether to fold it, rows): long stretches of unchanged lines, and what is around."""
        groups = [(same, list(rows)) for same, rows in groupby(self.diff.rows, _is_same)]
        for number, (same, rows) in enumerate(groups):
            first = CONTEXT if number else 0
            last = CONTEXT if number + 1 < len(groups) else 0
            if not same or len(rows) < first + last + FOLDED_FROM:
                yield False, rows
                continue
            yield False, rows[:first]
            yield True, rows[first : len(rows) - last]
            yield False, rows[len(rows) - last :]


class QuestionHistory:
    """Mixin of QuestionAdmin."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path(
                "<int:pk>/versions/",
                wrap(require_safe(self.versions_view)),
                name="learn_question_versions",
            ),
            path("<int:pk>/compare/", wrap(self.compare_view), name="learn_question_compare"),
            path(
                "<int:pk>/restore-version/",
                wrap(require_POST(self.restore_version_view)),
                name="learn_question_restore_version",
            ),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def versions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All revisions, newest first, any two of which can be compared."""
        question = self._question_to_see(request, pk)
        revisions = question.revisions.select_related("created_by").defer("content")
        pages = Paginator(revisions.order_by("-number"), VERSIONS_SHOWN)
        return self._answer_history(
            request,
            question,
            "versions",
            {"title": _("Versions"), "page": pages.get_page(request.GET.get("page"))},
        )

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Two versions side by side; sent by POST, what is in a form beside what is live."""
        question = self._question_to_see(request, pk)
        if request.method == "POST":
            old = _live_side(question)
            new = _values_side(question, _sent_values(request), _("what is in the form"), "")
        else:
            old = self._side(request, question, request.GET.get("old", ""))
            new = self._side(request, question, request.GET.get("new", LIVE))
        fields = field_diffs(old.content, new.content)
        return self._answer_history(
            request,
            question,
            "compare",
            {
                "title": _("Compare versions"),
                "old": old,
                "new": new,
                "fields": fields,
                "changes": sum(field.diff.changes for field in fields),
                "restorable": old.version is not None
                and self.has_change_permission(request, question),  # type: ignore[attr-defined]
                "opened_state": json.dumps(state_of(question)),
            },
        )

    def restore_version_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Bring fields back to what they were, through the form: its checks and its guard."""
        question = self._question_to_see(request, pk)
        number = request.POST.get("version", "")
        revision = revision_at(question, int(number)) if number.isdecimal() else None
        if revision is None:
            raise Http404
        chosen = request.POST.get("field", "")
        names = set(FIELDS) if chosen == "all" else {chosen} & set(FIELDS)
        own = change_url(Question, question.pk)
        data = self._restored(request, question, revision, names)
        if "as_draft" in request.POST:
            self._keep_as_draft(request, question, data)
            return HttpResponseRedirect(own)
        request.POST = data  # type: ignore[assignment]
        response = self.changeform_view(request, str(pk), form_url=own)  # type: ignore[attr-defined]
        return HttpResponseRedirect(own) if response.status_code == 302 else response

    def _keep_as_draft(self, request: HttpRequest, question: Question, data: QueryDict) -> None:
        """Readers see nothing of it; the form offers it like anything that was typed."""
        if not self.has_change_permission(request, question):  # type: ignore[attr-defined]
            raise PermissionDenied
        try:
            save_draft(
                request.user,  # type: ignore[arg-type]
                question,
                uid=uuid.uuid4(),
                replaces=None,
                base_version=question.version,
                values=data.dict(),  # type: ignore[arg-type]
            )
        except SupersededError:
            text = _("Nothing was put into the form: restore or discard your unsaved text first.")
            messages.warning(request, text)
        else:
            messages.info(request, _("Readers see no change. Press “Restore” to go on with it."))

    def _restored(
        self, request: HttpRequest, question: Question, revision: Revision, names: set[str]
    ) -> QueryDict:
        """The live question's form, with the fields of these names as the revision has them."""
        make = self.get_form(request, None)  # type: ignore[attr-defined]
        live, then = (
            make(instance=question),
            make(instance=with_content(question, revision.content)),
        )
        restored = {*names, *(("subject", "slug") if "url" in names else ())}
        data = QueryDict(mutable=True)
        for name in live.fields:
            if name in NOT_MERGED:
                continue
            if question.canonical_id and name in (*TITLES, "answer") and name not in restored:
                # A copy's form does not have what it shares.
                continue
            data.update(shown_inputs(then if name in restored else live, name))
        is_related = "related" in names
        rows = related_in(revision.content.get("related", [])) if is_related else None
        data.update(related_inputs(question, related_of(question) if rows is None else rows))
        for name in ("opened_version", "opened_status", "opened_state"):
            data[name] = request.POST.get(name, "")
        labels = ", ".join(label_of(name) for name in FIELDS if name in names)
        reason = _("restored from version %(version)d: %(fields)s") % {
            "version": revision.number,
            "fields": _("everything") if len(names) > 1 else labels,
        }
        data["reason"] = reason[:200]
        return data

    # --- what the three have in common

    def _question_to_see(self, request: HttpRequest, pk: int) -> Question:
        question = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if question is None:
            raise Http404
        if not self.has_view_or_change_permission(request, question):  # type: ignore[attr-defined]
            raise PermissionDenied
        return question

    def _side(self, request: HttpRequest, question: Question, which: str) -> Side:
        if which == DRAFT:
            draft = drafts_of(request.user, question).first()  # type: ignore[arg-type]
            if draft is None:
                raise Http404
            return _values_side(question, draft.values, _("your draft"), _moment(draft.saved_at))
        if which == PROPOSAL:
            return _proposal_side(request, question)
        if which == LIVE:
            return _live_side(question)
        revision = revision_at(question, int(which)) if which.isdecimal() else None
        if revision is None:
            raise Http404
        return Side(
            _("version %d") % revision.number,
            " · ".join(
                filter(None, [_moment(revision.created_at), _name(revision), revision.reason])
            ),
            revision.content,
            None if revision.number == question.version else revision.number,
        )

    def _answer_history(
        self, request: HttpRequest, question: Question, page: str, context: dict[str, Any]
    ) -> HttpResponse:
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(
            request,
            f"admin/learn/question/{page}.html",
            {
                **self.admin_site.each_context(request),  # type: ignore[attr-defined]
                "opts": self.opts,  # type: ignore[attr-defined]
                "question": question,
                "subtitle": str(question),
                **context,
            },
        )


def compare_url(question_id: int, version: int) -> str:
    """The comparison of a version with what is live."""
    url = reverse("admin:learn_question_compare", args=[question_id])
    return f"{url}?old={version}&new={LIVE}"


def field_diffs(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[FieldDiff]:
    """The fields that differ. What was the title's text and follows it is not said again."""
    found = []
    for name in FIELDS:
        was, now = text_of(old.get(name)), text_of(new.get(name))
        follows = name in TITLES[1:] and (was, now) == (
            text_of(old.get("title")),
            text_of(new.get("title")),
        )
        if was != now and not follows:
            found.append(FieldDiff(name, capfirst(label_of(name)), compare(was, now)))
    return found


def label_of(name: str) -> str:
    labels = {"url": _("address"), "related": _("related questions")}
    return labels.get(name) or str(Question._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "\n".join(f"{row['title']} ({row['url']})" for row in related_in(value))
    return str(value)


def _is_same(row: Row) -> bool:
    return row.is_same


def _moment(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def _name(revision: Revision) -> str:
    return revision.created_by.get_username() if revision.created_by else ""


def _live_side(question: Question) -> Side:
    note = _("version %d") % question.version
    return Side(_("live"), f"{note} · {_moment(question.updated_at)}", question.snapshot())


def _proposal_side(request: HttpRequest, question: Question) -> Side:
    """The change that is in review, for whoever decides on it or has proposed it."""
    proposal = proposals.open_proposal(question)
    if proposal is None:
        raise Http404
    if proposal.created_by != request.user and not request.user.has_perm("learn.review_question"):
        raise PermissionDenied
    then = Question.objects.get(pk=question.pk)
    schedules.fill(then, proposal.content)
    content = then.snapshot()
    if "related" in proposal.content:
        content["related"] = proposal.content["related"]
    note = " · ".join(filter(None, [str(proposal.created_by or ""), proposal.reason]))
    return Side(_("the proposed change"), note, content)


def _sent_values(request: HttpRequest) -> Mapping[str, str]:
    try:
        values = json.loads(request.POST.get("values", ""))
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise Http404
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _values_side(question: Question, values: Mapping[str, str], name: str, note: str) -> Side:
    """What a form holds. Inputs that it does not have are as in the live question."""
    content = question.snapshot()
    for field in CONTENT_FIELDS:
        if field in values:
            text = values[field].replace("\r\n", "\n")
            content[field] = bool(text) if isinstance(content[field], bool) else text
    subject = question.subject
    if values.get("subject", "").isdecimal():
        subject = Subject.objects.filter(pk=values["subject"]).first() or subject
    content["url"] = str(QuestionPath(subject.slug, values.get("slug", question.slug)))
    if values.get("author", "").isdecimal():
        author = Author.objects.filter(pk=values["author"]).first()
        content["author"] = author.name if author else content["author"]
    related = related_sent(values)
    if related is not None:
        content["related"] = [[row[name] for name in RELATED_COLUMNS] for row in related]
    return Side(name, note, content)

"""Drafts at the desk: what is typed into a question's form is kept before anybody saves it."""

import json
import re
import uuid
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from learn.admin.common import change_url
from learn.admin.question_row import last_editor
from learn.drafts import (
    DraftState,
    SupersededError,
    discard_draft,
    drafts_of,
    forget_saved,
    save_draft,
)
from learn.models import Author, Draft, Question

# As much as one input after the other of the longest real answer, 200 times.
MAX_LENGTH = 1_000_000
MAX_INPUTS = 2_000
INPUT_NAME = re.compile(r"[A-Za-z][\w-]{0,99}")
NEW_DRAFTS_SHOWN = 20
# The forms that were saved last, so that a browser can drop its own copies of them.
SAVED_FORMS_KEY = "saved_forms"
SAVED_FORMS_KEPT = 30


class DraftError(ValueError):
    """What was sent is no draft."""


class QuestionDrafts:
    """Mixin of QuestionAdmin."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view  # type: ignore[attr-defined]
        return [
            path("drafts/", wrap(require_POST(self.save_draft_view)), name="learn_draft_save"),
            path(
                "drafts/discard/",
                wrap(require_POST(self.discard_draft_view)),
                name="learn_draft_discard",
            ),
            *super().get_urls(),  # type: ignore[misc]
        ]

    # --- what the form's script sends

    def save_draft_view(self, request: HttpRequest) -> HttpResponse:
        """Keep a form's values; tells which version of the question is live."""
        try:
            sent = _read_json(request)
            uid, replaces = _read_uid(sent.get("uid")), _read_state(sent.get("replaces"))
            values = _read_values(sent.get("values"))
        except DraftError as error:
            return JsonResponse({"error": str(error)}, status=400)
        question = self._question_to_edit(request, sent.get("question"))
        if str(uid) in request.session.get(SAVED_FORMS_KEY, []):
            # Sent before, arrived after the form itself was saved.
            return JsonResponse({"done": True})
        try:
            draft = save_draft(
                _person(request),
                question,
                uid=uid,
                replaces=replaces,
                base_version=_version_in(values),
                values=values,
            )
        except SupersededError as error:
            return JsonResponse(
                {
                    "error": _("This text is being edited in another tab as well."),
                    "draft": _state_of(error.draft),
                },
                status=409,
            )
        return JsonResponse({**_state_of(draft), "live": _live_state(question)})

    def discard_draft_view(self, request: HttpRequest) -> HttpResponse:
        try:
            state = _read_state(_read_json(request).get("draft"))
        except DraftError as error:
            return JsonResponse({"error": str(error)}, status=400)
        is_gone = state is None or discard_draft(_person(request), state)
        return JsonResponse({"gone": is_gone}, status=200 if is_gone else 409)

    def _question_to_edit(self, request: HttpRequest, pk: object) -> Question | None:
        """The question that a draft is for; None for a new one."""
        if not pk:
            if not self.has_add_permission(request):  # type: ignore[attr-defined]
                raise PermissionDenied
            return None
        question = self.get_object(request, str(pk))  # type: ignore[attr-defined]
        if question is None or not self.has_change_permission(request, question):  # type: ignore[attr-defined]
            raise PermissionDenied
        return question

    # --- the page

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Question | None = None,
    ) -> HttpResponse:
        if self._may_save(request, obj) and not context["is_popup"]:  # type: ignore[attr-defined]
            context |= self._draft_context(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)  # type: ignore[misc]

    def _draft_context(self, request: HttpRequest, question: Question | None) -> dict[str, Any]:
        drafts = list(drafts_of(_person(request), question)[:NEW_DRAFTS_SHOWN])
        authors = _author_names(drafts, question)
        data = {
            "person": request.user.pk,
            "question": question.pk if question else None,
            "live": _live_state(question),
            "isUnsaved": request.method == "POST",
            "savedForms": request.session.get(SAVED_FORMS_KEY, []),
            "saveUrl": reverse("admin:learn_draft_save"),
            "discardUrl": reverse("admin:learn_draft_discard"),
            "loginUrl": f"{reverse('admin:login')}?next={_own_address(question)}",
            "drafts": [
                {
                    **_state_of(draft),
                    "values": draft.values,
                    "labels": {"author": authors.get(draft.values.get("author", ""), "")},
                }
                for draft in drafts
            ],
        }
        return {
            "draft_uid": _posted_uid(request) or uuid.uuid4(),
            "draft_data": json.dumps(data),
        }

    # --- saving

    def save_related(
        self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool
    ) -> None:
        """In the transaction that saves the question, its draft goes."""
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        self.form_was_saved(request)

    def form_was_saved(self, request: HttpRequest) -> None:
        uid = _posted_uid(request)
        if uid is not None:
            forget_saved(_person(request), uid)
            saved = request.session.get(SAVED_FORMS_KEY, [])
            request.session[SAVED_FORMS_KEY] = [*saved, str(uid)][-SAVED_FORMS_KEPT:]


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _own_address(question: Question | None) -> str:
    return change_url(Question, question.pk) if question else reverse("admin:learn_question_add")


def _state_of(draft: Draft) -> dict[str, Any]:
    return {
        "uid": str(draft.uid),
        "version": draft.version,
        "savedAt": draft.saved_at.isoformat(),
    }


def _live_state(question: Question | None) -> dict[str, Any] | None:
    """The live version and, where that is known, whose it is."""
    if question is None:
        return None
    return {"version": question.version, "by": last_editor(question)}


def _author_names(drafts: list[Draft], question: Question | None) -> dict[str, str]:
    """Names by primary key: the form offers authors by search, so it does not know them."""
    names = {str(question.author_id): question.author.name} if question else {}
    chosen = {draft.values.get("author", "") for draft in drafts} - names.keys()
    authors = Author.objects.filter(pk__in=[pk for pk in chosen if pk.isdecimal() and len(pk) < 19])
    return names | {str(pk): name for pk, name in authors.values_list("pk", "name")}


def _posted_uid(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get("draft_uid", ""))
    except ValueError:
        return None


# --- reading what was sent


def _read_json(request: HttpRequest) -> dict[str, Any]:
    try:
        sent = json.loads(request.body)
    except ValueError:
        raise DraftError(_("This is not JSON.")) from None
    if not isinstance(sent, dict):
        raise DraftError(_("Send an object."))
    return sent


def _read_uid(sent: object) -> uuid.UUID:
    try:
        return uuid.UUID(str(sent))
    except ValueError:
        raise DraftError(_("“uid” must be a UUID.")) from None


def _read_state(sent: object) -> DraftState | None:
    if sent is None:
        return None
    if not isinstance(sent, dict) or not isinstance(sent.get("version"), int):
        raise DraftError(_("A draft is named by “uid” and “version”."))
    return DraftState(_read_uid(sent.get("uid")), sent["version"])


def _read_values(sent: object) -> dict[str, str]:
    """Names and values of inputs, as the database can keep them."""
    if not isinstance(sent, dict) or len(sent) > MAX_INPUTS:
        raise DraftError(_("“values” must be an object of at most %d inputs.") % MAX_INPUTS)
    values = {}
    for name, value in sent.items():
        if not INPUT_NAME.fullmatch(name) or not isinstance(value, str):
            raise DraftError(_("“%s” is no input of the form, or its value is no text.") % name)
        # Neither NUL nor halves of a pair can be stored, and nothing could be done with them.
        values[name] = value.replace("\0", "").encode(errors="replace").decode()
    if sum(map(len, values.values())) > MAX_LENGTH:
        raise DraftError(_("A draft may have %d characters at most.") % MAX_LENGTH)
    return values


def _version_in(values: dict[str, str]) -> int | None:
    """The question's version when the form was opened; the column holds 31 bits."""
    text = values.get("opened_version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None

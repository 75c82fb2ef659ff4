"""Decks and tables to download."""

import uuid

from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from learn import decks
from learn.studysets import StudySet, saved_set, subject_set, topic_set
from learn.views.common import answer_not_found, read_only
from learn.views.subjects import page_number

# Raise it when the same questions give another file than before.
DECK_VERSION = 1
MAX_AGE = 3600

CONTENT_TYPES = {
    "apkg": "application/apkg",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}


@read_only
def subject_deck(request: HttpRequest, subject: str, kind: str) -> HttpResponse:
    return _deck(request, subject_set(subject), kind)


@read_only
def topic_deck(request: HttpRequest, topic: str, kind: str) -> HttpResponse:
    return _deck(request, topic_set(topic), kind)


@csrf_exempt
@require_POST
def saved_deck(request: HttpRequest) -> HttpResponse:
    """A deck of the questions whose uids the form sends, at most as many as one part holds.

    It changes nothing and answers everybody alike, so a forged request gains nothing.
    """
    try:
        uids = [uuid.UUID(text) for text in request.POST.getlist("uid")]
    except ValueError:
        return _refuse(_("A uid is not valid."))
    if len(uids) > decks.PART_SIZE:
        return _refuse(
            ngettext(
                "At most %d question goes into one deck.",
                "At most %d questions go into one deck.",
                decks.PART_SIZE,
            )
            % decks.PART_SIZE
        )
    study_set = saved_set(uids)
    questions = decks.part_of(study_set, 1)
    if not questions:
        return _refuse(_("None of these questions is here."))
    response = _file(decks.anki_package(study_set, questions), "apkg", "saved")
    patch_cache_control(response, no_store=True)
    return response


def _refuse(reason: str) -> HttpResponse:
    return HttpResponse(reason, status=400, content_type="text/plain; charset=utf-8")


def _deck(request: HttpRequest, study_set: StudySet | None, kind: str) -> HttpResponse:
    part = page_number(request.GET.get("part", "1"))
    if study_set is None or part is None:
        return answer_not_found(request)
    state = study_set.questions.order_by().aggregate(number=Count("pk"), last=Max("updated_at"))
    if state["number"] == 0 or part > decks.part_count(state["number"]):
        return answer_not_found(request)
    etag = f'"{DECK_VERSION}-{state["number"]}-{state["last"].timestamp()}"'
    fresh = get_conditional_response(request, etag)
    if fresh is not None:
        return fresh
    name = slugify(study_set.title) or "deck"
    response = _file(_content(study_set, kind, part), kind, f"{name}-{part}" if part > 1 else name)
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=MAX_AGE)
    return response


def _content(study_set: StudySet, kind: str, part: int) -> bytes:
    questions = decks.part_of(study_set, part)
    if kind == "apkg":
        return decks.anki_package(study_set, questions)
    table = decks.tsv if kind == "tsv" else decks.csv_table
    return table(questions).encode()


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=CONTENT_TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{kind}"',
            "X-Robots-Tag": "noindex",
        },
    )

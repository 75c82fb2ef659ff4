"""Pages to study with: practice, flashcards, and the answers that a reader has saved.

What a reader knows and saves stays in the reader's browser; the server is told nothing.
"""

import json
import random
import re
import uuid
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from learn.decks import part_count
from learn.inline import sheets_for
from learn.models import Question
from learn.pages import keep, names
from learn.studysets import (
    ROUND_LENGTH,
    Card,
    StudySet,
    for_cards,
    make_card,
    practice_round,
    subject_set,
    topic_set,
)
from learn.views.common import Head, answer_moved, answer_not_found, read_only
from learn.views.subjects import page_number, pager

CARDS_PER_PAGE = 30
SEED_MAX = 999_999
SEED = re.compile(r"[0-9]{1,6}")
CARD_NUMBERS = re.compile(r"[1-9][0-9]?(-[1-9][0-9]?)*")


@read_only
def subject_practice(request: HttpRequest, subject: str) -> HttpResponse:
    return _practice(request, subject_set(subject))


@read_only
def topic_practice(request: HttpRequest, topic: str) -> HttpResponse:
    return _practice(request, topic_set(topic))


@read_only
def subject_flashcards(request: HttpRequest, subject: str) -> HttpResponse:
    return _flashcards(request, subject_set(subject))


@read_only
def topic_flashcards(request: HttpRequest, topic: str) -> HttpResponse:
    return _flashcards(request, topic_set(topic))


@read_only
def saved(request: HttpRequest) -> HttpResponse:
    head = Head(
        title=_("Saved answers | %(site)s") % {"site": settings.SITE_NAME},
        description=_("The answers that you have saved in this browser."),
        address=reverse("learn:saved"),
        share_title=_("Saved answers"),
        is_indexable=False,
    )
    return render(request, "learn/saved.html", {"head": head})


# --- practice


def _practice(request: HttpRequest, study_set: StudySet | None) -> HttpResponse:
    """One card of a round, or how the round went; `seed` says which questions are in it.

    Without JavaScript too: the cards not known yet travel in `missed`.
    """
    if study_set is None:
        return answer_not_found(request)
    if "review" in request.GET:
        return _review(request, study_set, request.GET["review"])
    if "seed" not in request.GET:
        # Rolled anew each time; the links on the card hold the seed.
        response = _show_round(request, study_set, str(random.randint(0, SEED_MAX)), 1, "")
        response["Cache-Control"] = "no-store"
        return response
    seed, number, missed = (
        request.GET.get("seed", ""),
        page_number(request.GET.get("card", "1")),
        request.GET.get("missed", ""),
    )
    if not SEED.fullmatch(seed) or number is None or not _is_numbers(missed):
        return answer_not_found(request)
    return _show_round(request, study_set, seed, number, missed)


def _show_round(
    request: HttpRequest, study_set: StudySet, seed: str, number: int, missed: str
) -> HttpResponse:
    keys = practice_round(study_set.questions, int(seed))
    if number > len(keys):
        return _show_result(request, study_set, keys, missed)
    question = for_cards(Question.objects.all()).get(pk=keys[number - 1])
    following = {"seed": seed, "card": str(number + 1)}
    return _show_card(
        request,
        study_set,
        question,
        number=number,
        total=len(keys),
        knew=_address(study_set, following | {"missed": missed}),
        not_yet=_address(study_set, following | {"missed": _joined(missed, number)}),
    )


def _review(request: HttpRequest, study_set: StudySet, uid: str) -> HttpResponse:
    """One question by its identity: the script asks for those that are due."""
    try:
        wanted = uuid.UUID(uid)
    except ValueError:
        return answer_not_found(request)
    question = for_cards(study_set.questions).filter(uid=wanted).first()
    if question is None:
        return answer_not_found(request)
    start = study_set.page("practice")
    return _show_card(request, study_set, question, number=0, total=0, knew=start, not_yet=start)


def _show_card(
    request: HttpRequest, study_set: StudySet, question: Question, **values: Any
) -> HttpResponse:
    head = _practice_head(study_set, sheets_for(question.answer_html))
    context = {"head": head, "set": study_set, "question": question, **values}
    return render(request, "learn/practice.html", context)


def _show_result(
    request: HttpRequest, study_set: StudySet, keys: list[int], missed: str
) -> HttpResponse:
    numbers = {int(number) for number in missed.split("-") if number}
    missed_keys = [key for number, key in enumerate(keys, start=1) if number in numbers]
    context = {
        "head": _practice_head(study_set),
        "set": study_set,
        "known": len(keys) - len(missed_keys),
        "total": len(keys),
        "questions": Question.objects.for_list().filter(pk__in=missed_keys).order_by("slug"),
    }
    return render(request, "learn/practice_result.html", context)


def _practice_head(study_set: StudySet, sheets: tuple[str, ...] = ()) -> Head:
    names = {"set": study_set.title, "site": settings.SITE_NAME}
    return Head(
        title=_("Practice: %(set)s | %(site)s") % names,
        description=_("Questions to practise in %(set)s.") % names,
        address=study_set.page("practice"),
        share_title=_("Practice: %(set)s") % names,
        is_indexable=False,
        sheets=sheets,
    )


def _address(study_set: StudySet, parameters: dict[str, str]) -> str:
    given = {name: value for name, value in parameters.items() if value}
    return f"{study_set.page('practice')}?{urlencode(given)}"


def _is_numbers(missed: str) -> bool:
    return not missed or (
        CARD_NUMBERS.fullmatch(missed) is not None and missed.count("-") < ROUND_LENGTH
    )


def _joined(missed: str, number: int) -> str:
    numbers = {*map(int, missed.split("-")), number} if missed else {number}
    return "-".join(map(str, sorted(numbers)[:ROUND_LENGTH]))


# --- flashcards


def _flashcards(request: HttpRequest, study_set: StudySet | None) -> HttpResponse:
    number = page_number(request.GET.get("page", "1"))
    if study_set is None or number is None:
        return answer_not_found(request)
    paginator = Paginator(for_cards(study_set.questions), CARDS_PER_PAGE)
    if number > paginator.num_pages:
        return answer_not_found(request)
    if number == 1 and "page" in request.GET:
        return answer_moved(study_set.page("flashcards"))
    page = paginator.page(number)
    cards = [make_card(question) for question in page]
    head = _flashcards_head(study_set, number, has_cards=bool(cards))
    context = {
        "head": head,
        "set": study_set,
        "page": page,
        "pager": pager(page),
        "pager_address": study_set.page("flashcards"),
        "cards": cards,
        "parts": range(1, part_count(paginator.count) + 1),
        "structured_data": _structured_data(study_set, head, page, cards) if cards else "",
    }
    response = render(request, "learn/flashcards.html", context)
    return keep(request, response, {*_names_of(study_set), *names.addresses(page)})


def _names_of(study_set: StudySet) -> list[str]:
    if study_set.topic is not None:
        return [names.topic(study_set.topic.pk), names.keyword(study_set.topic.pk)]
    assert study_set.subject is not None
    return [names.listing(study_set.subject.pk), names.subject(study_set.subject.pk)]


def _flashcards_head(study_set: StudySet, number: int, *, has_cards: bool) -> Head:
    """The first page of a listed subject is for search engines, further ones are not."""
    names = {"set": study_set.title, "site": settings.SITE_NAME, "number": number}
    title = _("Flashcards: %(set)s | %(site)s") % names
    address = study_set.page("flashcards")
    if number > 1:
        title = f"{title} – {_('page %(number)d') % names}"
        address = f"{address}?page={number}"
    return Head(
        title=title,
        description=_("Flashcards with questions and short answers in %(set)s.") % names,
        address=address,
        share_title=_("Flashcards: %(set)s") % names,
        is_indexable=(
            number == 1
            and has_cards
            and study_set.subject is not None
            and study_set.subject.is_listed
        ),
    )


def _structured_data(study_set: StudySet, head: Head, page: Page, cards: list[Card]) -> SafeString:
    """The cards as schema.org has them: the very texts that the page shows."""
    quiz = {
        "@type": "Quiz",
        "@id": f"{head.url}#quiz",
        "url": head.url,
        "name": head.share_title,
        "about": {"@type": "Thing", "name": study_set.title},
        "educationalAlignment": [
            {
                "@type": "AlignmentObject",
                "alignmentType": "educationalSubject",
                "targetName": study_set.title,
            }
        ],
        "hasPart": [
            {
                "@type": "Question",
                "eduQuestionType": "Flashcard",
                "text": card.question.question,
                "acceptedAnswer": {"@type": "Answer", "text": card.text},
            }
            for card in cards
        ],
    }
    data = {"@context": "https://schema.org", "@graph": [quiz, _breadcrumb(study_set, head)]}
    return mark_safe(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))


def _breadcrumb(study_set: StudySet, head: Head) -> dict[str, Any]:
    steps = [
        (_("Subjects"), settings.SITE_URL + reverse("learn:subject_list")),
        (study_set.title, settings.SITE_URL + study_set.address),
        (_("Flashcards"), head.url),
    ]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate(steps, start=1)
        ],
    }

"""How to cite an answer: a page with every style, and files for reference managers."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from learn.citations import STYLES, Source, bibtex, ris
from learn.models import Question
from learn.models.path import QuestionPath
from learn.views.common import Head, answer_moved, read_only
from learn.views.questions import question_detail

QuestionView = Callable[[HttpRequest, Question], HttpResponse]


def _beside_the_page(ending: str) -> Callable[[QuestionView], Callable[..., HttpResponseBase]]:
    """A view at a question's address plus `ending`; without a page it answers as the page would."""

    def decorate(view: QuestionView) -> Callable[..., HttpResponseBase]:
        @read_only
        @wraps(view)
        def answer(request: HttpRequest, subject: str, slug: str) -> HttpResponseBase:
            holders = Question.objects.at(QuestionPath(subject, slug)).for_page()
            question = next((holder for holder in holders if holder.is_published), None)
            if question is not None and question.reader_page is question:
                return view(request, question)
            response = question_detail(request, subject, slug)
            if response.status_code == 301:
                return answer_moved(response.headers["Location"] + ending)
            return response

        return answer

    return decorate


@_beside_the_page("/cite")
def question_cite(request: HttpRequest, question: Question) -> HttpResponse:
    source = source_of(question)
    context = {
        "head": Head(
            title=_("Cite “%(question)s” | %(site)s")
            % {"question": question.question, "site": settings.SITE_NAME},
            description=_("This answer in the styles of APA, MLA, Chicago and Harvard."),
            address=_address("question_cite", question),
            share_title=question.question,
            # Says nothing that the question's page does not.
            is_indexable=False,
            sheets=("answer", "code"),
        ),
        "question": question,
        "references": [(_(name), style(source)) for name, style in STYLES.items()],
        "records": [
            ("BibTeX", bibtex(source), _address("question_bibtex", question)),
            ("RIS", ris(source), _address("question_ris", question)),
        ],
    }
    return render(request, "learn/question_cite.html", context)


@_beside_the_page("/cite.bib")
def question_bibtex(request: HttpRequest, question: Question) -> HttpResponse:
    content_type = "application/x-bibtex; charset=utf-8"
    return _download(bibtex(source_of(question)), content_type, f"{question.slug}.bib")


@_beside_the_page("/cite.ris")
def question_ris(request: HttpRequest, question: Question) -> HttpResponse:
    content_type = "application/x-research-info-systems; charset=utf-8"
    return _download(ris(source_of(question)), content_type, f"{question.slug}.ris")


def source_of(question: Question) -> Source:
    """What is cited. How the answer came about is told where it is stated, as on the page."""
    note = ""
    # A reference is in the language of what it cites.
    with override(settings.CONTENT_LANGUAGE):
        if question.origin == Question.Origin.MACHINE:
            note = _("Machine-written")
        elif question.origin == Question.Origin.REVIEWED:
            note = _("Machine-written, reviewed by %(name)s") % {"name": question.reviewer}
    return Source(
        title=question.question,
        author=question.author.name,
        site=settings.SITE_NAME,
        url=settings.SITE_URL + question.get_absolute_url(),
        date=question.date,
        accessed=timezone.localdate(),
        language=settings.CONTENT_LANGUAGE,
        note=note,
    )


def _address(name: str, question: Question) -> str:
    return reverse(f"learn:{name}", args=[question.subject.slug, question.slug])


def _download(text: str, content_type: str, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Robots-Tag": "noindex",
    }
    return HttpResponse(text, content_type=content_type, headers=headers)

"""Reports and votes: forms on pages of their own, which no cache keeps.

The answer's page only links here, so it stays the same for everybody. A forged request could gain
nothing but a report or a vote, for there is no session; that it comes from the site's own form is
seen from what browsers state of its origin. So these pages need no cookie either.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from learn import feedback
from learn.forms import ReportForm
from learn.http import in_words
from learn.models import Question
from learn.models.path import QuestionPath
from learn.views.common import Head, answer_moved
from learn.views.questions import answer_elsewhere
from learn.visitors import address_of

SEE_OTHER = 303
# As 301, but the browser sends the form again instead of asking for the page.
PERMANENT_REDIRECT = 308


def form_page(view: Callable[[HttpRequest, Question], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page with a form about the question of the address: never stored, never indexed."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, subject: str, slug: str) -> HttpResponse:
        response = _answer(view, request, QuestionPath(subject, slug))
        patch_cache_control(response, no_store=True)
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


def _answer(
    view: Callable[[HttpRequest, Question], HttpResponse], request: HttpRequest, path: QuestionPath
) -> HttpResponse:
    holders = list(Question.objects.at(path).for_page())
    question = next((holder for holder in holders if holder.is_published), None)
    if question is None:
        response = answer_elsewhere(request, path, holders)
        is_moved = response.status_code == 301
        return _move_form(request, response.headers["Location"]) if is_moved else response
    if question.reader_page is not question:
        return _move_form(request, question.reader_page.get_absolute_url())
    if request.method == "POST" and not is_from_this_site(request):
        return _refuse(
            request,
            question,
            status=403,
            title=_("This did not come from our form"),
            text=_("Open the form on this site, and send it from there."),
        )
    try:
        return view(request, question)
    except feedback.TooMany as too_many:
        response = _refuse(
            request,
            question,
            status=429,
            title=_("That is enough for this hour"),
            text=_(
                "From your address we have had as many as we take in one hour. Nothing of this "
                "was kept; please try again in %(time)s."
            )
            % {"time": in_words(too_many.seconds)},
        )
        response["Retry-After"] = str(too_many.seconds)
        return response


def _move_form(request: HttpRequest, page: str) -> HttpResponse:
    """To the same form of the page at this address; what was filled in already goes along."""
    response = answer_moved(f"{page}/{request.path.rpartition('/')[2]}")
    if request.method == "POST":
        response.status_code = PERMANENT_REDIRECT
    return response


def is_from_this_site(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this very site sent the request."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        return urlsplit(origin).netloc == request.get_host()
    except ValueError:
        return False


@form_page
def report(request: HttpRequest, question: Question) -> HttpResponse:
    initial = {"version": question.version}
    if request.method != "POST":
        return _show_form(request, question, ReportForm(initial=initial))
    form = ReportForm(request.POST, initial=initial)
    if form.is_trapped:
        return _thank(question)
    if not form.is_valid():
        return _show_form(request, question, form)
    given = {name: form.cleaned_data[name] for name in ("kind", "text", "contact", "version")}
    feedback.report(question, address=address_of(request), **given)
    return _thank(question)


def _show_form(request: HttpRequest, question: Question, form: ReportForm) -> HttpResponse:
    status = 400 if form.errors else 200
    head = _head(_("Report a problem"), question, "learn:report")
    context = {"head": head, "question": question, "form": form}
    return render(request, "learn/report.html", context, status=status)


@form_page
def helpful(request: HttpRequest, question: Question) -> HttpResponse:
    vote = request.POST.get("helpful")
    if request.method == "POST" and vote in ("yes", "no"):
        if not request.POST.get("website"):
            feedback.vote(question, helpful=vote == "yes", address=address_of(request))
        return _thank(question)
    head = _head(_("Was this helpful?"), question, "learn:helpful")
    status = 400 if request.method == "POST" else 200
    return render(
        request, "learn/helpful.html", {"head": head, "question": question}, status=status
    )


@form_page
def thanks(request: HttpRequest, question: Question) -> HttpResponse:
    head = _head(_("Thank you"), question, "learn:thanks")
    return render(request, "learn/thanks.html", {"head": head, "question": question})


def _thank(question: Question) -> HttpResponse:
    address = _address("learn:thanks", question)
    return HttpResponseRedirect(address, status=SEE_OTHER)


def _refuse(
    request: HttpRequest, question: Question, *, status: int, title: str, text: str
) -> HttpResponse:
    context = {
        "head": _head(title, question, "learn:report"),
        "question": question,
        "title": title,
        "text": text,
    }
    return render(request, "learn/refused.html", context, status=status)


def _head(title: str, question: Question, view_name: str) -> Head:
    return Head(
        title=f"{title} | {settings.SITE_NAME}",
        description=question.question,
        address=_address(view_name, question),
        share_title=title,
        is_indexable=False,
    )


def _address(view_name: str, question: Question) -> str:
    return reverse(view_name, kwargs=question.path._asdict())

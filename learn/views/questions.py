"""A question's page, and what answers where there is none."""

from collections.abc import Iterator
from itertools import zip_longest

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from learn import redirects, search
from learn.frames import render_framed
from learn.models import Question
from learn.models.path import QuestionPath
from learn.models.prepared import SOME_MOMENT, PreparedQuery, PreparedTogether, some_text
from learn.pages import keep, names
from learn.readerpages import TAGS, Keyword, question_context, with_page
from learn.related import LINKS, Links, links_from
from learn.views.common import answer_moved, answer_not_found, read_only

NEIGHBOURS_SHOWN = 5
# Some of what is found may stand in unlisted subjects.
CANDIDATES = 4 * NEIGHBOURS_SHOWN


# All that a page needs, in one statement.
_AT_PATH = PreparedTogether(
    PreparedQuery(
        lambda: (
            Question.objects.at(QuestionPath(some_text(0), some_text(1)))
            .for_page()
            .with_neighbours(SOME_MOMENT)
        ),
        subject=some_text(0),
        slug=some_text(1),
        now=SOME_MOMENT,
    ),
    tags=(TAGS, {"question": "id"}),
    links=(LINKS, {"question": "id", "previous": "previous_id", "following": "next_id"}),
)


@read_only
def question_detail(request: HttpRequest, subject: str, slug: str) -> HttpResponse:
    path = QuestionPath(subject, slug)
    # At most one that is not in the trash, but the trash may hold several.
    holders = _AT_PATH.objects(subject=subject, slug=slug, now=timezone.now())
    question, beside = next((found for found in holders if found[0].is_published), (None, {}))
    if question is None:
        return answer_elsewhere(request, path, [holder for holder, _beside in holders])
    if question.reader_page is not question:
        return answer_moved(question.reader_page.get_absolute_url())
    links = links_from(question, beside["links"])
    tags = [Keyword(*row) for row in beside["tags"]]
    context = question_context(question, links, with_page(tags))
    response = HttpResponse(render_framed("learn/question_detail.html", context))
    return keep(request, response, _names_of(question, links, tags))


def _names_of(question: Question, links: Links, tags: list[Keyword]) -> Iterator[str]:
    yield names.page(question.pk)
    yield names.author(question.author_id)
    yield names.order(question.subject_id)
    yield names.subject(question.subject_id)
    yield from map(names.link, links.targets)
    yield from {names.subject(link.subject_id) for link in links.shown}
    for tag in tags:
        yield names.keyword(tag.pk)


def answer_elsewhere(
    request: HttpRequest, path: QuestionPath, holders: list[Question]
) -> HttpResponse:
    """Where no live page is: its new place (301), else 410 if it is in the trash, else 404.

    A page elsewhere that happens to bear the same slug is no reason to hide a removal.
    """
    recorded = redirects.find_recorded(path)
    if recorded is not None and recorded.is_published:
        redirects.count_hit(path)
        return answer_moved(recorded.reader_page.get_absolute_url())
    for question in (recorded, *holders):
        if question is not None and question.status == Question.Status.TRASHED:
            return render(request, "410.html", {"subject": question.subject}, status=410)
    page = redirects.find_by_slug(path.slug)
    if page is not None:
        return answer_moved(page.get_absolute_url())
    return answer_not_found(request, nearest=_nearest_questions(path))


def _nearest_questions(path: QuestionPath) -> list[Question]:
    """What a search for the slug's words finds, in whatever subject; the neighbours by slug where
    it finds nothing."""
    ids = search.search(path.slug.replace("-", " ")).ids[:CANDIDATES]
    found = Question.objects.canonical_pages().for_list().in_bulk(ids)
    nearest = [found[pk] for pk in ids if pk in found]
    return nearest[:NEIGHBOURS_SHOWN] or _neighbours_by_slug(path)


def _neighbours_by_slug(path: QuestionPath) -> list[Question]:
    """Of the same subject; those that begin most alike come first."""
    listed = Question.objects.indexable().filter(subject__slug=path.subject).for_list()
    before = listed.filter(slug__lt=path.slug).order_by("-slug")[:NEIGHBOURS_SHOWN]
    after = listed.filter(slug__gt=path.slug).order_by("slug")[:NEIGHBOURS_SHOWN]
    nearest = [question for pair in zip_longest(before, after) for question in pair if question]
    nearest.sort(key=lambda question: -_shared_start(question.slug, path.slug))
    return nearest[:NEIGHBOURS_SHOWN]


def _shared_start(one: str, other: str) -> int:
    """How many characters two texts have in common before they part."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))

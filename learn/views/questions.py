"""A question's page, and what answers where there is none."""

from itertools import zip_longest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from learn import redirects, search
from learn.inline import sheets_for
from learn.models import Question, Tag
from learn.models.path import QuestionPath
from learn.share_images import question_image
from learn.structured_data import changed_at, posted_at, question_nodes
from learn.views.common import (
    Alternate,
    ArticleHead,
    Head,
    answer_moved,
    answer_not_found,
    read_only,
)
from learn.views.reading import reading_context

TAGS_SHOWN = 8
NEIGHBOURS_SHOWN = 5
# Some of what is found may stand in unlisted subjects.
CANDIDATES = 4 * NEIGHBOURS_SHOWN
# What search engines show of a description.
DESCRIPTION_MAX_LENGTH = 160


@read_only
def question_detail(request: HttpRequest, subject: str, slug: str) -> HttpResponse:
    path = QuestionPath(subject, slug)
    # At most one that is not in the trash, but the trash may hold several.
    holders = list(Question.objects.at(path).for_page().with_neighbours())
    question = next((holder for holder in holders if holder.is_published), None)
    if question is None:
        return answer_elsewhere(request, path, holders)
    if question.reader_page is not question:
        return answer_moved(question.reader_page.get_absolute_url())
    tags = Tag.objects.with_page().filter(tagged_questions__content_object=question)
    context = {
        "head": _question_head(question),
        "question": question,
        "tags": tags.order_by("tagged_questions__pk")[:TAGS_SHOWN],
        **reading_context(question),
    }
    return render(request, "learn/question_detail.html", context)


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


def _question_head(question: Question) -> Head:
    image = question_image(question)
    return Head(
        title=_page_title(question),
        description=_page_description(question),
        address=question.reader_page.get_absolute_url(),
        share_title=question.question,
        keywords=question.seo_keywords,
        is_indexable=question.is_indexable,
        type="article",
        sheets=sheets_for(question.answer_html),
        image=image,
        article=ArticleHead(
            author=question.author.name,
            published=posted_at(question),
            modified=changed_at(question),
        ),
        nodes=question_nodes(question, image.address),
        alternates=(Alternate("text/markdown", f"{question.get_absolute_url()}.md", ""),),
    )


def _page_title(question: Question) -> str:
    """The editors' title, unless it is empty or only the files' pattern, “QuickTakes | Subject”."""
    names = (question.subject.title, question.subject_label)
    patterns = {f"QuickTakes | {name}".casefold() for name in names if name}
    if question.seo_title and question.seo_title.casefold() not in patterns:
        return question.seo_title
    return f"{question.question} | {settings.SITE_NAME}"


def _page_description(question: Question) -> str:
    """The editors' description, unless it is empty, too long or about “this content”."""
    description = question.seo_description.strip()
    if (
        not description
        or len(description) > DESCRIPTION_MAX_LENGTH
        or description.startswith(("This content", "The content"))
    ):
        return question.summary or question.question
    return description


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

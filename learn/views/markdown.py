"""An answer as Markdown, for people who copy it and programs that read it."""

import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from learn.models import Question
from learn.models.path import QuestionPath
from learn.models.question_queries import LONG_FIELDS
from learn.pages import keep, names
from learn.views.common import answer_moved, read_only
from learn.views.questions import answer_elsewhere


@read_only
def question_markdown(request: HttpRequest, subject: str, slug: str) -> HttpResponse:
    """What leads from the page elsewhere leads from here to that page's Markdown."""
    path = QuestionPath(subject, slug)
    holders = list(
        Question.objects.at(path)
        .select_related("subject", "author", "canonical__subject")
        .defer("answer_html", "seed_source", *(f"canonical__{field}" for field in LONG_FIELDS))
    )
    question = next((holder for holder in holders if holder.is_published), None)
    if question is None:
        response = answer_elsewhere(request, path, holders)
        if response.status_code == 301:
            return answer_moved(f"{response['Location']}.md")
        return response
    if question.reader_page is not question:
        return answer_moved(f"{question.reader_page.get_absolute_url()}.md")
    page = settings.SITE_URL + question.get_absolute_url()
    response = HttpResponse(
        _markdown_document(question, page), content_type="text/markdown; charset=utf-8"
    )
    response["Link"] = f'<{page}>; rel="canonical"'
    response["X-Robots-Tag"] = "noindex"
    shown = (
        names.page(question.pk),
        names.subject(question.subject_id),
        names.author(question.author_id),
    )
    return keep(request, response, shown)


def _markdown_document(question: Question, url: str) -> str:
    front_matter = {
        "title": question.title,
        "url": url,
        "date": question.date,
        "subject": question.subject.title,
        "author": question.author.name,
    }
    fields = yaml.safe_dump(front_matter, sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{fields}---\n\n{question.answer.strip()}\n"

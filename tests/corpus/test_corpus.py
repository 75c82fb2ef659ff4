"""The whole real corpus: loaded, read page by page, given back."""

import html
import random
import re
import unicodedata
from itertools import islice
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from learn import publishing
from learn.models import PendingStep, Question, RelatedQuestion
from learn.seeds.exporter import export_queryset, seed_bytes, seed_files, seed_of
from learn.seeds.report import Report
from tests import real_files
from tests.corpus.conftest import load
from tests.schema import assert_says_what_the_page_shows, check_nodes, graph_of, question_of

# What differs between the databases is in the queries, not in the pages.
STEP = real_files.STEP * (1 if connection.vendor == "sqlite" else 10)

TAG = re.compile(r"<[^>]*>")
ANSWER = re.compile(r'<article id="answer".*?</article>', re.DOTALL)
WORD = re.compile(r"\w+")


@pytest.fixture(scope="module")
def file_count(corpus_dir: Path) -> int:
    return sum(1 for _ in corpus_dir.rglob("*.md"))


@pytest.mark.django_db
def test_every_file_is_taken(loaded: Report, file_count: int) -> None:
    assert (loaded.files, loaded.created, loaded.refused, loaded.conflicts) == (
        file_count,
        file_count,
        [],
        [],
    )
    assert Question.objects.published().count() == file_count
    assert not PendingStep.objects.exists()


@pytest.mark.django_db
def test_at_most_four_formulas_fail_and_each_is_told(loaded: Report) -> None:
    formulas = [warning for warning in loaded.warnings if warning["code"] == "formula"]
    assert len(formulas) <= 4
    assert {warning["code"] for warning in loaded.warnings} <= {"formula", "move"}


@pytest.mark.django_db
def test_second_load_leaves_everything_unchanged(
    loaded: Report, corpus_dir: Path, shared_dir: Path, file_count: int
) -> None:
    newest = Question.objects.order_by("-updated_at").values_list("updated_at", flat=True)[0]
    report = load(corpus_dir, shared_dir)
    assert (report.unchanged, report.created, report.updated) == (file_count, 0, 0)
    assert not Question.objects.filter(updated_at__gt=newest).exists()
    assert report.moved == loaded.moved


@pytest.mark.django_db
def test_every_file_comes_back_byte_for_byte_without_stored_bytes(
    loaded: Report, corpus_dir: Path, file_count: int
) -> None:
    assert not Question.objects.filter(seed_source__isnull=False).exists()
    written = 0
    for name, data in seed_files(export_queryset()):
        assert data == (corpus_dir / name).read_bytes(), name
        written += 1
    assert written == file_count


@pytest.mark.django_db
def test_edit_of_one_title_changes_three_lines_of_one_file(
    loaded: Report, corpus_dir: Path
) -> None:
    question = Question.objects.filter(canonical=None, copies=None).order_by("slug")[100]
    before = Question.objects.values_list("pk", "version")
    versions = dict(before)
    name = f"{question.subject.slug}/{question.slug}.md"
    question.title = "A title that an editor wrote?"
    publishing.save_question(question)
    assert [pk for pk, version in before.all() if versions[pk] != version] == [question.pk]
    old = (corpus_dir / name).read_text().split("\n")
    new = seed_bytes(seed_of(Question.objects.get(pk=question.pk))).decode().split("\n")
    changed = [i for i, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
    assert len(changed) == 3
    for line, key in zip(changed, ("title", "article_title", "question"), strict=True):
        at_key = new[line] if not new[line].startswith("    ") else new[line - 1]
        assert at_key.startswith(f"{key}:")


@pytest.mark.django_db
def test_copies_lead_to_canonical_pages_that_lead_nowhere(loaded: Report) -> None:
    assert loaded.copies > 1500
    copies = Question.objects.filter(canonical__isnull=False)
    assert not copies.filter(canonical__canonical__isnull=False).exists()
    assert not copies.filter(canonical__subject__is_listed=False, subject__is_listed=True).exists()


@pytest.mark.django_db
def test_references_to_pages_that_exist_are_resolved(loaded: Report) -> None:
    paths = {
        str(q.path) for q in Question.objects.select_related("subject").only("slug", "subject")
    }
    missing = RelatedQuestion.objects.filter(target=None).values_list("url", flat=True)
    assert paths.isdisjoint(missing)
    assert len(missing) < RelatedQuestion.objects.count() / 4


def words(text: str) -> list[str]:
    """Its words, as letters of one form: formulas use letters of mathematical alphabets."""
    return WORD.findall(unicodedata.normalize("NFKD", text).casefold())


def last_words(markdown: str) -> list[str]:
    """The last plain words of an answer: those after its last formula, code or mark-up."""
    plain = re.split(r"[$\\`|*_<>\[\](){}#&~^]", markdown.rstrip(" *_.\n`"))[-1]
    return words(plain)[-6:]


@pytest.mark.django_db
def test_every_page_answers_with_its_whole_answer_or_one_redirect(
    loaded: Report, client: Client
) -> None:
    pages, copies, with_words = 0, 0, 0
    questions = (
        Question.objects.published()
        .select_related("subject", "canonical__subject")
        .only("answer", "slug", "subject", "canonical__slug", "canonical__subject")
    )
    for question in islice(questions.iterator(chunk_size=500), None, None, STEP):
        response = client.get(question.get_absolute_url())
        if question.canonical is not None:
            assert response.status_code == 301
            assert response.headers["Location"] == question.canonical.get_absolute_url()
            copies += 1
            continue
        assert response.status_code == 200, question.path
        article = ANSWER.search(response.content.decode())
        assert article is not None, question.path
        shown = words(html.unescape(TAG.sub(" ", article[0])))
        expected = last_words(question.answer)
        assert shown[len(shown) - len(expected) :] == expected, question.path
        pages += 1
        with_words += bool(expected)
    assert pages + copies == -(-loaded.files // STEP)
    # The others end with a formula, code or a number of symbols.
    assert with_words > 0.9 * pages


@pytest.mark.django_db
def test_structured_data_of_500_random_pages_says_what_the_pages_show(
    loaded: Report, client: Client, settings: object
) -> None:
    settings.SITE_URL = "https://site.example"  # type: ignore[attr-defined]
    pages = Question.objects.published().filter(canonical=None).order_by("slug", "pk")
    chosen = random.Random(3).sample(list(pages.values_list("pk", flat=True)), 500)
    for question in pages.filter(pk__in=chosen).select_related("subject"):
        page = client.get(question.get_absolute_url()).content.decode()
        nodes = graph_of(page)
        check_nodes(nodes, "https://site.example")
        entity = question_of(nodes)
        assert entity["name"] == question.title
        assert_says_what_the_page_shows(entity["acceptedAnswer"]["text"], page)

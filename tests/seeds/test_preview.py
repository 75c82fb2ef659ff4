"""What a load would do with each file, and that it then does just that."""

import pytest

from learn import publishing
from learn.models import Question
from learn.seeds.importer import load_seeds
from learn.seeds.preview import Outcome, preview_files
from learn.seeds.sources import SourceFile
from tests.seeds.builders import seed_file, sources

pytestmark = pytest.mark.django_db


def outcomes(*files: bytes) -> list[str]:
    return [preview.outcome for preview in preview_files(sources(*files))]


def edit(slug: str) -> None:
    question = Question.objects.select_related("subject", "author").get(slug=slug)
    question.answer = "Edited at the desk."
    publishing.save_question(question)


def test_each_file_is_foretold_as_it_is_then_loaded() -> None:
    before = [seed_file(slug) for slug in ("same", "changed", "contested", "edited")]
    load_seeds(sources(*before))
    edit("contested")
    edit("edited")
    files = [
        before[0],
        seed_file("changed", answer="New."),
        seed_file("contested", answer="New."),
        # The file is as it was taken: what was edited here stays.
        before[3],
        seed_file("new"),
        b"no front matter",
    ]
    assert outcomes(*files) == ["same", "changed", "conflict", "same", "new", "refused"]
    report = load_seeds(sources(*files))
    assert (report.unchanged, report.updated, report.created) == (2, 1, 1)
    assert (len(report.conflicts), len(report.refused)) == (1, 1)


def test_another_layout_of_the_same_content_is_no_change() -> None:
    load_seeds(sources(seed_file("a")))
    assert outcomes(seed_file("a", folded_title=False)) == ["same"]


def test_second_file_for_one_question_is_refused() -> None:
    first, second = preview_files(sources(seed_file("a"), seed_file("a", answer="Other.")))
    assert (first.outcome, second.outcome) == (Outcome.NEW, Outcome.REFUSED)
    assert second.reason == "another of these files has the url /learn/biology/questions/a"


def test_file_under_a_former_address_belongs_to_the_renamed_question() -> None:
    load_seeds(sources(seed_file("a")))
    question = Question.objects.select_related("subject", "author").get()
    question.slug = "renamed"
    publishing.save_question(question)
    files = sources(seed_file("a", answer="Old place."), seed_file("renamed", answer="New place."))
    first, second = preview_files(files)
    assert first.question == question
    assert second.reason.startswith("another of these files belongs to the same question")


def test_what_could_not_be_read_is_refused_with_its_reason() -> None:
    (preview,) = preview_files([SourceFile("a.md", refusal="cannot be unpacked: too short")])
    assert (preview.outcome, preview.reason) == ("refused", "cannot be unpacked: too short")


def test_looking_writes_nothing() -> None:
    load_seeds(sources(seed_file("a")))
    before = Question.objects.values().get()
    outcomes(seed_file("a", answer="New."), seed_file("b", subject="unheard-of"))
    assert Question.objects.values().get() == before

"""Pages whose files are missing are unpublished, and come back with them."""

import datetime

import pytest

from learn import publishing
from learn.models import (
    Question,
)
from learn.seeds.importer import load_seeds
from learn.seeds.options import Options
from learn.seeds.sources import SourceFile
from tests.seeds.builders import counts, load, seed_file, sources

pytestmark = pytest.mark.django_db

DAY = datetime.datetime(2025, 2, 6, tzinfo=datetime.UTC)


def test_prune_unpublishes_what_is_missing_and_the_files_return_undoes_it() -> None:
    both = (seed_file("a"), seed_file("b"))
    load(*both)
    report = load(both[0], prune=True, force=True)
    assert report.pruned == 1
    gone = Question.objects.get(slug="b")
    assert (gone.status, gone.is_published) == (Question.Status.UNPUBLISHED, False)
    assert counts(load(*both)) == (0, 0, 2, 0, 0)
    back = Question.objects.get(slug="b")
    assert (back.status, back.pruned_at) == (Question.Status.PUBLISHED, None)


def test_changed_file_brings_a_pruned_question_back() -> None:
    load(seed_file("a"), seed_file("b"))
    load(seed_file("a"), prune=True, force=True)
    load(seed_file("b", answer="New."))
    assert Question.objects.get(slug="b").is_published


def test_files_return_does_not_publish_what_an_editor_unpublished() -> None:
    load(seed_file("a"), seed_file("b"))
    load(seed_file("a"), prune=True, force=True)
    publishing.set_status(Question.objects.filter(slug="b"), Question.Status.DRAFT)
    load(seed_file("a"), seed_file("b"))
    assert Question.objects.get(slug="b").status == Question.Status.DRAFT


def test_prune_of_more_than_a_twentieth_is_refused_without_force() -> None:
    files = [seed_file(f"q-{number:02}") for number in range(20)]
    load(*files)
    assert load(*files[1:], prune=True).pruned == 1
    assert load(*files[3:], prune=True).prune_refused == (
        "2 pages are missing from the files, more than 5 % (0); nothing was unpublished. "
        "Check the path, or add --force."
    )
    assert Question.objects.published().count() == 19


def test_prune_spares_a_page_whose_file_is_damaged_and_one_made_at_the_desk() -> None:
    load(seed_file("a"), seed_file("b"))
    Question.objects.filter(slug="a").update(seed_hash="")  # made at the desk
    files = [SourceFile("seeds/biology/b.md", b"---\nbroken")]
    assert load_seeds(files, Options(prune=True, force=True)).pruned == 0


def test_prune_is_refused_when_an_archive_could_not_be_read_whole() -> None:
    load(seed_file("a"), seed_file("b"))
    files = [*sources(seed_file("a")), SourceFile("seeds.tar", refusal="the archive is damaged")]
    report = load_seeds(files, Options(prune=True, force=True))
    assert report.prune_refused.startswith("A folder or an archive could not be read whole")
    assert Question.objects.published().count() == 2

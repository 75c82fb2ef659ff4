"""A small part of the large fuzz of `make soak`: the same code, the first few hundred items."""

from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser

from learn.models import Question
from learn.rendering import render
from learn.seeds.importer import load_seeds
from learn.seeds.sources import SourceFile
from soak.browser import springs
from soak.fuzz import SEED, fuzz_seed_files, fuzz_texts, limited, text_of
from soak.fuzz import TooSlow as Stopped
from soak.hostile import SCRIPTS
from soak.markup import running_parts
from soak.mutations import mutated

FILES, TEXTS = 300, 150


@pytest.fixture(scope="module")
def files(fixtures_dir: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(fixtures_dir.rglob("*.md"))]


def test_spoilt_seed_files_crash_nothing_hang_nothing_and_run_nothing(files: list[bytes]) -> None:
    result = fuzz_seed_files(files, range(FILES))
    assert result.failures == [], str(result)
    # Some are taken, some are not: otherwise nothing was tried.
    assert 0 < result.refused < FILES


def test_hostile_texts_crash_nothing_hang_nothing_and_run_nothing() -> None:
    result = fuzz_texts(range(TEXTS))
    assert result.failures == [], str(result)


@pytest.mark.django_db
def test_import_of_spoilt_files_takes_or_refuses_each_and_takes_none_twice(
    files: list[bytes],
) -> None:
    sources = [
        SourceFile(f"spoilt/{number}.md", mutated(files, SEED, number)) for number in range(FILES)
    ]
    report = load_seeds(sources)
    taken = report.created + report.updated + report.unchanged
    assert (report.files, taken + len(report.refused)) == (FILES, FILES)
    assert report.created == Question.objects.count()
    again = load_seeds(sources)
    assert (again.created, again.updated) == (0, 0)
    # The connection was not left in a broken transaction.
    assert not connection.needs_rollback


def test_same_seed_and_number_give_the_same_item(files: list[bytes]) -> None:
    assert mutated(files, SEED, 7) == mutated(files, SEED, 7) != mutated(files, SEED, 8)
    assert text_of(7) == text_of(7) != text_of(8)


def test_endless_item_is_stopped_and_reported() -> None:
    with pytest.raises(Stopped), limited(0.05):
        sum(1 for _ in iter(int, 1))


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        "<img src=x onerror=x>",
        "<svg><a xlink:href='java\tscript:x'>y</a></svg>",
        "<a href=' &#1;JAVASCRIPT:x'>y</a>",
        "<form action=/>",
    ],
)
def test_what_could_run_is_found_in_html_that_was_not_cleaned(html: str) -> None:
    assert list(running_parts(html))


@pytest.mark.browser
def test_200_hostile_texts_open_no_dialog_in_a_browser(browser: Browser) -> None:
    # The trap itself works.
    assert springs(browser, "".join(SCRIPTS[4:5]))
    for start in range(0, 200, 25):
        texts = [text_of(number) for number in range(start, start + 25)]
        html = "".join(f"<section>{render(text).html}</section>" for text in texts)
        assert not springs(browser, html), f"texts {start} to {start + 24}"

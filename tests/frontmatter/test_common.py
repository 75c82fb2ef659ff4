"""The common layout: read as PyYAML reads it, and written back byte for byte."""

import random
from pathlib import Path

import pytest
import yaml

from learn.frontmatter import COMMON_BODY, FrontMatter, compose, read_common
from learn.frontmatter.common import document_from
from tests.frontmatter.mutations import mutated
from tests.frontmatter.samples import COMMON, front, pyyaml_reads
from tests.real_files import STEP, real_files


def parse_common(text: str) -> FrontMatter | None:
    common = read_common(text.encode())
    return document_from(common) if common else None


def check_common(path: Path) -> bool:
    """Whether a file is of the common layout; if so, PyYAML reads the same."""
    text = path.read_bytes().decode()
    document = parse_common(text)
    if document is None:
        return False
    assert document.fields == pyyaml_reads(front(text.encode())), path
    assert compose(document.fields, folded_title=bool(document.folded_title)) == text, path
    return True


def test_every_real_file_is_read_as_pyyaml_reads_it_and_given_back(corpus_dir: Path) -> None:
    paths = real_files(corpus_dir)
    assert len(paths) > 28_000 / STEP
    assert [path for path in paths if not check_common(path)] == []


def test_every_fixture_is_read_as_pyyaml_reads_it_and_given_back(fixtures_dir: Path) -> None:
    paths = sorted(fixtures_dir.glob("*/*.md"))
    assert len(paths) > 40
    assert [path for path in paths if not check_common(path)] == []


@pytest.mark.parametrize("form", COMMON)
def test_each_form_is_read_and_given_back(form: str) -> None:
    text = COMMON[form]
    document = parse_common(text)
    assert document is not None
    assert document.fields == pyyaml_reads(front(text.encode()))
    assert document.body == COMMON_BODY
    assert document.folded_title is not form.startswith("plain")
    assert compose(document.fields, folded_title=bool(document.folded_title)) == text


def test_mutated_files_are_read_as_pyyaml_reads_them_or_not_at_all() -> None:
    chance = random.Random(20250206)
    accepted = 0
    for number in range(6_000):
        text = mutated(list(COMMON.values())[number % len(COMMON)], chance)
        document = parse_common(text)
        if document is not None:
            accepted += 1
            assert document.fields == pyyaml_reads(front(text.encode())), text
            assert compose(document.fields, folded_title=bool(document.folded_title)) == text
            # A plain scalar that YAML takes for null would not be the text that was read.
            assert None not in yaml.safe_load(front(text.encode())).values()
    # Enough of both: most mutations leave the layout, many inside a text do not.
    assert 1_000 < accepted < 5_000

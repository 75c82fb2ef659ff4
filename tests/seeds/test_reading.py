"""Bytes -> Seed -> the same bytes, whatever the layout."""

from dataclasses import replace
from pathlib import Path

import pytest

from learn.frontmatter import FrontMatterError
from learn.seeds.exporter import seed_bytes
from learn.seeds.reading import SeedWarning, read_seed, seed_hash
from learn.seeds.seed import Seed
from tests.frontmatter.samples import COMMON, PLAIN, uncommon_files
from tests.real_files import STEP, real_files

UNCOMMON_FILES = uncommon_files()


def seed_in(data: bytes) -> Seed:
    return read_seed(data)[0]


def warnings_of(text: str) -> list[SeedWarning]:
    return read_seed(text.encode())[1]


def without_source(seed: Seed) -> Seed:
    return replace(seed, layout=replace(seed.layout, source=None))


def test_every_real_file_is_read_and_reproduced_from_its_fields(corpus_dir: Path) -> None:
    paths = real_files(corpus_dir)
    assert len(paths) > 28_000 / STEP
    with_source = []
    for path in paths:
        data = path.read_bytes()
        seed, warnings = read_seed(data)
        assert seed.path == (path.parent.name, path.stem)
        assert warnings == [], path
        assert seed_bytes(seed) == data, path
        if seed.layout.source is not None:
            with_source.append(path)
        else:
            assert seed_bytes(without_source(seed)) == data, path
    assert with_source == []


def test_founding_seed_is_reproduced_from_its_fields(founding_seed: bytes) -> None:
    seed, warnings = read_seed(founding_seed)
    assert warnings == []
    assert seed.seed_id == 170555
    assert seed.layout.folded_title is False
    assert seed.layout.source is None
    assert seed_bytes(seed) == founding_seed


@pytest.mark.parametrize("form", COMMON)
def test_common_layout_needs_no_source(form: str) -> None:
    data = COMMON[form].encode()
    seed = seed_in(data)
    assert seed.layout.source is None
    assert seed_bytes(seed) == data


@pytest.mark.parametrize("name", UNCOMMON_FILES)
def test_another_layout_is_kept_as_source_and_given_back(name: str) -> None:
    data = UNCOMMON_FILES[name]
    seed = seed_in(data)
    assert seed.layout.source == data
    assert seed_bytes(seed) == data


@pytest.mark.parametrize("name", UNCOMMON_FILES)
def test_another_layout_without_its_source_still_says_the_same(name: str) -> None:
    seed = seed_in(UNCOMMON_FILES[name])
    assert seed_in(seed_bytes(without_source(seed))) == seed


@pytest.mark.parametrize("name", UNCOMMON_FILES)
def test_changed_seed_of_another_layout_says_the_change(name: str) -> None:
    changed = replace(
        seed_in(UNCOMMON_FILES[name]),
        title="What is new: this?",
        answer="New.\n\nText.",
        score=2.0,
        related=(),
    )
    data = seed_bytes(changed)
    assert seed_in(data) == changed
    assert data.startswith(b"\xef\xbb\xbf") is ("byte-order-mark" in name)
    assert (b"\r\n" in data) is ("cr-lf" in name)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # The fields hold no more than the value: its spelling is in the source alone.
        ("id: 4711", "id: 04711"),
        ("score: -1.0", "score: -1"),
        ("answer: >-", "no_index: false\nanswer: >-"),
        ("article_title: >-\n    What does a cell membrane do?", "article_title: ''"),
        ("\nauthor", "\nlevel: A2\nauthor"),
        ("file_name: what-", "file_name: that-"),
    ],
)
def test_spelling_that_fields_do_not_hold_is_kept_as_source(old: str, new: str) -> None:
    text = COMMON["folded-score"]
    assert text.count(old) == 1
    data = text.replace(old, new).encode()
    seed = seed_in(data)
    assert seed.layout.source == data
    assert seed_bytes(seed) == data


def test_related_articles_with_gaps_in_their_numbers_are_given_back() -> None:
    data = COMMON["plain-related"].replace("related_article2", "related_article7").encode()
    seed = seed_in(data)
    assert [article.seed_id for article in seed.related] == [-12, 99]
    assert seed_bytes(seed) == data


def test_unknown_keys_after_the_known_ones_need_no_source() -> None:
    lines = 'level: "A2"\n"x: y": {"a": [null, "\\u2028"]}\n'
    data = COMMON["folded"].replace("---\n\n", f"{lines}---\n\n").encode()
    seed, warnings = read_seed(data)
    assert seed.layout.extra == lines
    assert seed.layout.source is None
    assert seed_bytes(seed) == data
    assert [warning.detail for warning in warnings] == [
        "level is kept but not used",
        "x: y is kept but not used",
    ]


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        (
            "&nbsp;",
            "More.",
            SeedWarning("body", "text below the front matter is kept but not shown"),
        ),
        (
            "\nauthor",
            "\nlevel: A2\nauthor",
            SeedWarning("unknown-key", "level is kept but not used"),
        ),
        (
            "\nauthor",
            '\n"\\e[2J": A2\nauthor',
            SeedWarning("unknown-key", "\\x1b[2J is kept but not used"),
        ),
        (
            "  page_description",
            "  canonical: /x\n  page_description",
            SeedWarning("unknown-key", "seo.canonical is kept but not used"),
        ),
        (
            "url: /learn/biology/questions/what-does",
            "related_article1: {title: a, url: /b, level: c}\n"
            "url: /learn/biology/questions/what-does",
            SeedWarning("unknown-key", "related_article1.level is kept but not used"),
        ),
        (
            "file_name: what-does-a-cell",
            "file_name: What-does-a-cell",
            SeedWarning(
                "file-name",
                "file_name is not the slug of the url: “What-does-a-cell-membrane-do.md”",
            ),
        ),
        (
            "file_name: what-does-a-cell-membrane-do.md",
            "file_name: [a.md]",
            SeedWarning("file-name", "file_name is not the slug of the url: a list"),
        ),
        (
            "MMM DD, YYYY",
            "MMM of YYYY",
            SeedWarning("date-format", "unknown tokens of in MMM of YYYY"),
        ),
    ],
)
def test_odd_file_is_taken_with_one_warning(old: str, new: str, warning: SeedWarning) -> None:
    assert PLAIN.count(old) == 1
    text = PLAIN.replace(old, new)
    assert warnings_of(text) == [warning]
    assert seed_bytes(seed_in(text.encode())) == text.encode()


@pytest.mark.parametrize("body", ["", "\n", "\n&nbsp;\n", "  &nbsp;  "])
def test_empty_body_is_nothing_odd(body: str) -> None:
    assert warnings_of(PLAIN.replace("\n&nbsp;", body)) == []


def test_refusal_of_either_reader_has_line_and_reason() -> None:
    for first in ("", "\n"):
        with pytest.raises(FrontMatterError) as caught:
            read_seed((first + PLAIN.replace("id: 4711", "id: 47-11")).encode())
        assert caught.value.line == 3 + len(first)
        assert caught.value.reason == "id: expected a whole number, found “47-11”"


def test_hash_is_that_of_the_bytes() -> None:
    assert seed_hash(b"") == "cae66941d9efbd404e4d88758ea67670"
    assert seed_hash(PLAIN.encode()) != seed_hash(PLAIN.encode() + b"\n")

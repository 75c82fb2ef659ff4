"""The short way from a file of the common layout to its Seed, held against the long way."""

import random
from pathlib import Path

import pytest

from learn.frontmatter import FrontMatterError, compose, parse_any, read_common
from learn.seeds.common import seed_from_common
from learn.seeds.mapping import fields_from, seed_from
from learn.seeds.seed import Seed
from tests.frontmatter.mutations import mutated
from tests.frontmatter.samples import COMMON


def short_way(data: bytes) -> Seed | None:
    common = read_common(data)
    return seed_from_common(common) if common else None


def check_ways_agree(data: bytes) -> bool:
    """Whether the file takes the short way; if so, the long way says the same, and the fields
    write the file."""
    seed = short_way(data)
    if seed is None:
        return False
    assert seed_from(parse_any(data)) == seed, data
    layout = seed.layout
    assert (layout.extra, layout.source) == ("", None)
    assert compose(fields_from(seed), folded_title=layout.folded_title).encode() == data
    return True


def test_every_real_file_takes_the_short_way(corpus_dir: Path) -> None:
    paths = sorted(corpus_dir.glob("*/*.md"))
    assert len(paths) > 28_000
    assert [path for path in paths if short_way(path.read_bytes()) is None] == []


def test_both_ways_agree_on_real_files(corpus_dir: Path) -> None:
    paths = sorted(corpus_dir.glob("*/*.md"))[::20]
    assert all(check_ways_agree(path.read_bytes()) for path in paths)


def test_both_ways_agree_on_mutated_files() -> None:
    chance = random.Random(20241106)
    taken = 0
    for number in range(6_000):
        text = mutated(list(COMMON.values())[number % len(COMMON)], chance)
        taken += check_ways_agree(text.encode())
    # Enough of both: most mutations leave the layout, many inside a text do not.
    assert 1_000 < taken < 5_000


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: 4711", "id: 04711"),
        ("id: 4711", "id: -0"),
        ("id: 4711", "id: 47-11"),
        ("id: 4711", f"id: {2**63}"),
        ("date: 2025-02-06", "date: 20250206"),
        ("date: 2025-02-06", "date: 2025-02-30"),
        ("score: -1.0", "score: -1"),
        ("score: -1.0", "score: 1-0"),
        ("score: -1.0", f"score: {'9' * 400}"),
        ("author: QuickTakes", f"author: {'x' * 201}"),
        ("subject: Biology\nfile", f"subject: {'x' * 201}\nfile"),
        ("  title: QuickTakes", f"  title: {'x' * 501}"),
        ("question: >-\n    What", "question: >-\n    \u00a0"),
        ("    It chooses", f"    {chr(92)}n\u00a0"),
        ("file_name: what", "file_name: that"),
        ("url: /learn/biology", "url: /Learn/biology"),
        ("url: /learn/biology", f"url: /learn/{'x' * 256}"),
        ("    id: 99", "    id: 099"),
        ("    subject: Chemistry", f"    subject: {'x' * 201}"),
        ("    url: /learn/chemistry", f"    url: /{'x' * 501}"),
        ("related_article2", "related_article3"),
    ],
)
def test_file_with_an_oddity_takes_the_long_way(old: str, new: str) -> None:
    text = COMMON["plain-related"]
    data = text.replace(old, new).encode()
    if "\u00a0" in new:
        # A blank value, and nothing behind it.
        start = data.index(new.encode()) + len(new.encode())
        data = data[:start] + data[data.index(b"\n", start) :]
    assert data != text.encode()
    assert short_way(text.encode()) is not None
    assert short_way(data) is None


def test_file_of_the_longest_values_takes_the_short_way_and_a_longer_one_does_not() -> None:
    text = COMMON["folded"]
    title = "What does a cell membrane do?"
    assert short_way(text.replace(title, "x" * 500).encode()) is not None
    longer = text.replace(title, "x" * 501).encode()
    assert short_way(longer) is None
    with pytest.raises(FrontMatterError, match="line 5: title: has 501 characters"):
        seed_from(parse_any(longer))

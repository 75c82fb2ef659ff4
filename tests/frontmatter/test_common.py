"""The common layout: read as PyYAML reads it, and written back byte for byte."""

import random
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learn.frontmatter import COMMON_BODY, Fields, compose, compose_extra, parse
from learn.frontmatter.common import parse_common
from tests.frontmatter.samples import COMMON, front, pyyaml_reads
from tests.frontmatter.strategies import KEYS, VALUES, generated_fields


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
    paths = sorted(corpus_dir.glob("*/*.md"))
    assert len(paths) > 28_000
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


@pytest.mark.parametrize("folded_title", [False, True])
@settings(deadline=None, max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(fields=generated_fields())
def test_any_composed_text_reads_back(fields: Fields, folded_title: bool) -> None:
    text = compose(fields, folded_title=folded_title)
    document = parse(text.encode())
    assert document.fields == fields
    assert document.body == COMMON_BODY


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(extra=st.dictionaries(KEYS, VALUES, min_size=1, max_size=3))
def test_further_keys_read_back(extra: Fields) -> None:
    fields: Fields = {"title": "What is osmosis?"}
    extra.pop("title", None)
    text = compose(fields, folded_title=True, extra=compose_extra(extra))
    assert parse(text.encode()).fields == fields | extra


def test_unusual_value_of_a_known_key_reads_back() -> None:
    fields: Fields = {
        "title": ["a", None],
        "seo": {},
        "author": {"name": "b: c"},
        "related_article1": "none",
        "related_article2": {"title": ["d"], "note: 1": {"e": "f"}},
    }
    assert parse(compose(fields, folded_title=True).encode()).fields == fields


def test_keys_are_written_in_the_order_of_the_layout() -> None:
    fields: Fields = {"related_article10": {"id": "2"}, "related_article9": {"id": "1"}}
    fields |= {"url": "/", "id": "3"}
    assert compose(fields, folded_title=True) == (
        "---\nid: 3\nurl: /\nrelated_article9:\n    id: 1\nrelated_article10:\n    id: 2\n"
        "---\n\n&nbsp;"
    )


def test_lines_of_an_answer_that_holds_line_breaks_stay_readable() -> None:
    text = compose({"answer": "One\n\n  two\n"}, folded_title=True)
    assert text == "---\nanswer: |4\n    One\n\n      two\n---\n\n&nbsp;"


# What is put in, or in the place of something, by a mutation.
SCRAPS = [
    *(
        "\n",
        "\n\n",
        " ",
        "  ",
        "    ",
        "\t",
        "\r",
        ": ",
        ":",
        " #",
        "#",
        "-",
        "--- ",
        "---\n",
        "...\n",
    ),
    *(
        "'",
        '"',
        "|",
        ">",
        ">-",
        ">-\n",
        "[",
        "{",
        "}",
        ",",
        "&a ",
        "*a",
        "!!str ",
        "? ",
        "%",
        "@",
        "`",
    ),
    *(
        "null",
        "Null",
        "~",
        "True",
        "no_index: True\n",
        "score: 1\n",
        "url: /\n",
        "\\",
        "\\n",
        "<<: ",
    ),
    *(
        "\x85",
        "\u2028",
        "\ufeff",
        "\xa0",
        "é",
        "\x00",
        "\x7f",
        "０",
        "²",
        "/",
        "0",
        "-0",
        "related_article3:\n",
    ),
]


def mutated(text: str, chance: random.Random) -> str:
    """The text with some of it taken out, doubled, moved or replaced."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        lines = text.split("\n")
        place, end = sorted((chance.randrange(len(text)), chance.randrange(len(text))))
        line = chance.randrange(len(lines))
        match chance.randrange(6):
            case 0 | 1:
                text = text[:place] + chance.choice(SCRAPS) + text[place:]
            case 2:
                text = text[:place] + chance.choice(SCRAPS) + text[place + 1 :]
            case 3:
                text = text[:place] + text[min(end, place + 3) :]
            case 4:
                text = "\n".join([*lines[:line], *lines[line + 1 :]])
            case 5:
                indented = " " * chance.randrange(5) + lines[line].strip()
                text = "\n".join([*lines[:line], indented, *lines[line + chance.randrange(2) :]])
    return text


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

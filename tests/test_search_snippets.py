"""Passages of answers as the search's results show them."""

import pytest

from learn.search.snippets import LENGTH, snippet
from learn.search.words import fold, query_words, split_words, stem
from tests.conftest import ROOT

FILLER = "<p>" + "Nothing of it stands here. " * 20 + "</p>"


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("carry", "carried"),
        ("relational", "relate"),
        ("hoping", "hopes"),
        ("sizing", "sized"),
        ("ER", "er"),
        ("café", "CAFÉ"),
        ("x", "x"),
    ],
)
def test_passage_is_where_a_word_with_another_ending_stands(asked, written):
    found = snippet(f"{FILLER}<p>So {written} it is.</p>{FILLER}", query_words(asked))
    assert f"<mark>{written}</mark>" in found
    assert found.startswith("…")
    assert found.endswith("…")


def test_passage_is_where_most_of_the_words_stand():
    text = f"<p>A tide.</p>{FILLER}<p>A tide of the moon &amp; sun.</p>{FILLER}<p>The moon.</p>"
    found = snippet(text, ["moon", "tide"])
    assert "<mark>tide</mark> of the <mark>moon</mark> &amp; sun" in found


@pytest.mark.parametrize("text", ["a subtide", "a sub-tide", "sub_tide", "tide_sub", "5tide"])
def test_word_counts_as_a_whole_alone(text):
    found = snippet(f"{FILLER}<p>{text}</p>", ["tide"])
    assert ("<mark>" in found) == (text in ("a sub-tide", "sub_tide", "tide_sub"))


def test_without_the_words_it_is_the_answers_beginning():
    found = snippet(f"<p>It begins.</p>{FILLER}", ["tide"])
    assert found.startswith("It begins. Nothing")
    assert len(found) <= LENGTH + 1


def test_words_begin_like_their_stems_but_for_a_last_letter(seeds_text):
    assert len(seeds_text) > 1_000
    assert [word for word in seeds_text if not word.startswith(stem(word)[:-1])] == []


@pytest.fixture(scope="module")
def seeds_text():
    files = (ROOT / "fixtures" / "seeds").rglob("*.md")
    return {word for file in files for word in split_words(fold(file.read_text()))}

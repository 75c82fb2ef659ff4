import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learn.textdiff import Row, compare, compare_words, hunks

TEXTS = st.lists(st.sampled_from(["a", "b", "the end", "", "a b c", "x y"]), max_size=12).map(
    "\n".join
)


def side(rows: list[Row], number: int) -> str:
    lines = [row[number] for row in rows if row[number] is not None]
    return "\n".join("".join(segment.text for segment in line) for line in lines)


def changes(old: str, new: str) -> list[tuple[str, str]]:
    """(what is gone, what is new) of each change."""
    diff = compare(old, new)
    found = {number: ["", ""] for number in range(1, diff.changes + 1)}
    for row in diff.rows:
        for place, line in enumerate(row):
            for segment in line or ():
                if segment.change:
                    found[segment.change][place] += segment.text
    return [(gone, new) for gone, new in found.values()]


@given(TEXTS, TEXTS)
def test_each_side_holds_its_text_whole(old, new):
    rows = compare(old, new).rows
    assert side(rows, 0) == old
    assert side(rows, 1) == new


@given(TEXTS)
def test_text_beside_itself_has_no_change(text):
    diff = compare(text, text)
    assert diff.changes == 0
    assert all(row.is_same for row in diff.rows)


@pytest.mark.parametrize("separator", [" ", "\n", ". "])
def test_one_word_of_three_thousand_is_one_change(separator):
    words = random.Random(1).choices(["of", "the", "cell", "water", "and", "a"], k=3000)
    old = separator.join(words)
    words[1500] = "osmosis"
    assert changes(old, separator.join(words)) == [(old.split(separator)[1500], "osmosis")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a quick brown fox", "a slow red fox", [("quick brown", "slow red")]),
        ("one two three four", "1 two three 4", [("one", "1"), ("four", "4")]),
        ("It is so.", "It is not so.", [("", "not ")]),
        ("a\nb", "a\nb\nc", [("", "c")]),
        ("a", "a\nb\nc", [("", "bc")]),
        ("a\nb\nc", "a\nc", [("b", "")]),
        ("x = 1", "x = 2", [("1", "2")]),
        ("", "a", [("", "a")]),
    ],
)
def test_changes_are_those_that_a_person_would_name(old, new, expected):
    assert changes(old, new) == expected


def test_rewritten_sentence_is_not_shown_as_crumbs():
    old = "Glaciers are large bodies of ice that move slowly."
    new = "Rivers carry sediment of every size towards the sea."
    assert len(changes(old, new)) <= 2


def test_lines_that_are_alike_stand_side_by_side_though_one_was_put_between():
    rows = compare(
        "The cell is small\nWater moves in", "New line\nThe cell is tiny\nWater moves out"
    )
    assert [(row[0] is None, row[1] is None) for row in rows.rows] == [
        (True, False),
        (False, False),
        (False, False),
    ]


def test_texts_too_long_to_compare_are_shown_whole(monkeypatch):
    monkeypatch.setattr("learn.textdiff.LIMIT", 3)
    assert [hunk.is_same for hunk in hunks("axyb", "auvb")] == [True, False, True]


def test_words_of_a_text_that_is_shown_once():
    assert ["".join(hunk.new) for hunk in compare_words("a b", "a c")] == ["a ", "c"]

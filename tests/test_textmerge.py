import pytest
from hypothesis import given
from hypothesis import strategies as st

from learn.textmerge import conflict_lines, merge

BASE = "one\n\ntwo\n\nthree"
LINES = st.lists(st.sampled_from("abcd"), max_size=8).map("\n".join)


def merged(base, theirs, mine):
    return merge(base, theirs, mine, theirs_name="ben", mine_name="you")


@pytest.mark.parametrize(
    ("theirs", "mine", "expected"),
    [
        (BASE, BASE, BASE),
        ("1\n\ntwo\n\nthree", BASE, "1\n\ntwo\n\nthree"),
        (BASE, "1\n\ntwo\n\nthree", "1\n\ntwo\n\nthree"),
        ("1\n\ntwo\n\nthree", "one\n\ntwo\n\n3", "1\n\ntwo\n\n3"),
        ("1\n\ntwo\n\nthree", "1\n\ntwo\n\nthree", "1\n\ntwo\n\nthree"),
        ("one\n\ntwo", "0\n\none\n\ntwo\n\nthree", "0\n\none\n\ntwo"),
        (
            "one\n\ntwo\n\nthree\n\nfour",
            "zero\n\none\n\ntwo\n\nthree",
            "zero\n\none\n\ntwo\n\nthree\n\nfour",
        ),
    ],
)
def test_changes_of_different_lines_are_joined(theirs, mine, expected):
    result = merged(BASE, theirs, mine)
    assert (result.text, result.conflicts) == (expected, 0)


def test_lines_that_both_changed_are_marked_with_both():
    result = merged(BASE, "one\n\nTWO\n\nthree", "one\n\n2\n\nthree\nfour")
    assert result.conflicts == 1
    assert result.text == ("one\n\n<<<<<<< ben\nTWO\n=======\n2\n>>>>>>> you\n\nthree\nfour")
    assert conflict_lines(result.text) == [3]


def test_line_of_equal_signs_is_a_heading_and_no_conflict():
    assert conflict_lines("Title\n=======\n\n<<<<<<< what is this") == []


@given(LINES, LINES, LINES)
def test_nothing_that_either_added_is_lost(base, theirs, mine):
    text = merged(base, theirs, mine).text.split("\n")
    for version in (theirs, mine):
        for line in set(version.split("\n")) - set(base.split("\n")):
            assert line in text


@given(LINES, LINES)
def test_one_who_changed_nothing_gets_the_other(base, other):
    assert merged(base, other, base).text == other
    assert merged(base, base, other).text == other
    assert merged(base, other, other).text == other

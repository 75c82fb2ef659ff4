"""How two files differ, in lines and words."""

import pytest

from learn.seeds.differences import Line, Part, differing_lines


def test_equal_texts_differ_nowhere() -> None:
    assert differing_lines("a\nb\n", "a\nb\n") == []


def test_one_word_of_one_line_is_marked() -> None:
    old, new = "title: x\nanswer: The colour red.\n", "title: x\nanswer: The color red.\n"
    assert differing_lines(old, new) == [
        Line(
            "removed",
            [Part("answer: The ", False), Part("colour", True), Part(" red.", False)],
        ),
        Line("added", [Part("answer: The ", False), Part("color", True), Part(" red.", False)]),
    ]


def test_lines_that_came_or_went_are_marked_whole() -> None:
    assert differing_lines("a\nb\n", "a\n") == [Line("removed", [Part("b", True)])]
    assert differing_lines("a\n", "a\nb\nc\n") == [
        Line("added", [Part("b", True)]),
        Line("added", [Part("c", True)]),
    ]


def test_what_is_equal_in_a_long_line_is_shortened() -> None:
    words = "word " * 100
    removed, _added = differing_lines(f"{words}old", f"{words}new")
    shown = removed.parts[0].text
    assert " … " in shown
    assert len(shown) < 150
    assert removed.parts[1] == Part("old", True)


@pytest.mark.parametrize(("old", "new"), [("a\r\nb\r\n", "a\nb\n"), ("a\nb\n", "a\nb"), ("", "\n")])
def test_ends_of_lines_are_no_difference(old: str, new: str) -> None:
    assert differing_lines(old, new) == []


def test_changed_line_stands_beside_the_one_that_it_was_though_others_came() -> None:
    old, new = "title: Why is it so?\nend\n", "new: x\ntitle: Why is this so?\nend\n"
    assert differing_lines(old, new) == [
        Line("added", [Part("new: x", True)]),
        Line("removed", [Part("title: Why is ", False), Part("it", True), Part(" so?", False)]),
        Line("added", [Part("title: Why is ", False), Part("this", True), Part(" so?", False)]),
    ]


def test_twenty_thousand_lines_that_all_differ_are_compared() -> None:
    old, new = ("\n".join(f"{word} {n}" for n in range(20_000)) for word in ("old", "new"))
    assert len(differing_lines(old, new)) == 40_000

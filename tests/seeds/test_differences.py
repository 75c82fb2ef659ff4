"""How two files differ, in lines and words."""

import pytest

from learn.seeds import differences
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


def test_line_of_too_many_words_is_marked_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "WORDS", 3)
    assert differing_lines("a b c", "a b d") == [
        Line("removed", [Part("a b c", True)]),
        Line("added", [Part("a b d", True)]),
    ]

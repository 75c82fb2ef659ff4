"""What an answer's Markdown holds, and on which lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learn.rendering.structure import read_structure

MARKS = ["# ", "##### ", "$$", "$x$", "\\(", "\\)", "```", "~~~", "> ", "- ", "1. ", "`", "\\"]
WORDS = ["text", "<b>", "![](/x)", "[t](/learn)"]
ROWS = ["| a | b |", "| --- | --- |", "$$\nx\n$$"]
BLANKS = [" ", "\n", "\n\n", "\r\n", "\N{REPLACEMENT CHARACTER}", "\U000f0001"]
PIECES = st.sampled_from([*MARKS, *WORDS, *ROWS, *BLANKS])


@given(st.lists(PIECES, max_size=30).map("".join))
@settings(deadline=None)
def test_whatever_is_found_stands_on_a_line_of_the_text(text):
    structure = read_structure(text)
    found = [
        *structure.headings,
        *structure.links,
        *structure.images,
        *structure.tables,
        *structure.failed_formulas,
        *structure.open_formulas,
        *([structure.opening] if structure.opening else []),
    ]
    lines = [item.line for item in found] + structure.loose_rows + structure.open_fences
    count = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    assert all(1 <= line <= count for line in lines)


@pytest.mark.parametrize("before", ["", "$$\na\n+ b\n$$\n\n", "> $$\n> a\n> $$\n\n", "é\r\n\r\n"])
def test_lines_are_counted_in_the_text_as_it_was_typed(before):
    text = f"{before}### Head $x$\n\n- item [t](/a) ![alt](/b)\n\n| h |\n| --- |\n| c |"
    structure = read_structure(text)
    first = len(before.replace("\r\n", "\n").split("\n"))
    (heading,), (link,), (image,) = structure.headings, structure.links, structure.images
    assert (heading.line, heading.value) == (first, "2")
    assert (link.line, link.value, link.text) == (first + 2, "/a", "t")
    assert (image.line, image.value, image.text) == (first + 2, "/b", "alt")
    assert [(table.line, table.text) for table in structure.tables] == [(first + 4, "h")]


def test_prose_is_sentences_without_code_tables_and_headings():
    text = "Some *words*.\n\n### Head\n\n- an item\n\n```\ncode\n```\n\n| h |\n| --- |\n| c |"
    prose = read_structure(text).prose
    assert prose.split() == ["Some", "words.", "an", "item"]


@pytest.mark.parametrize(
    ("text", "tag"), [("text", "p"), ("### Head", "h3"), ("- item", "ul"), ("```\nx\n```", "pre")]
)
def test_opening_is_the_first_block(text, tag):
    assert read_structure(f"{text}\n\nmore").opening.value == tag

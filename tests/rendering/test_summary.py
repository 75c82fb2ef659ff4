"""The summary: the first sentences as plain text."""

import pytest

from learn.rendering import render
from learn.rendering.summary import MAX_LENGTH


def summary(markdown: str) -> str:
    return render(markdown).summary


def test_short_answer_is_its_own_summary() -> None:
    assert summary("**Bold** and `code` &amp; more.") == "Bold and code & more."


@pytest.mark.parametrize("markdown", ["", "   ", "### Heading only", "```\ncode\n```"])
def test_answer_without_sentences_has_no_summary(markdown: str) -> None:
    assert summary(markdown) == ""


def test_long_answer_is_cut_after_the_last_whole_sentence() -> None:
    first = "This is the first sentence of it. And here is the second one!"
    assert summary(f"{first} {'word ' * 40}.") == first


def test_long_sentence_is_cut_after_a_word_with_an_ellipsis() -> None:
    text = summary("word, " * 60)
    assert text.endswith("word…")
    assert len(text) <= MAX_LENGTH


def test_one_long_word_is_cut_with_an_ellipsis() -> None:
    assert summary("x" * 400) == "x" * (MAX_LENGTH - 1) + "…"


@pytest.mark.parametrize("abbreviation", ["e.g.", "i.e.", "Dr.", "U.S.", "etc.", "vs.", "J."])
def test_abbreviation_is_no_end_of_a_sentence(abbreviation: str) -> None:
    assert summary(f"Here we see many things ({abbreviation} these) {'word ' * 40}").endswith("…")
    assert summary(f"Here we see many things {abbreviation} these {'word ' * 40}").endswith("…")


def test_year_may_end_a_sentence() -> None:
    assert (
        summary("It was founded there in 2020. " + "word " * 40) == "It was founded there in 2020."
    )


def test_very_short_first_sentence_alone_is_no_summary() -> None:
    assert summary("Yes. " + "word " * 60).startswith("Yes. word")


def test_sentence_may_end_inside_quotation_marks() -> None:
    assert summary('She called it "the end of it all." ' + "word " * 40).endswith('all."')


def test_headings_tables_and_code_are_left_out() -> None:
    markdown = "### Title\n\n| a |\n|---|\n| b |\n\n```c\nint x;\n```\n\nThe text.\n\n- One\n- Two"
    assert summary(markdown) == "The text. One Two"


def test_formulas_read_as_text() -> None:
    assert summary(r"So $x^2 \neq \frac{1}{2}$ & $a<b$.") == "So x² ≠ 1/2 & a<b."


def test_entities_and_tags_written_as_text_appear_as_written() -> None:
    assert summary("Use `<b>` or <i> &amp; &lt;.") == "Use <b> or <i> & <."


def test_text_far_behind_a_long_code_block_is_found() -> None:
    assert summary("```c\n" + "int x;\n" * 300 + "```\n\nThe text.") == "The text."

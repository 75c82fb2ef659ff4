r"""Seed text to Markdown: which `\n` is a line break."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from learn.rendering import Decoded, decode, encode

# Pieces that make the decoder decide: escapes, delimiters, quotes, TeX commands, fences.
PIECES = st.sampled_from(
    [
        "\\",
        "n",
        "\\n",
        "\\n\\n",
        '"',
        '""',
        "'",
        "`",
        "``",
        "```",
        "~~~",
        "$",
        "$$",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "\\\\",
        "eq",
        "abla",
        "u",
        "e",
        "i",
        "eg",
        "x",
        " ",
        "  ",
        "- ",
        "1. ",
        "> ",
        "#",
        "//",
        "{",
        "}",
        "|",
        "\t",
        "\r",
        "é",
        "文",
    ]
)
SEEDS = st.lists(PIECES, max_size=40).map("".join)


def markdown(seed_text: str) -> str:
    return decode(seed_text).markdown


@settings(deadline=None)
@given(SEEDS)
@example('"')
@example('""')
@example('"a""b"')
@example("`\\n`")
@example('```\\n"\\n"\\n```')
@example("$$\\nu$$")
def test_any_text_without_real_breaks_comes_back_from_encode(seed_text: str) -> None:
    assert encode(decode(seed_text)) == seed_text


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])))
def test_any_unicode_without_real_breaks_comes_back_from_encode(seed_text: str) -> None:
    assert encode(decode(seed_text)) == seed_text


def test_text_with_real_breaks_is_returned_undecoded() -> None:
    assert decode("one\\ntwo\nthree") == Decoded("one\\ntwo\nthree", wrapped=False)


def test_break_outside_code_and_math_is_a_line_break() -> None:
    assert markdown("One\\n\\n- two\\ne) three\\new") == "One\n\n- two\ne) three\new"


def test_tab_escape_is_never_a_tab() -> None:
    assert markdown("$a \\times b$\\n\\text") == "$a \\times b$\n\\text"


def test_csv_quotes_around_the_whole_answer_are_undone_and_remembered() -> None:
    assert decode('"He said ""yes"".\\nThen left."') == Decoded('He said "yes".\nThen left.', True)


@pytest.mark.parametrize("text", ['"a" and "b"', '"', 'a"b""c', '"open'])
def test_quotes_that_do_not_wrap_the_answer_stay(text: str) -> None:
    assert decode(text) == Decoded(text, wrapped=False)


@pytest.mark.parametrize(
    "tex",
    [
        "\\neq",
        "\\nabla f",
        "\\neg p",
        "\\nu_e",
        "\\notin",
        "\\not\\equiv",
        "\\nmid",
        "\\nRightarrow",
    ],
)
def test_tex_command_that_begins_with_n_stays_in_math(tex: str) -> None:
    for before, after in (("$", "$"), ("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]")):
        seed_text = f"Let {before}a {tex}{after} be"
        assert markdown(seed_text) == seed_text


def test_letters_that_only_begin_like_a_command_are_a_break_and_letters() -> None:
    assert markdown("$$a\\nux$$") == "$$a\nux$$"
    assert markdown("$$\\ng = 1\\n$$") == "$$\ng = 1\n$$"


@pytest.mark.parametrize("name", ["u", "e", "i"])
def test_one_letter_right_after_a_display_delimiter_is_a_variable(name: str) -> None:
    assert markdown(f"$$\\n{name} = 1\\n$$") == f"$$\n{name} = 1\n$$"
    assert markdown(f"\\[\\n{name} = 1\\n\\]") == f"\\[\n{name} = 1\n\\]"


def test_one_letter_after_a_row_break_is_a_variable() -> None:
    assert markdown("$a \\\\\\nu = 2$") == "$a \\\\\nu = 2$"


def test_one_letter_elsewhere_in_math_is_the_command() -> None:
    assert markdown("$\\nu$ and $$x\\nu$$") == "$\\nu$ and $$x\\nu$$"


def test_row_break_keeps_both_backslashes_and_the_n_that_follows() -> None:
    assert markdown("$$a\\\\nb$$") == "$$a\\\\nb$$"


def test_command_right_after_an_opening_delimiter_and_a_break_stays() -> None:
    assert markdown("$$\\n\\neg p\\n$$") == "$$\n\\neg p\n$$"


def test_inline_code_keeps_its_escape() -> None:
    assert markdown('Print `"\\n"` twice.\\nDone.') == 'Print `"\\n"` twice.\nDone.'


def test_stray_backticks_in_two_list_items_are_no_code() -> None:
    assert markdown("- Kaho`olawe\\n- Ni`ihau") == "- Kaho`olawe\n- Ni`ihau"


@pytest.mark.parametrize("opening", ["```c", "  ```c", "- ```c", "1. ```c", "> ```c", "~~~c"])
def test_fence_breaks_are_breaks_wherever_the_fence_starts(opening: str) -> None:
    fence = "~~~" if "~" in opening else "```"
    seed_text = f"{opening}\\nint x;\\n{fence}\\nAfter"
    assert markdown(seed_text) == f"{opening}\nint x;\n{fence}\nAfter"


@pytest.mark.parametrize(
    "line",
    [
        'printf("a\\n");',
        'printf("a\\n\\n");',
        'printf("a\\nb\\n", "c\\n");',
        "sed 's/\\n/ /'",
        "putchar('\\n');",
        'say("it\'s \\"so\\"\\n")',
        'it\'s printf("a\\n");',
    ],
)
def test_escape_in_a_string_literal_of_code_stays(line: str) -> None:
    assert markdown(f"```c\\n{line}\\nint x;\\n```") == f"```c\n{line}\nint x;\n```"


@pytest.mark.parametrize(
    ("seed_code", "code"),
    [
        ("(a 'x)\\n(b 'y)", "(a 'x)\n(b 'y)"),
        ("x = 1  # don't\\ny = 'a'", "x = 1  # don't\ny = 'a'"),
        ("x; // it's\\ny = 'a'", "x; // it's\ny = 'a'"),
        ('"""Doc\\nstring"""\\nx', '"""Doc\nstring"""\nx'),
        ('a "b\\n\\nc" d', 'a "b\n\nc" d'),
        (" / \\\\n C", " / \\\n C"),
    ],
)
def test_break_that_no_string_literal_holds_is_a_line_of_code(seed_code: str, code: str) -> None:
    assert markdown(f"```\\n{seed_code}\\n```") == f"```\n{code}\n```"


def test_unclosed_fence_reaches_to_the_end() -> None:
    assert markdown("```c\\nint $x$;\\n\\ny") == "```c\nint $x$;\n\ny"

"""The HTML that Markdown becomes: headings, lists, tables, code, text that looks like markup."""

import time

import pytest

from learn.rendering import RENDERER_VERSION, Rendered, markdownify, render
from learn.rendering.highlight import highlight
from learn.rendering.lists import nest_lists
from learn.seeds.importer import without_garbage_collection
from tests.rendering.markup import Markup, unsafe_parts


def html(markdown: str) -> str:
    return render(markdown).html


def test_empty_text_renders_to_nothing() -> None:
    assert render("") == Rendered("", has_math=False, failed=(), summary="")


def test_markdownify_gives_the_html_of_render() -> None:
    assert markdownify("**a** $x$") == render("**a** $x$").html
    assert RENDERER_VERSION >= 1


@pytest.mark.parametrize(
    ("markdown", "level"),
    [("# A", 2), ("## A", 2), ("### A", 2), ("#### A", 3), ("##### A", 4), ("###### A", 4)],
)
def test_headings_stay_below_the_page_heading(markdown: str, level: int) -> None:
    assert html(markdown) == f"<h{level}>A</h{level}>\n"


def test_windows_line_breaks_render_like_others() -> None:
    assert html("a\r\n\r\n- b\r\n- c") == html("a\n\n- b\n- c")


@pytest.mark.parametrize("indent", [2, 3])
def test_bullets_indented_under_a_number_become_a_nested_list(indent: int) -> None:
    blank = " " * indent
    markup = Markup(html(f"1. A:\n{blank}- b\n{blank}- c\n\n2. D:\n{blank}- e"))
    assert markup.nested_lists == 2
    assert markup.text.count("- ") == 0


def test_bullets_under_a_two_digit_number_become_a_nested_list() -> None:
    page = html("9. A\n   - b\n10. C\n    continued\n   - d\n     more\n11. E")
    assert page.count("<ol") == 1
    assert Markup(page).nested_lists == 2


def test_list_right_after_a_paragraph_line_is_a_list() -> None:
    assert "<ul>\n<li>a</li>\n<li>b</li>\n</ul>" in html("These:\n- a\n- b")


def test_list_that_begins_later_keeps_its_first_number() -> None:
    assert '<ol start="3">' in html("3. c\n4. d")


def test_what_stands_below_a_moved_bullet_moves_with_it() -> None:
    text = "10. A\n   - b\n     - c\n\n     ```c\n     x\n     ```\n11. D"
    moved = "10. A\n    - b\n      - c\n\n      ```c\n      x\n      ```\n11. D"
    assert nest_lists(text) == moved


@pytest.mark.parametrize(
    "text",
    [
        "1. a\n   - b",
        "- a\n  - b",
        "1. a\n- b",
        " 1. a\n 2. b",
        "```\n1. a\n  - b\n```",
        "1. a\n\ntext\n  - b",
    ],
)
def test_lists_that_already_mean_what_they_say_stay(text: str) -> None:
    assert nest_lists(text) == text


def test_table_is_a_named_region_that_keyboards_reach() -> None:
    page = html("| a | $x|y$ |\n|---|--:|\n| 1 | 2 |\n\n| b |\n|---|\n| 3 |")
    region = '<div class="scroll" role="region" aria-label="{}" tabindex="0"><table>'
    assert region.format("Table") in page
    assert region.format("Table 2") in page
    assert page.count("</table></div>") == 2
    assert '<td class="right">2</td>' in page
    assert "<math" in page


def test_code_is_a_named_region_with_coloured_tokens() -> None:
    page = html('```python\nprint("<b>")\n```\n\n```\nplain\n```')
    assert (
        '<pre class="scroll code" role="region" aria-label="Code: python" tabindex="0">'
        '<code class="language-python"><span class="nb">print</span>(' in page
    )
    assert "&lt;b&gt;" in page
    assert 'aria-label="Code 2" tabindex="0"><code>plain\n</code></pre>' in page


@pytest.mark.parametrize("language", ["nosuchlanguage", "", '"><script>', "a b", "x" * 99])
def test_code_in_an_unknown_language_is_escaped_text(language: str) -> None:
    page = html(f'```{language}\n<i> & "q"\n```')
    assert '&lt;i&gt; &amp; "q"\n</code></pre>' in page
    assert unsafe_parts(Markup(page)) == []


def test_highlighting_changes_no_character_of_the_code() -> None:
    code = "\n\n  def f(x):\n\treturn x  # <&>\n\n"
    assert Markup(f"<p>{highlight(code, 'python')}</p>").text == code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("#include <iostream> is", "#include &lt;iostream&gt; is"),
        ("vector<int> and <ip-address>", "vector&lt;int&gt; and &lt;ip-address&gt;"),
        ("p < 0.05 & q > 1", "p &lt; 0.05 &amp; q &gt; 1"),
        ("<div>\n**a**", "&lt;div&gt;\n<strong>a</strong>"),
        ("a <b onclick=x>c</b>", "a &lt;b onclick=x&gt;c&lt;/b&gt;"),
        ("<!-- c -->", "&lt;!-- c --&gt;"),
    ],
)
def test_raw_html_shows_as_text(text: str, shown: str) -> None:
    assert html(text) == f"<p>{shown}</p>\n"


def test_raw_html_line_in_indented_code_shows_once_escaped() -> None:
    assert "<code>&lt;b&gt;\n</code>" in html("a\n\n    <b>")


@pytest.mark.parametrize("money", ["$50,000", "$7.25", "between $5 and $10", "US$ 4 and $3"])
def test_money_stays_text(money: str) -> None:
    assert html(money) == f"<p>{money}</p>\n"


def test_strikethrough_and_bare_addresses_are_markup() -> None:
    page = html("~~old~~ see https://example.org/a.")
    assert "<del>old</del>" in page
    assert '<a href="https://example.org/a" rel="nofollow noopener">' in page


def test_formula_in_emphasis_heading_and_link_is_mathml() -> None:
    page = html("### On $x$\n\n**$a$** and [$b$](/c)")
    assert page.count("<math>") == 3


def test_display_formula_inside_a_sentence_keeps_the_paragraph_whole() -> None:
    page = html("So $$x$$ holds.")
    assert page.startswith('<p>So <span class="scroll math"')
    assert unsafe_parts(Markup(page)) == []


def test_formula_where_no_markup_can_stand_is_its_source() -> None:
    page = html('![$x$](/a.png "$y$") [a](/b$z$c)\n\n    $i$')
    assert 'alt="$x$"' in page
    assert 'title="$y$"' in page
    assert 'href="/b%24z%24c"' in page
    assert "<code>$i$\n</code>" in page
    assert "<math" not in page


def test_formula_in_a_quotation_loses_the_quote_marks_of_its_lines() -> None:
    assert "&gt;" not in html("> $$\n> x\n> $$")


def test_placeholder_characters_in_the_text_are_replaced() -> None:
    page = html("\U000f0000 $x$ \U000f0001 <b \U000ffffd")
    assert page.count("\N{REPLACEMENT CHARACTER}") == 3
    assert page.count("<math>") == 1


def test_half_a_surrogate_pair_does_not_raise() -> None:
    assert html("a \ud800 b $x$").startswith("<p>a ? b <math>")


def test_text_nested_too_deep_is_shown_as_it_stands() -> None:
    assert html(">" * 5000 + "a") == f"<p>{'&gt;' * 5000}a</p>\n"


SIZE = 200_000
PATTERNS = [
    "[",
    "]",
    "(",
    "*",
    "_",
    "`",
    "$",
    "~",
    "|",
    "\\",
    "<",
    ">",
    "&",
    "#",
    "!",
    "{",
    "\n",
    " ",
    '"',
    "> ",
    "- ",
    "1. ",
    "$$",
    "$a$",
    "$ a ",
    "\\(",
    "\\(a\\)",
    "\\[",
    "**a ",
    "*a**a ",
    "![",
    "[a](",
    "<a ",
    "</",
    "<!--",
    "`a ``b ",
    "`$",
    "${",
    "```\n",
    "~~~\n",
    "- a\n",
    "| a |\n|-|\n",
    "[a]: b\n",
    "> - 1. ",
    "10. a\n   - b\n",
    "http://",
    "a@b.",
    "\U000f0000",
    "$\\ce{",
    "\\\\",
    "$x^{",
    "&#",
]


def timed(markdown: str) -> tuple[str, float]:
    """(HTML, seconds of CPU: the less of two). Without the search for garbage, which goes through
    whatever the tests before have left."""
    seconds = []
    with without_garbage_collection():
        for _ in range(2):
            start = time.process_time()
            page = html(markdown)
            seconds.append(time.process_time() - start)
    return page, min(seconds)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_long_repetition_renders_quickly_and_safely(pattern: str) -> None:
    short, seconds_of_quarter = timed(pattern * (SIZE // 4 // len(pattern)))
    page, seconds = timed(pattern * (SIZE // len(pattern)))
    # Four times the text takes four times as long; sixteen times if each look goes to the end.
    assert seconds < max(8 * seconds_of_quarter, 0.5)
    assert "<script" not in page
    assert unsafe_parts(Markup(short)) == []


def test_deeply_nested_list_renders_quickly() -> None:
    start = time.process_time()
    page = html("".join("  " * depth + "- a\n" for depth in range(400)))
    assert time.process_time() - start < 2
    assert unsafe_parts(Markup(page)) == []


def test_head_of_a_table_without_words_is_a_cell():
    html = render("|  | b |   |\n|---|---|:-:|\n| 1 | 2 | 3 |").html
    assert "<tr>\n<td></td>\n<th>b</th>\n<td></td>\n</tr>" in html

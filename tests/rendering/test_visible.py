import pytest

from learn.rendering import render
from learn.rendering.visible import visible_text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("One *two*\n**three**`four`.", "One two threefour."),
        ("One  \ntwo\n\nthree", "One\ntwo\nthree"),
        ("### Why\n\n- a\n- b\n  1. c\n\n> d", "Why\na\nb\nc\nd"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b\n1 2"),
        ("```python\nif x:\n    y()\n```\n\nEnd.", "if x:\n    y()\nEnd."),
        ("a &lt;b&gt; &amp; c < d", "a <b> & c < d"),
        ('![a > "b"](https://x.example/a.png) c', "c"),
        ("[link](https://x.example/?a=1&b=2 'x > y') c", "link c"),
    ],
)
def test_blocks_stand_on_lines_of_their_own_and_inline_markup_vanishes(markdown, text):
    assert visible_text(render(markdown).html) == text


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"x^2 y", "x^2 y"),
        (r"x^2+y_1", "x^2+y_1"),
        (r"x^{n-1}", "x^(n−1)"),
        (r"a_{ij}^2", "a_ij^2"),
        (r"f'(x)", "f′(x)"),
        (r"\frac{1}{2}", "1/2"),
        (r"\frac{a+b}{c}", "(a+b)/c"),
        (r"\frac{x^2}{2}", "(x^2)/2"),
        (r"\sqrt{x+1}", "√(x+1)"),
        (r"\sqrt[3]{x}", "√[3](x)"),
        (r"\bar{x}", "x¯"),
        (r"\hat{y}", "yˆ"),
        (r"\sum_{i=1}^n i", "∑_(i=1)^n i"),
        (r"\sin x", "sin x"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "(1, 2; 3, 4)"),
        (r"a < b", "a<b"),
        (r"a \phantom{b} c", "a c"),
        (r"\ce{H2O}", "H_2 O"),
        (r"\text{if } x", "if x"),
    ],
)
def test_formula_keeps_its_characters_and_gains_the_marks_of_its_layout(tex, text):
    shown = visible_text(render(f"So ${tex}$.").html).replace("\xa0", " ")
    assert " ".join(shown.split()) == f"So {text}."


def test_formula_that_could_not_be_set_stays_in_tex():
    assert visible_text(render(r"See $\nosuchcommand{x}$.").html) == r"See $\nosuchcommand{x}$."


def test_empty_answer_has_no_text():
    assert visible_text("") == ""

r"""Finding formulas among money and code, and turning them into MathML."""

import pytest

from learn.rendering import render
from learn.rendering.chemistry import expand_ce
from learn.rendering.math import is_wide, prepare, to_mathml
from learn.rendering.plaintext import readable
from learn.rendering.scan import Kind, find_spans


def formulas(text: str) -> list[str]:
    spans = find_spans(text)
    return [text[s.start : s.end] for s in spans if s.kind in (Kind.INLINE, Kind.DISPLAY)]


@pytest.mark.parametrize(
    "formula",
    [
        "$x$",
        "$ P $",
        "$$a = b$$",
        "$$\na\n$$",
        r"\(x\)",
        r"\[x\]",
        "$p_{to be, or} + 1$",
        "$2 < x$",
        "$1 + 1 (carry) = 2$",
        r"$\text{net income here}$",
        r"$\$5 + \$6$",
    ],
)
def test_delimited_formula_is_found(formula: str) -> None:
    assert formulas(f"Let {formula} be so.") == [formula]


@pytest.mark.parametrize(
    "text",
    [
        "from $5 to $7",
        "$50,000; and $7.25",
        "between $5 and $10",
        "$5-$10",
        "-$3.9 billion and $4",
        "a $b $ c",
        "$$$$",
        "$ $",
        "costs $5 per unit and sells at 7$ now",
        r"\$5 and \$6",
        "$1\n\n2$",
    ],
)
def test_money_and_stray_dollars_stay_text(text: str) -> None:
    assert formulas(text) == []
    assert "<math" not in render(text).html


def test_money_before_a_formula_does_not_hide_it() -> None:
    assert formulas("With $100 you solve $ x + y = 100 $ easily") == ["$ x + y = 100 $"]


@pytest.mark.parametrize("text", ["`$x$`", "``a ` $x$``", "```\n$x$\n```", "a `$x` b `$y`"])
def test_dollars_in_code_are_no_formula(text: str) -> None:
    assert formulas(text) == []
    assert "<math" not in render(text).html


def test_formula_never_swallows_code_between_two_dollars() -> None:
    assert formulas("$a `b` c$") == []


def test_unpaired_opening_parenthesis_shows_as_text() -> None:
    assert render(r"as \(x approaches").html == "<p>as (x approaches</p>\n"


def test_damaged_delimiter_does_not_swallow_the_next_formula() -> None:
    assert formulas(r"as \(x and \( y \)") == [r"\( y \)"]


def test_inline_formula_becomes_mathml() -> None:
    rendered = render("Let $x^2$.")
    assert rendered.html == "<p>Let <math><msup><mi>x</mi><mn>2</mn></msup></math>.</p>\n"
    assert rendered.has_math
    assert rendered.failed == ()


def test_display_formula_is_a_named_region_that_keyboards_reach() -> None:
    html = render("So:\n$$\nx\n$$\nand $$y$$").html
    region = 'class="scroll math" role="region" aria-label="{}" tabindex="0"'
    assert (
        f'<span {region.format("Formula")}><math display="block"><mi>x</mi></math></span>' in html
    )
    assert region.format("Formula 2") in html


def test_refused_formula_shows_its_source_and_is_listed() -> None:
    rendered = render(r"Let $\struct {<b>}$ be")
    assert rendered.html == '<p>Let <code class="tex">$\\struct {&lt;b&gt;}$</code> be</p>\n'
    assert rendered.failed == (r"\struct {<b>}",)
    assert not rendered.has_math


@pytest.mark.parametrize(
    ("tex", "prepared"),
    [
        (r"\text{95% CI}", r"\text{95\%{} CI}"),
        (r"5\% + 5\\% x", r"\begin{gathered}5\% + 5\\\% x\end{gathered}"),
        ("3,600 + 1,000,000", "3{,}600 + 1{,}000{,}000"),
        ("f(1,2) + (1,23)", "f(1,2) + (1,23)"),
        (r"a \\ b", r"\begin{gathered}a \\ b\end{gathered}"),
        (r"a &= b \\ &= c", r"\begin{aligned}a &= b \\ &= c\end{aligned}"),
        (r"\begin{cases}a \\ b\end{cases}", r"\begin{cases}a \\ b\end{cases}"),
    ],
)
def test_tex_is_prepared_for_the_engine(tex: str, prepared: str) -> None:
    assert prepare(tex, display=True) == prepared


def test_tagged_display_formula_shows_its_number() -> None:
    assert "(1)" in (to_mathml(r"a = b \tag{1}", display=True) or "")


def test_top_level_row_breaks_give_rows() -> None:
    assert (to_mathml(r"a \\ b \\ c", display=True) or "").count("<mtr") == 3


@pytest.mark.parametrize(
    ("formula", "tex"),
    [
        ("H2O", r"\mathrm{H}_{2}\mathrm{O}"),
        ("2NO2(g)", r"2\,\mathrm{NO}_{2}(\mathrm{g})"),
        ("SO4^2-", r"\mathrm{SO}_{4}^{2-}"),
        ("Na+ + Cl-", r"\mathrm{Na}^{+} + \mathrm{Cl}^{-}"),
        ("A <=> B", r"\mathrm{A}  \rightleftharpoons  \mathrm{B}"),
        ("A ->[heat] B", r"\mathrm{A}  \overset{\mathrm{heat}}{\rightarrow}  \mathrm{B}"),
        ("CuSO4.5H2O", r"\mathrm{CuSO}_{4}\cdot 5\,\mathrm{H}_{2}\mathrm{O}"),
        ("H2C=CH2", r"\mathrm{H}_{2}\mathrm{C}=\mathrm{CH}_{2}"),
        ("AgCl v", r"\mathrm{AgCl} \downarrow "),
        ("^{14}_{6}C", r"^{14}_{6}\mathrm{C}"),
    ],
)
def test_chemistry_becomes_subscripts_charges_and_arrows(formula: str, tex: str) -> None:
    assert expand_ce(rf"x \ce{{{formula}}} y") == f"x {{{tex}}} y"
    assert to_mathml(rf"\ce{{{formula}}}", display=False) is not None


def test_unclosed_chemistry_is_left_as_it_stands() -> None:
    assert expand_ce(r"\ce{H2O") == r"\ce{H2O"


@pytest.mark.parametrize(
    "tex",
    [
        r"\begin{cases}a & b\\c & d\end{cases}",
        r"\begin{aligned}a&=b\\c&=d\end{aligned}",
        r"\begin{array}{c|c}a&b\\ \hline c&d\end{array}",
        r"a \tag{1}",
        r"\boxed{x} \cancel{y} {\large z} \textbf{b} \texttt{c} \textrm{d}",
    ],
)
def test_mathml_holds_no_inline_style(tex: str) -> None:
    mathml = to_mathml(tex, display=True)
    assert mathml is None or "style=" not in mathml.replace("displaystyle=", "")


def test_blank_after_a_symbol_in_text_is_kept() -> None:
    mathml = to_mathml(r"\text{95% CI}", display=False)
    assert mathml == "<math><mtext>95%\N{NO-BREAK SPACE}CI</mtext></math>"


def test_alignment_of_the_engine_arrives_as_classes() -> None:
    mathml = to_mathml(r"\begin{aligned}a&=b\end{aligned}", display=True) or ""
    assert '<mtd class="math-right math-tight-right">' in mathml
    assert '<mtd class="math-left math-tight-left">' in mathml


@pytest.mark.parametrize("tex", ["{" * 60_000, r"\sqrt{" * 9_000, r"\left(" * 9_000, "x^{" * 9_000])
def test_formula_too_deep_for_the_engine_shows_its_source(tex: str) -> None:
    assert to_mathml(tex, display=False) is None


def test_markup_in_tex_is_escaped() -> None:
    mathml = to_mathml(r"\text{<script>alert(1)</script>} < 1", display=False) or ""
    assert "<script" not in mathml
    assert "&lt;script&gt;" in mathml


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\frac{1}{2}x^2 \neq y_1", "1/2x² ≠ y₁"),
        (r"\sqrt{a+b}", "√(a+b)"),
        (r"\frac{a+b}{c}", "(a+b)/c"),
        (r"\text{Net Profit} = \alpha \times 5\%", "Net Profit = α × 5%"),
        (r"e^{-x}", "e^(-x)"),
        (r"\left( x \right) \in \mathbb{R}", "( x ) ∈ R"),
    ],
)
def test_formula_reads_as_text(tex: str, text: str) -> None:
    assert readable(tex) == text


@pytest.mark.parametrize(
    ("tex", "wide"),
    [
        ("x", False),
        (r"\frac{1}{2}", False),
        ("a^2 + b^2 = c^2", False),
        ("P(x) = 2x^3 - 4x^2 + 3x - 5 + 4x^7", True),
        (r"\text{Distance travelled} = \text{rate} \times \text{time}", True),
        (r"a \qquad\qquad\qquad\qquad\qquad\qquad b", True),
    ],
)
def test_inline_formula_that_a_phone_cannot_hold_is_known_as_wide(tex, wide):
    assert is_wide(to_mathml(tex, display=False)) is wide

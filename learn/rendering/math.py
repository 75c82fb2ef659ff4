"""Formulas: from TeX to MathML that a strict Content-Security-Policy accepts.

The engine is math-core; what it does not take as it stands in real answers is prepared here. Its
output is checked against a list of elements and attributes, so that an update of the engine cannot
bring in markup that nobody has looked at.
"""

import re
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING

from learn.rendering.chemistry import expand_ce

if TYPE_CHECKING:
    from math_core import LatexToMathML

# An editor works on one answer at a time and a bulk run meets most formulas again within a few
# hundred answers: a few megabytes are enough for nearly all repetitions.
_CACHED_FORMULAS = 8192

# Six times the longest real formula. The engine works recursively: a formula of thousands of nested
# groups would overflow its stack and end the process, which no exception handler can prevent.
_MAX_LENGTH = 2000

_UNESCAPED_PERCENT = re.compile(r"(?<!\\)((?:\\\\)*)%")
# The engine swallows the blank after such a symbol in text; TeX does so only after a word.
_SYMBOL_IN_TEXT = re.compile(r"(\\[%$&#_])(?=\s)")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])")
_STRUCTURE = re.compile(r"\\begin\s*\{[^{}]*\}|\\end\s*\{[^{}]*\}|\\\\|\\[&{}]|[{}&]")
_NUMBERED = re.compile(r"\\begin\s*\{(?:equation|align|gather|multline|flalign|alignat)\*?\}")

# What MathML may hold, and the HTML inside <mtext> (\textbf, \textit, \emph, \texttt, \textrm).
_ELEMENT = (
    "math|mrow|mi|mn|mo|ms|mtext|mspace|mfrac|msqrt|mroot|msub|msup|msubsup|munder|mover"
    "|munderover|mmultiscripts|mprescripts|mtable|mtr|mtd|mphantom|mpadded|menclose|mstyle"
    "|b|i|em|code|span"
)
_ATTRIBUTE_NAME = (
    "accent|accentunder|class|columnspan|depth|display|displaystyle|fence|form|height|largeop"
    "|linethickness|lspace|mathvariant|maxsize|minsize|movablelimits|notation|rowspan|rspace"
    "|scriptlevel|separator|stretchy|symmetric|voffset|width"
)
ELEMENTS = frozenset(_ELEMENT.split("|"))
ATTRIBUTES = frozenset(_ATTRIBUTE_NAME.split("|"))
_ALLOWED_TAG = re.compile(rf'</?(?:{_ELEMENT})(?: (?:{_ATTRIBUTE_NAME})="[^"<>]*")*/?>')
_STYLED_TAG = re.compile(r'<([a-z]+)((?: [a-z]+="[^"<>]*")*? style="[^"<>]*"[^<>]*?)(/?)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
# The declarations that the engine writes into style attributes, as classes for the stylesheet. What
# is not listed is dropped: `justify-items` repeats `text-align`, and colours are the theme's.
_CLASSES = {
    "text-align:left": "math-left",
    "text-align:right": "math-right",
    "padding-left:0": "math-tight-left",
    "padding-right:0": "math-tight-right",
    "padding-top:0": "math-tight-top",
    "padding-bottom:0": "math-tight-bottom",
    "padding-left:0.1em": "math-close-left",
    "padding-right:0.1em": "math-close-right",
    "padding-left:1em": "math-apart-left",
    "padding-top:0.1667em": "math-apart-top",
    "border-right:0.05em solid currentcolor": "math-rule-right",
    "border-top:0.05em solid currentcolor": "math-rule-top",
    "border-right:0.05em dashed currentcolor": "math-dash-right",
    "border-top:0.05em dashed currentcolor": "math-dash-top",
    "padding-right:0.1667em": "math-near-right",
    "border-left:0.05em solid currentcolor": "math-rule-left",
    "border-left:0.05em dashed currentcolor": "math-dash-left",
    "font-variant-caps:small-caps": "math-small-caps",
    "width:100%": "math-full",
    "width:50%": "math-half",
}


# An estimate of a formula's width in letters: the room around a relation or an operator counts as
# one, a root's sign as one and a half. Measured over all inline formulas of the real answers in
# Chromium: what stays below the limit fits a screen of 320 pixels, in a list too.
_MAX_INLINE_WIDTH = 22
_MIN_WIDE_SOURCE = 120
_MARKUP = re.compile("<[^>]*>|&[a-z]+;|[\u2061-\u2064]", re.IGNORECASE)
_SPACED = re.compile("[=+−×÷→←⇌≈≠≤≥<>⟹⇒∈⊂∩∪∣·⋅±]")
_LARGE = re.compile("[A-Zmw]")
_SPACE = re.compile(r'<mspace width="([\d.]+)em"')


def is_wide(mathml: str) -> bool:
    """Whether an inline formula may be wider than a phone, so that it needs a box that scrolls."""
    if len(mathml) < _MIN_WIDE_SOURCE:
        return False
    text = _MARKUP.sub("", mathml.replace("&lt;", "=").replace("&gt;", "="))
    width = len(text) + len(_SPACED.findall(text)) + 0.3 * len(_LARGE.findall(text))
    width += sum(2 * float(space) for space in _SPACE.findall(mathml))
    return width + 1.5 * mathml.count("<msqrt") >= _MAX_INLINE_WIDTH


@lru_cache(maxsize=_CACHED_FORMULAS)
def to_mathml(tex: str, *, display: bool) -> str | None:
    """The formula as a `<math>` element, or None if the engine refuses it."""
    if len(tex) > _MAX_LENGTH:
        return None
    mathml = _convert(prepare(tex, display=display), display=display)
    return None if mathml is None else _checked(mathml)


def _convert(tex: str, *, display: bool) -> str | None:
    # imported here because it takes as long as rendering hundreds of answers, and commands that
    # render none would wait for it
    from math_core import LatexError

    try:
        mathml: str = _engine().convert_with_local_state(tex, displaystyle=display)
    except LatexError:
        return None
    return mathml


@cache
def _engine() -> "LatexToMathML":
    # imported here for the reason given above
    from math_core import LatexToMathML

    return LatexToMathML(fancy_error=False)


def show_source(source: str) -> str:
    """What stands in the place of a refused formula: its source with the delimiters, readable."""
    return f'<code class="tex">{escape(source, quote=False)}</code>'


def prepare(tex: str, *, display: bool) -> str:
    """The TeX as the engine takes it (measured: 41 refused formulas become 4)."""
    tex = tex.strip()
    if "\\ce" in tex or "\\pu" in tex:
        tex = expand_ce(tex)
    if "%" in tex:
        # a percent sign would begin a comment; no answer means that
        tex = _UNESCAPED_PERCENT.sub(r"\1\\%", tex)
    if "\\text" in tex:
        tex = _SYMBOL_IN_TEXT.sub(r"\1{}", tex)
    if "," in tex:
        tex = _THOUSANDS.sub(lambda number: number.group().replace(",", "{,}"), tex)
    if "\\\\" in tex or "&" in tex:
        tex = _in_environment(tex)
    if display and "\\tag" in tex and not _NUMBERED.search(tex):
        # the engine numbers only what stands in such an environment
        tex = r"\begin{equation}" + tex + r"\end{equation}"
    return tex


def _in_environment(tex: str) -> str:
    """Rows outside any environment, whose breaks the engine drops, in one of their own."""
    depth = 0
    breaks = columns = False
    for token in _STRUCTURE.findall(tex):
        if token == "{" or token.startswith("\\begin"):
            depth += 1
        elif token == "}" or token.startswith("\\end"):
            depth -= 1
        elif depth == 0:
            breaks = breaks or token == "\\\\"
            columns = columns or token == "&"
    if columns:
        return r"\begin{aligned}" + tex + r"\end{aligned}"
    if breaks:
        return r"\begin{gathered}" + tex + r"\end{gathered}"
    return tex


def _checked(mathml: str) -> str | None:
    """The engine's output without style attributes; None if it holds anything unexpected."""
    if "style=" in mathml:
        mathml = _STYLED_TAG.sub(_with_classes, mathml)
    return mathml if len(_ALLOWED_TAG.findall(mathml)) == mathml.count("<") else None


def _with_classes(tag: re.Match[str]) -> str:
    classes: list[str] = []
    kept = ""
    for name, value in _ATTRIBUTE.findall(tag[2]):
        if name == "style":
            declarations = (re.sub(r"\s*:\s*", ":", part.strip()) for part in value.split(";"))
            classes += [_CLASSES[part] for part in declarations if part in _CLASSES]
        elif name == "class":
            classes.append(value)
        else:
            kept += f' {name}="{value}"'
    if classes:
        kept += f' class="{" ".join(classes)}"'
    return f"<{tag[1]}{kept}{tag[3]}>"

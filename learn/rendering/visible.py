"""What a reader sees of an answer, as text: for machines that are told what the page says.

Words stand as on the page, line by line. A formula has its visible characters, in the order in
which they are seen, and between them the marks that tell its layout: `x^2`, `a_i`, `1/2`, `√(x)`.
"""

import re
import unicodedata
from collections.abc import Callable
from html import escape, unescape

_ATTRIBUTES = r'[^<>"]*(?:"[^"]*"[^<>"]*)*'
_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
_FORMULA_TOKEN = re.compile(rf"<(/?)([a-z0-9]+)({_ATTRIBUTES})>|([^<]+)")
_CODE = re.compile(r"<pre\b.*?</pre>", re.DOTALL)
_BLOCK = re.compile(
    r"</?(?:p|h2|h3|h4|ul|ol|li|blockquote|pre|div|hr|br|table|thead|tbody|tr)\b"
    rf"{_ATTRIBUTES}>"
)
_CELL = re.compile(rf"<t[hd]\b{_ATTRIBUTES}>")
_TAG = re.compile(rf"</?[a-z0-9]+{_ATTRIBUTES}>")
_EMPTY = frozenset({"mspace", "mprescripts"})
_INVISIBLE = str.maketrans({"\u2061": " ", "\u2062": "", "\u2063": "", "\u2064": "", "\u200b": ""})
# Line breaks that show, and the blanks of code, until all other runs of blanks have been made one.
_KEPT_LINE, _KEPT_BLANK = "\ue000", "\ue001"
# Where a script ends; a letter or digit that follows is set off by a blank.
_SCRIPT_END = "\ue002"
_SCRIPT_ENDS = re.compile(rf"{_SCRIPT_END}+(\w)?")


def visible_text(html: str) -> str:
    """The visible text of the HTML that `render` gives: a line for each block."""
    if "<math" in html:
        html = _FORMULA.sub(_formula_text, html)
    if "<pre" in html:
        html = _CODE.sub(_code_text, html)
    text = _BLOCK.sub(_KEPT_LINE, html)
    if "<t" in text:
        text = _CELL.sub(" ", text)
    return _tidy(unescape(_TAG.sub("", text)))


def _code_text(code: re.Match[str]) -> str:
    text = _TAG.sub("", _BLOCK.sub(_KEPT_LINE, code[0]))
    return text.replace("\n", _KEPT_LINE).replace(" ", _KEPT_BLANK)


def _formula_text(formula: re.Match[str]) -> str:
    """As text of HTML, in which it stands from now on."""
    stack: list[tuple[str, list[str]]] = []
    for closing, tag, attributes, text in _FORMULA_TOKEN.findall(formula[0]):
        found = _read_formula(stack, bool(closing), tag, attributes, text)
        if found is not None:
            return escape(found, quote=False)
    return ""


def _tidy(text: str) -> str:
    lines = _one_blank(text).split(_KEPT_LINE)
    shown = [line for line in (line.strip(" ") for line in lines) if line]
    return "\n".join(shown).replace(_KEPT_BLANK, " ").strip()


def _one_blank(text: str) -> str:
    """Each run of blanks of HTML as one; a pattern takes ten times as long."""
    for blank in "\n\t\r\f":
        text = text.replace(blank, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def _read_formula(
    stack: list[tuple[str, list[str]]], closing: bool, tag: str, attributes: str, text: str
) -> str | None:
    """Take one token of a formula; gives the formula's text when it ends.

    `stack` holds the open elements, each with the texts of its children so far.
    """
    if text:
        stack[-1][1].append(unescape(text).translate(_INVISIBLE))
    elif closing:
        name, children = stack.pop()
        written = _LAYOUTS.get(name, "".join)(children)
        if not stack:
            return _one_blank(_SCRIPT_ENDS.sub(_after_script, written)).strip()
        stack[-1][1].append(written)
    elif tag in _EMPTY or attributes.endswith("/"):
        stack[-1][1].append(" " if tag == "mspace" and "width" in attributes else "")
    else:
        stack.append((tag, []))
    return None


def _after_script(match: re.Match[str]) -> str:
    return f" {match[1]}" if match[1] else ""


def _group(text: str) -> str:
    """The text in brackets, unless it is one thing already."""
    text = text.strip(f" {_SCRIPT_END}")
    return text if len(text) < 2 or text.isalnum() else f"({text})"


def _scripts(*marks: str, bare: Callable[[str], bool]) -> Callable[[list[str]], str]:
    """A writer of a base with its scripts; those that are `bare` stand without a mark."""

    def write(children: list[str]) -> str:
        text = children[0].strip()
        for mark, script in zip(marks, children[1:], strict=True):
            if bare(script.strip()):
                text += script.strip()
            else:
                text += f"{mark}{_group(script)}{_SCRIPT_END}"
        return text

    return write


def _is_prime(script: str) -> bool:
    return not script.strip("′″‴⁗")


def _is_accent(script: str) -> bool:
    """A bar, a hat, a brace, an arrow; not a limit of a sum."""
    return len(script) < 2 and (not script.isalnum() or unicodedata.category(script) == "Lm")


def _fraction(children: list[str]) -> str:
    above, below = children
    return f"{_group(above)}/{_group(below)}"


def _root(children: list[str]) -> str:
    radicand, index = children
    return f"√[{index.strip()}]({radicand.strip()})"


_LAYOUTS: dict[str, Callable[[list[str]], str]] = {
    "msub": _scripts("_", bare=_is_prime),
    "msup": _scripts("^", bare=_is_prime),
    "msubsup": _scripts("_", "^", bare=_is_prime),
    "munder": _scripts("_", bare=_is_accent),
    "mover": _scripts("^", bare=_is_accent),
    "munderover": _scripts("_", "^", bare=_is_accent),
    "mfrac": _fraction,
    "msqrt": lambda children: f"√({''.join(children).strip()})",
    "mroot": _root,
    "mtable": lambda rows: "; ".join(row for row in rows if row.strip()),
    "mtr": lambda cells: ", ".join(cell.strip() for cell in cells if cell.strip()),
    "mphantom": lambda children: " ",
}

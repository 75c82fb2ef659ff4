"""What a reader sees of an answer, as text: for machines that are told what the page says.

Words stand as on the page, line by line. A formula has its visible characters, in the order in
which they are seen, and between them the marks that tell its layout: `x^2`, `a_i`, `1/2`, `√(x)`.
"""

import re
import unicodedata
from collections.abc import Callable
from html import unescape

_TOKEN = re.compile(r'<(/?)([a-z0-9]+)((?:[^<>"]|"[^"]*")*)>|([^<]+)')
# Runs that are to become one blank; not the single blanks, of which there are hundreds.
_SPACE = re.compile(r"(?:[\t\n\r\f]| (?=[ \t\n\r\f]))[ \t\n\r\f]*")
_AROUND_LINE = re.compile(r" *\n[ \n]*")
_EMPTY = frozenset({"br", "hr", "img", "mspace", "mprescripts", "wbr"})
_BLOCKS = frozenset(
    {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "div", "hr", "br"}
    | {"table", "thead", "tbody", "tr"}
)
_CELLS = frozenset({"th", "td"})
_INVISIBLE = str.maketrans({"\u2061": " ", "\u2062": "", "\u2063": "", "\u2064": "", "\u200b": ""})
# Line breaks that show, and the blanks of code, until all other runs of blanks have been made one.
_KEPT_LINE, _KEPT_BLANK = "\ue000", "\ue001"
# Where a script ends; a letter or digit that follows is set off by a blank.
_SCRIPT_END = "\ue002"
_SCRIPT_ENDS = re.compile(rf"{_SCRIPT_END}+(\w)?")


def visible_text(html: str) -> str:
    """The visible text of the HTML that `render` gives: a line for each block."""
    parts: list[str] = []
    formula: list[tuple[str, list[str]]] = []
    in_code = False
    for closing, tag, attributes, text in _TOKEN.findall(html):
        if formula or tag == "math":
            found = _read_formula(formula, bool(closing), tag, attributes, text)
            if found is not None:
                parts.append(found)
        elif text:
            text = unescape(text)
            if in_code:
                text = text.replace("\n", _KEPT_LINE).replace(" ", _KEPT_BLANK)
            parts.append(text)
        elif tag in _BLOCKS:
            parts.append(_KEPT_LINE)
            if tag == "pre":
                in_code = not closing
        elif tag in _CELLS and not closing:
            parts.append(" ")
    return _tidy("".join(parts))


def _tidy(text: str) -> str:
    text = _SPACE.sub(" ", text).replace(_KEPT_LINE, "\n")
    text = _AROUND_LINE.sub("\n", text).replace(_KEPT_BLANK, " ")
    return text.strip()


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
            return _SPACE.sub(" ", _SCRIPT_ENDS.sub(_after_script, written)).strip()
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

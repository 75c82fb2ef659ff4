"""Formulas as text, for places that hold no markup: descriptions, feeds, previews."""

import re
from functools import lru_cache

from learn.rendering.math import to_mathml

_SUPERSCRIPTS = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_GROUP = r"\{([^{}]*)\}"
_FRACTION = re.compile(rf"\\[dt]?frac\s*{_GROUP}\s*{_GROUP}")
_ROOT = re.compile(rf"\\sqrt\s*{_GROUP}")
_FONT = re.compile(rf"\\(?:text|math|operatorname|boldsymbol|ce|mbox)[a-z]*\s*{_GROUP}")
_SCRIPT = re.compile(r"\s*([_^])\s*(?:\{([^{}]*)\}|(\w))")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}")
_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
_LAYOUT = re.compile(
    "left|right|[bB]igg?|displaystyle|textstyle|(?:no)?limits|nonumber|notag|q?quad|[,;:! ]"
)
_BLANK = frozenset({"quad", "qquad", ";", " "})
_TAG = re.compile(r"<[^>]*>")
_INVISIBLE = re.compile("[\u2061-\u2064]")
# Deeper formulas are cut short: this text is read at a glance.
_MAX_DEPTH = 6


def readable(tex: str) -> str:
    r"""A formula in Unicode: `\frac{1}{2}x^2 \neq y` becomes `1/2x² ≠ y`."""
    text = _ENVIRONMENT.sub(" ", tex).replace("\\\\", "; ").replace("&", "")
    for _ in range(_MAX_DEPTH):
        simpler = _SCRIPT.sub(_script, _FRACTION.sub(_fraction, _ROOT.sub(r"√(\1)", text)))
        simpler = _FONT.sub(r"\1", simpler)
        if simpler == text:
            break
        text = simpler
    text = _COMMAND.sub(_symbol, text).replace("{", "").replace("}", "").replace("~", " ")
    return " ".join(text.split())


def _fraction(match: re.Match[str]) -> str:
    above, below = (
        part if len(part) < 2 or part.isalnum() else f"({part})" for part in match.groups()
    )
    return f"{above}/{below}"


def _script(match: re.Match[str]) -> str:
    value = (match[3] or match[2] or "").strip()
    table = _SUPERSCRIPTS if match[1] == "^" else _SUBSCRIPTS
    if value and all(ord(character) in table for character in value):
        return value.translate(table)
    return match[1] + (value if len(value) < 2 or value.isalnum() else f"({value})")


def _symbol(match: re.Match[str]) -> str:
    name = match.group()[1:]
    if _LAYOUT.fullmatch(name):
        return " " if name in _BLANK else ""
    return name if name in "{}%$#&_|" else _command(name)


@lru_cache(maxsize=512)
def _command(name: str) -> str:
    """The symbol that the math engine has for a command; the name where it has none."""
    mathml = to_mathml("\\" + name, display=False)
    symbol = _INVISIBLE.sub("", _TAG.sub("", mathml)) if mathml else ""
    return symbol if symbol else name

r"""Turns mhchem's `\ce{...}` into plain TeX, which is all that the math engine knows.

Covers what answers use (measured: 33 distinct formulas): coefficients, subscripts, charges, states,
bonds and reaction arrows. What it does not know is passed on as it stands.
"""

import re

_COMMAND = re.compile(r"\\(ce|pu)\s*\{")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_ARROWS = {
    "<=>>": r"\rightleftharpoons",
    "<<=>": r"\rightleftharpoons",
    "<=>": r"\rightleftharpoons",
    "<-->": r"\rightleftarrows",
    "<->": r"\leftrightarrow",
    "->": r"\rightarrow",
    "<-": r"\leftarrow",
}
_TOKEN = re.compile(
    r"""
      (?P<arrow><=>>|<<=>|<=>|<-->|<->|->|<-)(?P<over>\s*\[[^\]]*\])?(?P<under>\s*\[[^\]]*\])?
    | (?P<math>\$[^$]*\$)
    | (?P<script>[_^])(?P<value>\{[^{}]*\}|\d*[+-]|[\w*]+)
    | (?P<falls>(?<=\s)(?:v|\(v\))(?=\s|$)) | (?P<rises>(?<=\s)(?:\^|\(\^\))(?=\s|$))
    | (?P<command>\\[A-Za-z]+|\\.)
    | (?P<letters>[A-Za-z]+)
    | (?P<number>(?<![\w)\]}])\d+(?:[./]\d+)?|\d+)
    | (?P<charge>(?<=[\w\])}])(?:\d*[+-])(?=[\s\])},]|$))
    | (?P<blank>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SYMBOLS = {"*": r"\cdot ", ".": r"\cdot ", "#": r"\equiv ", "%": r"\%"}


def expand_ce(tex: str) -> str:
    r"""The TeX with every `\ce{...}` (and mhchem's `\pu{...}`) written out."""
    parts: list[str] = []
    position = 0
    while (found := _COMMAND.search(tex, position)) is not None:
        end = _closing_brace(tex, found.end())
        if end < 0:
            break
        inside = tex[found.end() : end]
        parts.append(tex[position : found.start()])
        parts.append("{" + _to_tex(inside) + "}" if found.group(1) == "ce" else _unit(inside))
        position = end + 1
    parts.append(tex[position:])
    return "".join(parts)


def _closing_brace(tex: str, position: int) -> int:
    depth = 1
    for match in _BRACE.finditer(tex, position):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return match.start()
    return -1


def _unit(inside: str) -> str:
    return r"\mathrm{" + inside.replace(" ", r"\,") + "}"


def _to_tex(formula: str) -> str:
    formula = formula.strip()
    return "".join(_token_to_tex(formula, token) for token in _TOKEN.finditer(formula))


def _token_to_tex(formula: str, token: re.Match[str]) -> str:
    kind, text = token.lastgroup, token.group()
    if token["arrow"]:
        return _arrow(token)
    if token["script"]:
        return token["script"] + "{" + _script(token["value"]) + "}"
    if kind == "math":
        return "{" + text[1:-1] + "}"
    if kind == "letters":
        return r"\mathrm{" + text + "}"
    if kind == "number":
        return _number(formula, token)
    if kind == "charge":
        return "^{" + text + "}"
    if kind == "falls":
        return r"\downarrow "
    if kind == "rises":
        return r"\uparrow "
    if kind == "blank":
        return " "
    if kind == "other":
        return _SYMBOLS.get(text, text)
    return text + " "


def _arrow(token: re.Match[str]) -> str:
    arrow = _ARROWS[token["arrow"]]
    labels = [label.strip()[1:-1] for label in (token["over"], token["under"]) if label]
    if not labels:
        return f" {arrow} "
    over = r"\overset{" + _to_tex(labels[0]) + "}{" + arrow + "}"
    if len(labels) == 1:
        return f" {over} "
    return r" \underset{" + _to_tex(labels[1]) + "}{" + over + "} "


def _number(formula: str, token: re.Match[str]) -> str:
    """A subscript right after an element or a bracket, a coefficient elsewhere."""
    before = formula[: token.start()][-1:]
    if before.isalpha() or before in (")", "]", "}"):
        return "_{" + token.group() + "}"
    return token.group() + r"\,"


def _script(value: str) -> str:
    inside = value[1:-1] if value.startswith("{") else value
    return re.sub(r"(?<!\\)\b([A-Za-z]+)", r"\\mathrm{\1}", inside)

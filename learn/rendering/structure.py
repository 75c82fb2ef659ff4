"""What an answer's Markdown holds, and on which lines: for checks, which name the line.

The parser itself says where each element stands. Formulas are cut out as for rendering, so that it
sees the same text; lines are counted in the text as it was typed.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import NamedTuple

import comrak

from learn.rendering.lists import nest_lists
from learn.rendering.markdown import FIRST_PLACEHOLDER, cut_out, parse_options
from learn.rendering.math import to_mathml
from learn.rendering.scan import find_fences, find_spans, loose_delimiters

# Answers beyond this are shown as they stand; there is no structure to look for.
MAX_LENGTH = 100_000

_LEVELS = {"h1": 2, "h2": 2, "h3": 2, "h4": 3, "h5": 4, "h6": 4}
_ROW = re.compile(r"\|.*\|.*\|")
_BLOCKS = {*_LEVELS, "p", "ul", "ol", "blockquote", "pre", "table", "hr"}
_PLACEHOLDER = re.compile(f"[{chr(FIRST_PLACEHOLDER)}-{chr(0xFFFFD)}]")


class Element(NamedTuple):
    """`text` is its visible text; `value` the level of a heading, the address of a link or
    picture, the words of a table's head."""

    line: int
    value: str
    text: str


class BadFormula(NamedTuple):
    line: int
    tex: str


@dataclass(slots=True)
class Structure:
    headings: list[Element] = field(default_factory=list)
    links: list[Element] = field(default_factory=list)
    images: list[Element] = field(default_factory=list)
    tables: list[Element] = field(default_factory=list)
    # The first block of the answer: its tag, and its text.
    opening: Element | None = None
    # Where rows of a table stand that the parser takes for text.
    loose_rows: list[int] = field(default_factory=list)
    failed_formulas: list[BadFormula] = field(default_factory=list)
    # Delimiters of formulas and fences that nothing closes.
    open_formulas: list[BadFormula] = field(default_factory=list)
    open_fences: list[int] = field(default_factory=list)
    # The sentences: paragraphs, items, quotations; without code, tables and headings.
    prose: str = ""


def read_structure(markdown: str) -> Structure:
    text = markdown.replace("\r\n", "\n").replace("\r", "\n")
    structure = Structure()
    if len(text) > MAX_LENGTH:
        return structure
    line_of = _LineCounter(text)
    _read_formulas(text, structure, line_of)
    for fence in find_fences(text):
        if fence.inner_end == len(text):
            structure.open_fences.append(line_of(fence.start))
    cut, _formulas = cut_out(text)
    reader = _Reader(structure, _original_lines(text, cut))
    html = comrak.render_markdown(
        nest_lists(cut).encode("utf-8", "replace").decode(),
        extension_options=parse_options(cut),
        render_options=_WITH_POSITIONS,
    )
    reader.feed(html)
    reader.close()
    structure.prose = "\n".join(reader.prose)
    return structure


def _with_positions() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.escape = True
    options.sourcepos = True
    return options


_WITH_POSITIONS = _with_positions()


class _LineCounter:
    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1


def _read_formulas(text: str, structure: Structure, line_of: _LineCounter) -> None:
    if "$" not in text and "\\" not in text:
        return
    spans = find_spans(text)
    for span in spans:
        if span.kind.value.endswith("math"):
            tex = text[span.inner_start : span.inner_end].strip()
            if to_mathml(tex, display=span.kind.value.startswith("display")) is None:
                structure.failed_formulas.append(BadFormula(line_of(span.start), tex))
    for token in loose_delimiters(text, spans):
        structure.open_formulas.append(BadFormula(line_of(token.start), token.text))


def _original_lines(text: str, cut: str) -> list[int]:
    """For each line of the cut text (from 0) its line in the original: a formula of several
    lines is one character there."""
    spans = [s for s in find_spans(text) if s.kind.value.endswith("math")] if cut != text else []
    lost = [(s.start, text.count("\n", s.start, s.end)) for s in spans]
    lines: list[int] = []
    number, position = 1, 0
    for line in cut.split("\n"):
        lines.append(number)
        held = len(_PLACEHOLDER.findall(line))
        for _start, newlines in lost[position : position + held]:
            number += newlines
        position += held
        number += 1
    return lines


class _Reader(HTMLParser):
    """Takes the parser's HTML apart."""

    def __init__(self, structure: Structure, lines: list[int]) -> None:
        super().__init__()
        self.structure = structure
        self.lines = lines
        self.prose: list[str] = []
        # Open elements of interest: (tag, line, value, texts).
        self.open: list[tuple[str, int, str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        line = self._line(given.get("data-sourcepos") or "")
        if tag == "img":
            alt = given.get("alt") or ""
            self.structure.images.append(Element(line, given.get("src") or "", alt))
            self._text(alt)
        elif tag == "br":
            self._text("\n")
        elif tag in _BLOCKS or tag in ("a", "thead"):
            if tag in _BLOCKS and self.structure.opening is None and not self.open:
                self.structure.opening = Element(line, tag, "")
            if tag == "thead" and self.open:
                line = self.open[-1][1]
            self.open.append((tag, line, given.get("href") or "", []))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            return
        _tag, line, value, texts = self.open.pop()
        text = "".join(texts)
        self._close(tag, line, value, text)
        # Text of an element is also its parent's.
        if tag == "a" and self.open:
            self.open[-1][3].append(text)

    def _close(self, tag: str, line: int, value: str, text: str) -> None:
        structure = self.structure
        if tag in _LEVELS:
            structure.headings.append(Element(line, str(_LEVELS[tag]), text.strip()))
        elif tag == "a":
            structure.links.append(Element(line, value, text.strip()))
        elif tag == "thead":
            structure.tables.append(Element(line, "", text.strip()))
        elif tag == "p":
            self.prose.append(text)
            if structure.opening and structure.opening.value == "p" and not structure.opening.text:
                structure.opening = structure.opening._replace(text=text.strip())
            rows = [_ROW.fullmatch(row.strip()) for row in text.split("\n")]
            for number, pair in enumerate(pairwise(rows)):
                if all(pair):
                    structure.loose_rows.append(line + number)
                    break
        elif tag in ("ul", "ol", "blockquote"):
            # Items without paragraphs of their own.
            self.prose.append(text)

    def handle_data(self, data: str) -> None:
        self._text(data)

    def _text(self, text: str) -> None:
        if self.open:
            self.open[-1][3].append(text)

    def _line(self, position: str) -> int:
        number = position.partition(":")[0]
        index = int(number) - 1 if number.isdecimal() else 0
        return self.lines[min(index, len(self.lines) - 1)]

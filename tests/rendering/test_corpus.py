"""The real corpus, decoded and rendered once: what must hold on every page.

The corpus is no part of the repository; see the `corpus_dir` fixture.
"""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest

from learn.rendering import Decoded, Rendered, decode, encode, render
from learn.rendering.scan import Kind, find_spans
from tests.real_files import real_files
from tests.rendering.markup import Markup, unsafe_parts

_ANSWER = re.compile(r"^answer: >-\n    (.*)$", re.MULTILINE)
_MATH = re.compile(r"<math.*?</math>", re.DOTALL)
_NESTING = re.compile(r"^\d[.)] [^\n]*\n {2,3}- ", re.MULTILINE)


class Page(NamedTuple):
    path: str
    seed_text: str
    decoded: Decoded
    rendered: Rendered
    markup: Markup
    formulas: list[str]
    fences: int


def _pages(corpus_dir: Path) -> Iterator[Page]:
    seen: set[str] = set()
    for path in real_files(corpus_dir):
        found = _ANSWER.search(path.read_text("utf-8"))
        assert found, f"no answer in {path}"
        if found[1] not in seen:
            seen.add(found[1])
            decoded = decode(found[1])
            rendered = render(decoded.markdown)
            spans = find_spans(decoded.markdown)
            formulas = [
                decoded.markdown[span.start : span.end]
                for span in spans
                if span.kind in (Kind.INLINE, Kind.DISPLAY)
            ]
            yield Page(
                f"{path.parent.name}/{path.name}",
                found[1],
                decoded,
                rendered,
                Markup(rendered.html),
                formulas,
                fences=sum(span.kind is Kind.FENCE for span in spans),
            )


@pytest.fixture(scope="module")
def pages(corpus_dir: Path) -> list[Page]:
    return list(_pages(corpus_dir))


def test_every_answer_comes_back_from_encode(pages: list[Page]) -> None:
    assert [page.path for page in pages if encode(page.decoded) != page.seed_text] == []


def test_few_answers_differ_from_naive_decoding(pages: list[Page]) -> None:
    """Measured on all answers: 169 of 35,915 and the wrapped ones."""
    differing = [
        page
        for page in pages
        if not page.decoded.wrapped and page.decoded.markdown != page.seed_text.replace("\\n", "\n")
    ]
    assert len(differing) <= len(pages) * 169 / 35_915 * 1.2


def test_no_formula_is_lost(pages: list[Page]) -> None:
    lost = [
        page.path
        for page in pages
        if len(page.formulas)
        != page.rendered.html.count("<math") + page.rendered.html.count('<code class="tex">')
    ]
    assert lost == []


def test_at_most_four_formulas_are_refused(pages: list[Page]) -> None:
    assert sum(len(page.rendered.failed) for page in pages) <= 4


@pytest.mark.parametrize(
    ("command", "symbol"), [("neq", "≠"), ("nabla", "∇"), ("neg", "¬"), ("nu", "ν")]
)
def test_commands_that_begin_with_n_arrive_as_symbols(
    pages: list[Page], command: str, symbol: str
) -> None:
    written = re.compile(rf"\\{command}(?![A-Za-z])")
    in_seeds = in_formulas = 0
    for page in pages:
        if f"\\{command}" not in page.seed_text:
            continue
        expected = sum(len(written.findall(formula)) for formula in page.formulas)
        shown = sum(math.count(symbol) for math in _MATH.findall(page.rendered.html))
        assert page.rendered.failed or shown >= expected, page.path
        in_formulas += expected
        in_seeds += len(written.findall(page.seed_text))
    assert in_formulas > 0
    # a seed's `\nu` may be a break and a u, and one command in 300 stands outside any formula
    assert command == "nu" or in_formulas >= in_seeds * 0.99


def test_no_delimiter_or_escape_is_visible_outside_code(pages: list[Page]) -> None:
    visible = re.compile(r"\\[()\[\]n]|\$\$")
    assert [page.path for page in pages if visible.search(page.markup.text)] == []


def test_no_markdown_sign_is_visible_outside_code(pages: list[Page]) -> None:
    visible = re.compile(r"^[-+] |^\||^#{2,6} |\*\*[A-Za-z]", re.MULTILINE)
    assert [page.path for page in pages if visible.search(page.markup.text)] == []


def test_every_page_holds_allowed_markup_only(pages: list[Page]) -> None:
    unsafe = {page.path: parts for page in pages if (parts := unsafe_parts(page.markup))}
    assert unsafe == {}


def test_no_placeholder_leaks(pages: list[Page]) -> None:
    leak = re.compile("[\U000f0000-\U000ffffd]|%F3%B")
    assert [page.path for page in pages if leak.search(page.rendered.html)] == []


def test_bullets_under_a_number_are_nested_lists(pages: list[Page]) -> None:
    nesting = [page for page in pages if _NESTING.search(page.decoded.markdown)]
    assert len(nesting) > len(pages) / 10
    flat = [page.path for page in nesting if not page.markup.nested_lists]
    assert flat == []


def test_every_fence_is_a_code_block(pages: list[Page]) -> None:
    for page in pages:
        assert page.rendered.html.count("<pre") == page.fences, page.path


def test_regions_of_a_page_have_different_names(pages: list[Page]) -> None:
    for page in pages:
        assert len(page.markup.labels) == len(set(page.markup.labels)), page.path


def test_every_answer_has_a_summary_that_fits(pages: list[Page]) -> None:
    for page in pages:
        summary = page.rendered.summary
        assert 0 < len(summary) <= 155, page.path
        assert unescape(summary) == summary, page.path
        assert "\n" not in summary, page.path

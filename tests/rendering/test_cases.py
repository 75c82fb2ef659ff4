"""The labelled cases drawn from real answers; like the answers they live outside the repository."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from learn.rendering import decode, encode, render

_CASES = Path(__file__).resolve().parents[2].parent / "shared" / "cases" / "rendering.json"
CASES: list[dict[str, Any]] = json.loads(_CASES.read_text("utf-8")) if _CASES.exists() else []


def _without_spans(html: str) -> str:
    """The HTML without the elements that colour code."""
    return re.sub(r"</?span[^>]*>", "", html)


def test_labelled_cases_are_there(shared_dir: Path) -> None:
    assert len(json.loads((shared_dir / "cases" / "rendering.json").read_text("utf-8"))) == len(
        CASES
    )


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_labelled_case_decodes_and_renders_as_labelled(case: dict[str, Any]) -> None:
    decoded = decode(case["raw"])
    assert encode(decoded) == case["raw"]
    if "expected_decoded" in case:
        assert decoded.markdown == case["expected_decoded"]

    html = _without_spans(render(decoded.markdown).html)
    expected = case.get("expected_property", {})
    for text in expected.get("html_contains", []):
        assert text in html
    for text in expected.get("html_not_contains", []):
        assert text not in html
    for text, count in expected.get("html_count", {}).items():
        assert html.count(text) == count

"""Links of the documents lead to something."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.reading import DOCS


def documents() -> list[Path]:
    readme = ROOT / "README.md"
    return [*([readme] if readme.exists() else []), *sorted(DOCS.glob("*.md"))]


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_relative_links_lead_to_something_that_exists(document: Path) -> None:
    prose = re.sub(r"^```.*?^```$|`+[^`\n]+`+", "", document.read_text(), flags=re.M | re.S)
    for address in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:|/", address):
            continue
        path, _, anchor = address.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), address
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target.read_text()), address

"""What the tests of documents read them by: sections, tables, code."""

import re

from tests.conftest import ROOT

DOCS = ROOT / "docs"

CODE = re.compile(r"(`+)(.+?)\1")


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or above."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{level}}} |\Z)", text, re.M | re.S)
    assert found, f"no heading {heading}"
    return found[1]


def tables(text: str) -> list[list[list[str]]]:
    """The tables of a text: rows of cells, without the header and the line below it."""
    blocks = re.findall(r"^(?:\|.*\n)+", text, re.M)
    return [
        [[cell.strip() for cell in row[1:-1].split("|")] for row in block.splitlines()[2:]]
        for block in blocks
    ]


def code(cell: str) -> str:
    """The code that a cell consists of; "" if it is not just that."""
    match = CODE.fullmatch(cell)
    return match[2] if match else ""

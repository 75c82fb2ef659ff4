"""docs/dependencies.md accounts for every package, with its licence."""

import importlib.metadata
import re

import pytest
from packaging.requirements import Requirement

from scripts import sbom
from tests.conftest import ROOT
from tests.docs.reading import DOCS, code, section, tables

DEPENDENCIES = (DOCS / "dependencies.md").read_text()


REQUIREMENT = re.compile(r"^([A-Za-z][\w.-]*(?:\[[\w,-]+\])?)", re.M)


@pytest.mark.parametrize(
    ("file", "heading"),
    [
        ("requirements.in", "## To run the site"),
        ("requirements-s3.in", "## To keep pictures in S3-compatible storage"),
        ("requirements-dev.in", "## To test and check"),
    ],
)
def test_every_requirement_is_accounted_for_and_nothing_else(file: str, heading: str) -> None:
    required = REQUIREMENT.findall((ROOT / file).read_text())
    rows = tables(section(DEPENDENCIES, heading))[0]
    assert sorted(code(row[0]) for row in rows) == sorted(required)


def brought_along(name: str) -> set[str]:
    """What a locked file has that nobody asked for, for the Python that this runs on; the few of
    others stand below the table."""
    lines = re.findall(r"^[a-z].*==.*?(?= \\)", (ROOT / f"{name}.txt").read_text(), re.M)
    locked = [Requirement(line) for line in lines]
    needed = {each.name for each in locked if each.marker is None or each.marker.evaluate()}
    asked = REQUIREMENT.findall((ROOT / f"{name}.in").read_text())
    return needed - {asked_for.partition("[")[0].lower() for asked_for in asked}


def test_what_requirements_bring_along_is_accounted_for() -> None:
    (rows,) = tables(section(DEPENDENCIES, "## What these bring along"))
    assert {code(row[0]) for row in rows} == brought_along("requirements")
    (rows,) = tables(section(DEPENDENCIES, "### What these two bring along"))
    site = set(sbom.locked("requirements.txt"))
    assert {code(row[0]) for row in rows} == brought_along("requirements-s3") - site


@pytest.mark.parametrize("row", [row for table in tables(DEPENDENCIES) for row in table])
def test_licence_is_that_of_the_installed_package(row: list[str]) -> None:
    distribution = importlib.metadata.distribution(code(row[0]).partition("[")[0])
    metadata = distribution.metadata
    stated = [metadata["License-Expression"], metadata["License"]]
    stated += [name for name in metadata.get_all("Classifier", []) if name.startswith("License")]
    if not any(stated):
        stated = [
            distribution.read_text(f"licenses/{name}")
            for name in metadata.get_all("License-File", [])
        ]
    assert any(row[2] in text for text in stated if text)

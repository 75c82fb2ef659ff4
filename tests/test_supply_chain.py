"""What the site is made of: locked by hash, with known licences, and listed."""

import importlib.metadata
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts import sbom
from tests.conftest import ROOT

FILES = ("requirements.txt", "requirements-s3.txt", "requirements-dev.txt")
# A requirement, and the lines of its hashes.
BLOCK = re.compile(r"^([a-z0-9][^\\\n]*?) \\\n((?:    --hash=\S+(?: \\)?\n)+)", re.M)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def blocks(file: str) -> dict[str, tuple[Requirement, int]]:
    """Name -> the requirement and how many files of it may be installed."""
    found = {}
    for text, hashes in BLOCK.findall((ROOT / file).read_text()):
        requirement = Requirement(text)
        found[requirement.name] = (requirement, len(HASH.findall(hashes)))
    return found


@pytest.mark.parametrize("file", FILES)
def test_every_requirement_is_pinned_by_hashes(file: str) -> None:
    lines = (ROOT / file).read_text().splitlines()
    names = [line for line in lines if line and line[0] not in " #"]
    locked = blocks(file)
    assert len(names) == len(locked) > 20
    for requirement, hashes in locked.values():
        assert str(requirement.specifier).startswith("=="), requirement
        assert hashes >= 1, requirement
    # Compiled ones have a file for each platform and version of Python.
    assert locked["nh3"][1] > 10


@pytest.mark.parametrize("file", FILES)
def test_lock_holds_what_is_asked_for(file: str) -> None:
    asked = (ROOT / file.replace(".txt", ".in")).read_text().splitlines()
    locked = sbom.locked(file)
    for line in asked:
        if line and line[0] not in "#-":
            requirement = Requirement(line)
            assert str(requirement.specifier) == f"=={locked[sbom._normal(requirement.name)]}"


def test_tests_run_with_the_versions_of_the_site() -> None:
    site, with_bucket, tests = (sbom.locked(file) for file in FILES)
    assert site.items() < with_bucket.items() < tests.items()


@pytest.mark.parametrize("file", FILES)
def test_what_is_installed_is_what_is_locked(file: str) -> None:
    wrong = []
    for name, (requirement, _hashes) in blocks(file).items():
        if requirement.marker is None or requirement.marker.evaluate():
            version = importlib.metadata.version(name)
            if not requirement.specifier.contains(version, prereleases=True):
                wrong.append(f"{name} {version}, locked is {requirement.specifier}")
    assert wrong == []


def test_bill_of_materials_lists_what_runs_the_site_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "bom.json"
    assert sbom.main(target) == 0
    bom = json.loads(target.read_text())
    assert (bom["bomFormat"], bom["specVersion"]) == ("CycloneDX", "1.6")
    assert bom["metadata"]["component"]["name"] == "quicktakes"
    parts = {sbom._normal(part["name"]): part for part in bom["components"]}
    expected = {
        name
        for name, (requirement, _hashes) in blocks("requirements.txt").items()
        if requirement.marker is None or requirement.marker.evaluate()
    }
    assert set(parts) == expected
    for name, part in parts.items():
        assert part["version"] == sbom.locked("requirements.txt")[name]
        assert part["purl"].startswith(f"pkg:pypi/{name}@")
        assert part["licenses"], name
    references = {part["bom-ref"] for part in bom["components"]}
    assert {ref for entry in bom["dependencies"] for ref in entry["dependsOn"]} <= references


def audit(**settings: str) -> subprocess.CompletedProcess[str]:
    # Nobody listens on this port.
    env = os.environ | {"AUDIT_PROBE": "http://127.0.0.1:1/", "REQUIRE_ALL": "", **settings}
    return subprocess.run(
        [ROOT / "scripts" / "audit"], env=env, capture_output=True, text=True, check=False
    )


def test_audit_without_an_index_is_left_out_and_says_so() -> None:
    done = audit()
    assert done.returncode == 0
    assert done.stdout == (
        "left out: http://127.0.0.1:1/ does not answer, so no weakness can be looked up\n"
    )
    assert audit(REQUIRE_ALL="1").returncode == 1

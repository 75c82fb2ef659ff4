"""A bill of materials (CycloneDX 1.6, JSON) of what runs the site: `make sbom`.

cyclonedx-py describes the environment; kept are the packages of requirements.txt, as the tools of
tests and checks are no part of the site.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
# A requirement: up to the backslash before its hashes, if it has some, or to a comment.
LINE = re.compile(r"^[A-Za-z][^\\#\n]*", re.M)


def requirements(file: str) -> list[Requirement]:
    return [Requirement(line) for line in LINE.findall((ROOT / file).read_text())]


def locked(file: str) -> dict[str, str]:
    """Name -> version of each package of a locked file, whatever it is for."""
    return {
        _normal(each.name): str(each.specifier).removeprefix("==") for each in requirements(file)
    }


def installed() -> set[str]:
    """The names of those that this Python on this platform needs to run the site."""
    return {
        _normal(each.name)
        for each in requirements("requirements.txt")
        if each.marker is None or each.marker.evaluate()
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def environment() -> dict[str, Any]:
    # What is kept of it is validated in the end; to validate all takes twenty seconds.
    command = [sys.executable, "-m", "cyclonedx_py", "environment", "--no-validate"]
    command += ["--output-reproducible"]
    command += ["--sv", "1.6", "--of", "JSON", "--pyproject", str(ROOT / "pyproject.toml")]
    made = subprocess.run([*command, sys.executable], check=True, capture_output=True, text=True)
    return json.loads(made.stdout)


def reduced(bom: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The bill without components of other names, and without what is said of those."""
    kept = [part for part in bom["components"] if _normal(part["name"]) in names]
    root = bom["metadata"]["component"]["bom-ref"]
    refs = {part["bom-ref"] for part in kept}
    asked = {_normal(each.name) for each in requirements("requirements.in")}
    direct = [part["bom-ref"] for part in kept if _normal(part["name"]) in asked]
    entries = [entry for entry in bom["dependencies"] if entry["ref"] in refs]
    entries = [
        entry | {"dependsOn": [ref for ref in entry.get("dependsOn", []) if ref in refs]}
        for entry in entries
    ]
    return bom | {
        "components": kept,
        "dependencies": [{"ref": root, "dependsOn": sorted(direct)}, *entries],
    }


def fault_of(text: str) -> object:
    """What is wrong with a bill, or None."""
    # Not above: it makes a parser of a grammar, for which all processes of the tests would wait.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)


def main(target: Path) -> int:
    wanted = locked("requirements.txt")
    bom = reduced(environment(), installed())
    found = {_normal(part["name"]): part["version"] for part in bom["components"]}
    other = sorted(name for name, version in found.items() if wanted[name] != version)
    if other:
        sys.stderr.write(f"Installed in another version than locked: {', '.join(other)}.\n")
        return 1
    text = json.dumps(bom, indent=2, sort_keys=True) + "\n"
    if (fault := fault_of(text)) is not None:
        sys.stderr.write(f"The bill is not valid: {fault}\n")
        return 1
    target.write_text(text)
    sys.stdout.write(f"{target}: {len(found)} packages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "sbom.cdx.json"))

"""Every file of deploy/, by the tool that is made for it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose
from django.core.management import get_commands

from tests.conftest import ROOT, leave_out

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
TIMERS = [unit for unit in UNITS if unit.suffix == ".timer"]
COMPOSE = (DEPLOY / "compose.yaml").read_text()
VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}")


def tool(name: str, package: str) -> str:
    path = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if path is None:
        leave_out(f"there is no {name} (Debian: apt-get install {package})")
    return path or ""


def run(*command: object) -> tuple[int, str]:
    process = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return process.returncode, process.stdout


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with programs that are there in place of those of an installed site."""
    for unit in UNITS:
        text = re.sub(r"/srv/quicktakes/\.venv/bin/\w+", sys.executable, unit.read_text())
        (tmp_path / unit.name).write_text(text.replace("/srv/quicktakes", str(tmp_path)))
    return tmp_path


def verify(folder: Path) -> tuple[int, str]:
    program = tool("systemd-analyze", "systemd")
    names = [folder / unit.name.replace("@.", "@applyschedule.") for unit in UNITS]
    environment = {"SYSTEMD_UNIT_PATH": f"{folder}:", "PATH": "/usr/bin:/bin"}
    process = subprocess.run(
        [program, "verify", "--man=no", *names],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    # What it says of the machine's own units is not about ours.
    lines = [line for line in process.stderr.splitlines() if "quicktakes" in line]
    return process.returncode, "\n".join(lines)


def test_systemd_takes_every_unit(units: Path) -> None:
    assert verify(units) == (0, "")


def test_systemd_would_refuse_a_unit_that_is_wrong(units: Path) -> None:
    path = units / "quicktakes.service"
    path.write_text(path.read_text().replace("ProtectSystem=strict", "ProtectSystem=strictly"))
    assert "Failed to parse protect system value" in verify(units)[1]


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS if unit.suffix == ".service"])
def test_service_is_hardened(unit: str, units: Path) -> None:
    program = tool("systemd-analyze", "systemd")
    status, text = run(
        program, "security", "--offline=yes", "--threshold=25", units / unit.replace("@", "@x")
        if (units / unit.replace("@", "@x")).exists() else units / unit
    )  # fmt: skip
    assert status == 0, text[-400:]


@pytest.mark.parametrize("timer", TIMERS, ids=lambda timer: timer.stem)
def test_timer_starts_a_command_that_there_is(timer: Path) -> None:
    found = re.search(r"^Unit=(quicktakes(?:@(\w+)|-backup)\.service)$", timer.read_text(), re.M)
    assert found
    assert (found[2] or "backup") in get_commands()
    calendar = re.search(r"^OnCalendar=(.+)$", timer.read_text(), re.M)
    assert calendar
    status, text = run(tool("systemd-analyze", "systemd"), "calendar", calendar[1])
    assert status == 0, text


def test_dockerfile_passes_hadolint() -> None:
    assert run(tool("hadolint", "hadolint"), DEPLOY / "Dockerfile") == (0, "")


def test_what_the_dockerfile_copies_is_there() -> None:
    kept = (DEPLOY / "Dockerfile.dockerignore").read_text()
    names = re.findall(r"^!(.+)$", kept, re.M)
    # gunicorn.conf.py is a file like the others.
    assert {"learn", "quicktakes", "templates", "requirements.txt", "manage.py"} <= set(names)
    for name in names:
        assert (ROOT / name).exists(), name


def compose(text: str) -> Any:
    """The file with its variables filled in and its anchors resolved, as Docker reads it."""
    return yaml.safe_load(VARIABLE.sub(lambda found: found[2] or "x", text))


def test_compose_file_is_of_the_specification() -> None:
    services = PyCompose.from_yaml(yaml.safe_dump(compose(COMPOSE))).service_names()
    expected = ["migrate", "nginx", "postgres", "redis", "timers", "web1", "web2"]
    assert sorted(services) == expected


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("restart: unless-stopped", "restart: sometimes"),
        ("cap_drop:", "cap_dropp:"),
        ("interval: 5s", "interval: often"),
    ],
)
def test_specification_refuses_what_is_wrong(right: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong.partition(":")[0]):
        PyCompose.from_yaml(yaml.safe_dump(compose(COMPOSE.replace(right, wrong))))


def references(file: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(kind, name) of what services say is elsewhere in the file."""
    for service in file["services"].values():
        for name in service.get("depends_on", ()):
            yield "services", name
        for name in service.get("networks", ()):
            yield "networks", name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            if not source.startswith("."):
                yield "volumes", source


def test_what_the_compose_file_refers_to_is_there() -> None:
    file = compose(COMPOSE)
    for kind, name in references(file):
        assert name in file[kind], (kind, name)
    for volume in file["services"]["nginx"]["volumes"]:
        source = volume.partition(":")[0]
        if source.startswith("./"):
            assert (DEPLOY / source).exists(), source
    assert "ports" not in str({name: file["services"][name] for name in ("postgres", "redis")})


def test_example_names_every_variable_of_the_compose_file() -> None:
    example = (DEPLOY / "compose" / "example.env").read_text()
    named = set(re.findall(r"^(\w+)=", example, re.M))
    assert named == {found[1] for found in VARIABLE.finditer(COMPOSE)}


def test_nginx_takes_the_configuration_of_the_compose_file(tmp_path: Path) -> None:
    program = tool("nginx", "nginx")
    shutil.copytree(DEPLOY / "nginx" / "quicktakes", tmp_path / "quicktakes")
    site = (DEPLOY / "compose" / "nginx.conf").read_text()
    # Their names are known in Docker's network only.
    site = re.sub(r"\bweb[12]:", "127.0.0.1:", site).replace("/var/cache", str(tmp_path))
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx").mkdir()
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off;"
        f" include {tmp_path}/site.conf; }}"
    )
    status, text = run(program, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf")
    assert status == 0, text

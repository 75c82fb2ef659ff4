"""docs/commands.md names every command, option and target of make, and no other."""

import argparse
import json
import re

import pytest
from django.core.management import load_command_class
from django.core.management.base import BaseCommand

from learn.seeds.report import Report
from tests.conftest import ROOT
from tests.docs.reading import CODE, DOCS, code, section, tables

COMMANDS = (DOCS / "commands.md").read_text()


def command_names() -> list[str]:
    folder = ROOT / "learn" / "management" / "commands"
    return sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")


def actions(command: BaseCommand) -> list[argparse.Action]:
    return command.create_parser("manage.py", "command")._actions


def own_options(name: str) -> set[str]:
    """The options of a command that not every command has."""
    common = {option for action in actions(BaseCommand()) for option in action.option_strings}
    found = {o for a in actions(load_command_class("learn", name)) for o in a.option_strings}
    return found - common


def documented_options(name: str) -> set[str]:
    rows = [row for table in tables(section(COMMANDS, f"### {name}")) for row in table]
    return {code(row[0]).split()[0] for row in rows if code(row[0]).startswith("-")}


def test_every_command_is_documented_and_no_other() -> None:
    headings = re.findall(r"^### (\w+)$", section(COMMANDS, "## manage.py"), re.M)
    assert sorted(headings) == command_names()


@pytest.mark.parametrize("name", command_names())
def test_options_of_a_command_are_those_documented(name: str) -> None:
    assert documented_options(name) == own_options(name)


@pytest.mark.parametrize("name", command_names())
def test_arguments_of_a_command_are_named(name: str) -> None:
    text = section(COMMANDS, f"### {name}")
    for action in actions(load_command_class("learn", name)):
        is_own = not action.option_strings or set(action.option_strings) & own_options(name)
        if is_own and isinstance(action.metavar, str):
            assert action.metavar in text
        for choice in action.choices or () if is_own else ():
            assert f"`{choice}`" in text


def test_every_make_target_is_documented_and_no_other() -> None:
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.M)
    rows = tables(section(COMMANDS, "## make"))[0]
    assert sorted(code(row[0]) for row in rows) == sorted(f"make {target}" for target in targets)


def test_environment_of_the_tests_is_documented() -> None:
    files = (ROOT / "scripts" / "test", ROOT / "tests" / "conftest.py")
    text = "".join(file.read_text() for file in files)
    names = set(re.findall(r"\b(?:TEST_[A-Z_]*URL|REQUIRE_ALL)\b", text))
    assert {code(row[0]) for row in tables(section(COMMANDS, "## make"))[1]} == names


@pytest.mark.django_db
def test_keys_of_the_report_are_those_documented() -> None:
    *_, table = tables(section(COMMANDS, "### loadseeds"))
    rows = {code(key): meaning for key, meaning in table}
    report = Report()
    report.refuse("p", 1, "r")
    report.warn("p", "c", "d")
    report.conflict("p", "/u", "r")
    written = json.loads(json.dumps(report.as_dict()))
    assert list(rows) == list(written)
    for name in ("conflicts", "refused", "warnings", "seconds"):
        keys = written[name] if name == "seconds" else written[name][0]
        assert [found[1] for found in CODE.findall(rows[name])] == list(keys)

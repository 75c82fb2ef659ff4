"""docs/operations.md names every setting, with its default."""

import ast
import re

from tests.conftest import ROOT
from tests.docs.reading import DOCS, code, section, tables

OPERATIONS = (DOCS / "operations.md").read_text()


SETTINGS = ast.parse((ROOT / "quicktakes" / "settings.py").read_text())


READS = re.compile(r"required_unless_debug|env\.\w+")


def settings_read() -> dict[str, object]:
    """Name -> default (None where it is computed or required) of each setting that is read."""
    found: dict[str, object] = {}
    calls = [node for node in ast.walk(SETTINGS) if isinstance(node, ast.Call) and node.args]
    for call in calls:
        name = call.args[0]
        if isinstance(name, ast.Constant) and READS.fullmatch(ast.unparse(call.func)):
            default = next((word.value for word in call.keywords if word.arg == "default"), None)
            is_constant = isinstance(default, ast.Constant)
            found[str(name.value)] = default.value if is_constant else None
    return found


def test_settings_table_is_what_the_settings_read() -> None:
    (rows,) = tables(section(OPERATIONS, "## Settings"))
    assert {code(row[0]) for row in rows} == set(settings_read())
    for name, default in ((code(row[0]), row[1]) for row in rows):
        expected = settings_read()[name]
        assert expected is None or default == f"`{expected}`", name


def test_examples_of_settings_name_their_setting() -> None:
    (rows,) = tables(section(OPERATIONS, "## Settings"))
    for row in rows:
        assert row[3].startswith((f"`{code(row[0])}=", "output of "))

"""docs/security.md names for each guard a test that exists."""

import ast

from tests.conftest import ROOT
from tests.docs.reading import DOCS, code, tables

SECURITY = (DOCS / "security.md").read_text()


def test_every_guard_names_a_test_that_exists() -> None:
    (rows,) = tables(SECURITY)
    assert len(rows) > 20
    for surface, guard, test in rows:
        assert surface
        assert guard
        file, _, name = code(test).partition("::")
        tree = ast.parse((ROOT / "tests" / file).read_text())
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert name in functions, test
        assert name.startswith("test_")

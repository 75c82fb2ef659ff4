"""The layers of docs/architecture.md: a part imports only from parts above it."""

import ast
from pathlib import Path

LEARN = Path(__file__).resolve().parents[1] / "learn"

LAYERS = [
    {"frontmatter", "rendering", "momentformat", "citations", "textdiff", "textmerge", "snippet"},
    {"validators", "models", "bulk"},
    {"backups", "media", "probes", "compression", "concurrently", "outages", "steady_cache"},
    {"monitoring"},
    {"pages", "counting"},
    {"inline", "visitors", "ratelimits"},
    {"checklist"},
    {
        "redirects",
        "related",
        "copies",
        "tagging",
        "search",
        "similar",
        "topics",
        "totals",
        "places",
        "rerender",
        "structured_data",
        "share_images",
        "indexnow",
        "studysets",
        "decks",
    },
    {"readerpages"},
    {"faults", "contentchecks", "lookalikes"},
    {"readiness"},
    {
        "pending",
        "publishing",
        "feedback",
        "workflow",
        "schedules",
        "proposals",
        "demand",
        "desk",
        "drafts",
        "uploads",
        "two_factor",
    },
    {"mass_edits"},
    {"previews"},
    {"seeds"},
    {"http"},
    {
        "forms",
        "views",
        "feeds",
        "sitemaps",
        "admin",
        "templatetags",
        "management",
        "parts",
        "frames",
    },
    {"apps", "middleware", "sessionless", "urls", "migrations"},
]
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
# Inside the layer of operations; everywhere else parts of one layer do not know each other.
ALLOWED_WITHIN = {
    ("related", "redirects"),
    ("similar", "search"),
    ("totals", "topics"),
    ("models", "validators"),
    ("bulk", "models"),
    ("views", "forms"),
    ("views", "frames"),
    ("frames", "parts"),
    ("frames", "templatetags"),
    ("parts", "templatetags"),
    ("templatetags", "parts"),
    ("decks", "studysets"),
    ("textmerge", "textdiff"),
    ("pending", "publishing"),
    ("publishing", "workflow"),
    ("schedules", "publishing"),
    ("schedules", "workflow"),
    ("proposals", "publishing"),
    ("proposals", "schedules"),
    ("proposals", "workflow"),
    ("desk", "workflow"),
    ("ratelimits", "visitors"),
}


def imports() -> list[tuple[str, str, str]]:
    """(part, imported part, file and line) for every import of learn by learn."""
    found = []
    for file in sorted(LEARN.rglob("*.py")):
        part = file.relative_to(LEARN).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(file.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                if name.startswith("learn."):
                    where = f"{file.relative_to(LEARN)}:{node.lineno}"
                    found.append((part, name.split(".")[1], where))
    return found


def test_every_part_has_a_layer() -> None:
    parts = {path.name.removesuffix(".py") for path in LEARN.iterdir()}
    assert parts - {"static", "__init__", "__pycache__", "locale"} == set(RANK)


def test_imports_point_upwards_only() -> None:
    wrong = [
        f"{where}: {part} imports {imported}"
        for part, imported, where in imports()
        if part != imported
        and (part, imported) not in ALLOWED_WITHIN
        and RANK[imported] >= RANK[part]
    ]
    assert wrong == []

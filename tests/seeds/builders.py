"""Seed files for tests, written by the product's own composer from a few overrides."""

from pathlib import Path
from typing import Any

from learn.frontmatter import compose
from learn.models.path import parse_path
from learn.redirects import Move
from learn.seeds.importer import load_seeds
from learn.seeds.options import Options
from learn.seeds.report import Report
from learn.seeds.sources import SourceFile, read_source


def seed_file(slug: str = "what-is-osmosis", *, subject: str = "biology", **changes: Any) -> bytes:
    """A valid seed file; a change to None leaves the key out."""
    title = changes.pop("title", f"Question {slug}?")
    fields = {
        "_schema": "default",
        "id": "900",
        "date": "2025-02-06",
        "title": title,
        "article_title": title,
        "date_format": "MMM DD, YYYY",
        "post_on_text": "Posted on",
        "seo": {
            "title": "QuickTakes | Biology",
            "page_description": "How water crosses a membrane.",
            "page_keywords": "osmosis, membrane, Water",
        },
        "author": "QuickTakes",
        "question": title,
        "answer": f"Answer of {slug}.\\n\\nIts second paragraph.",
        "subject": subject.capitalize(),
        "file_name": f"{slug}.md",
        "url": f"/learn/{subject}/questions/{slug}",
        "score": "-1.0",
    }
    folded = changes.pop("folded_title", True)
    fields = {key: value for key, value in (fields | changes).items() if value is not None}
    return compose(fields, folded_title=folded).encode()


def related(slug: str, subject: str = "biology", seed_id: int = 900) -> dict[str, str]:
    """The value of a related_articleN that points at a question."""
    return {
        "id": str(seed_id),
        "title": f"Question {slug}?",
        "subject": subject.capitalize(),
        "url": f"/learn/{subject}/questions/{slug}",
    }


def sources(*files: bytes) -> list[SourceFile]:
    """Files as an import takes them, named 1.md, 2.md, …"""
    return [SourceFile(f"{number}.md", data) for number, data in enumerate(files, start=1)]


def write_seeds(folder: Path, *files: bytes) -> Path:
    """Files written as <subject>/<slug>.md below the folder, which is returned."""
    for data in files:
        _, _, subject, _, slug = next(
            line for line in data.decode().splitlines() if line.startswith("url: ")
        ).split("/")
        target = folder / subject / f"{slug}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return folder


def folder_files(folder: Path) -> list[SourceFile]:
    return list(read_source(str(folder)))


def load(*files: bytes, **options: object) -> Report:
    return load_seeds(sources(*files), Options(**options))  # type: ignore[arg-type]


def counts(report: Report) -> tuple[int, int, int, int, int]:
    """(created, updated, unchanged, conflicts, refused)"""
    lists = (report.conflicts, report.refused)
    return (report.created, report.updated, report.unchanged, *map(len, lists))  # type: ignore[return-value]


def move(old: str, new: str, line: int = 2) -> Move:
    return Move(line, parse_path(old), parse_path(new))  # type: ignore[arg-type]

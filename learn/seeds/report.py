"""What an import did, or in a dry run would do."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

PHASES = ("read", "parse", "render", "write", "index", "total")


@dataclass(slots=True)
class Report:
    """Counts of files and lists of what an operator must look at; `as_dict` is its JSON."""

    files: int = 0
    # Of the files, those whose bytes could be had.
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    pruned: int = 0
    # Why nothing was pruned though it was asked for.
    prune_refused: str = ""
    # Old addresses that redirect, of the list of moves given.
    moved: int = 0
    # Pages that repeat another page and redirect to it.
    copies: int = 0
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    # Wall time by phase; "index" is resolving references and choosing canonical pages.
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(PHASES, 0.0))

    def refuse(self, path: str, line: int | None, reason: str) -> None:
        self.refused.append({"path": path, "line": line, "reason": reason})

    def warn(self, path: str, code: str, detail: str) -> None:
        self.warnings.append({"path": path, "code": code, "detail": detail})

    def conflict(self, path: str, url: str, reason: str) -> None:
        self.conflicts.append({"path": path, "url": url, "reason": reason})

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        """Add the wall time of the block to a phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] += time.perf_counter() - start

    def as_dict(self) -> dict[str, Any]:
        counts = ("files", "created", "updated", "unchanged", "pruned", "moved", "copies")
        lists = ("conflicts", "refused", "warnings")
        return {
            **{name: getattr(self, name) for name in (*counts, *lists)},
            "seconds": {name: round(value, 3) for name, value in self.seconds.items()},
        }

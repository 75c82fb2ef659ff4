"""The importer, killed with SIGKILL at random moments and run again."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.seeds.natural_dump import differences
from tests.sites import Site

SEED = 20261129


@dataclass
class Result:
    kind: str
    files: int
    wanted: int
    # How many runs were still going on when they were killed.
    kills: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"kills on {self.kind}: {self.kills} of {self.wanted} came before the end, over "
            f"{self.files:,} files; {len(self.failures)} databases differ from the undisturbed one"
        )


def kill_imports(
    new_database: Callable[[str], str], seeds: Path, number: int, *options: object
) -> Result:
    """Each time in an empty database: load, kill at a moment of the whole time, load again."""
    moments = random.Random(SEED)
    command = ("loadseeds", seeds, *options, "-v0")
    calm = Site(new_database("calm"))
    began = time.monotonic()
    calm.manage(*command)
    duration = time.monotonic() - began
    expected = calm.dump()
    result = Result(calm.url.partition(":")[0], sum(1 for _ in seeds.rglob("*.md")), number)
    for count in range(number):
        site = Site(new_database("killed"))
        result.kills += site.kill_after(moments.uniform(0.02, 1) * duration, *command)
        site.manage(*command)
        if found := differences(site.dump(), expected):
            result.failures.append(f"kill {count}: {found}")
    return result

"""How seed files are to be loaded."""

from dataclasses import dataclass
from enum import Enum


class Side(Enum):
    """Which side wins where both the file and the row have changed."""

    # The row's, and the conflict is reported each time.
    DATABASE = "database"
    # The row's, and the file counts as settled.
    OURS = "ours"
    # The file's; the row's content is kept as a revision.
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Options:
    """How to load; see `manage.py loadseeds --help`."""

    dry_run: bool = False
    side: Side = Side.DATABASE
    prune: bool = False
    force: bool = False
    limit: int | None = None
    origin: str | None = None
    # Processes; those beyond the first read and render ahead.
    jobs: int = 1

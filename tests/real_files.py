"""The real files that a run looks at one by one.

Every fourth, so that the suite ends in a quarter of an hour; all of them with WHOLE_CORPUS=1, as
`make soak` does it. What a file costs little, or what is asked of all together, is done for all.
"""

import os
from pathlib import Path

STEP = 1 if os.environ.get("WHOLE_CORPUS") == "1" else 4


def real_files(corpus_dir: Path) -> list[Path]:
    return sorted(corpus_dir.glob("*/*.md"))[::STEP]

"""The last results of commands, kept for whoever asks for numbers: small files in `METRICS_DIR`."""

import json
import logging
import time
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

ENDING = ".result.json"


def note_result(name: str, **numbers: float) -> None:
    """Keep a command's result; nothing to worry about where that cannot be."""
    if not settings.METRICS_TOKEN:
        return
    folder = Path(settings.METRICS_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f"{name}.unfinished"
        unfinished.write_text(json.dumps({"finished_at": time.time(), **numbers}))
        unfinished.rename(folder / f"{name}{ENDING}")
    except OSError:
        logger.warning("METRICS_DIR cannot be written", exc_info=True)


def results() -> dict[str, dict[str, float]]:
    """Name -> numbers."""
    found = {}
    for path in Path(settings.METRICS_DIR).glob(f"*{ENDING}"):
        found[path.name.removesuffix(ENDING)] = json.loads(path.read_text())
    return found

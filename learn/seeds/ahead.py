"""Reading and rendering the next files of an import in processes beside it (`--jobs`).

A helper knows no database. It is given the bytes of files and gives back what they become, while
the importer writes those before. What it does not give back, the importer makes by itself: what
an import does is the same with helpers and without.
"""

import logging
import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Self

from learn.frontmatter import FrontMatterError
from learn.rendering import Rendered, render
from learn.seeds import helper
from learn.seeds.reading import SeedWarning, read_seed
from learn.seeds.seed import Seed
from learn.seeds.sources import SourceFile

logger = logging.getLogger(__name__)

# Changed files in a batch from which on helpers are worth their start: half a second of a
# processor.
WORTHWHILE = 300


class Outcome(NamedTuple):
    """What a file holds."""

    seed: Seed
    warnings: list[SeedWarning]
    rendered: Rendered | None


def outcome_of(data: bytes, *, is_rendered: bool) -> Outcome:
    """Raises FrontMatterError."""
    seed, warnings = read_seed(data)
    return Outcome(seed, warnings, render(seed.answer) if is_rendered else None)


def outcome_or_none(data: bytes, *, is_rendered: bool) -> Outcome | None:
    """None for a file that cannot be read: the importer finds out why by itself."""
    try:
        return outcome_of(data, is_rendered=is_rendered)
    except FrontMatterError:
        return None


class Ahead:
    """Helpers, at most `count` of them, and what they have made of the next files."""

    def __init__(self, count: int, *, is_rendered: bool) -> None:
        self._count = count
        self._is_rendered = is_rendered
        self._helpers: list[_Helper] = []
        self._given: list[tuple[_Helper, Sequence[SourceFile]]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._helpers:
            one.end()

    def start(self, changed: int) -> None:
        """Start the helpers where so many changed files promise more of them."""
        if changed >= WORTHWHILE and not self._helpers:
            with _interrupts_left_to_the_importer():
                self._helpers = [_Helper(self._is_rendered) for _ in range(self._count)]

    def give(self, files: Sequence[SourceFile]) -> None:
        """Let the helpers begin with these; those they were given before have been taken."""
        for number, one in enumerate(self._helpers):
            part = files[number :: len(self._helpers)]
            if one.give([file.data for file in part]):
                self._given.append((one, part))

    def take(self) -> dict[int, Outcome]:
        """What the given files hold, by the `id` of the SourceFile; waits for it."""
        outcomes: dict[int, Outcome] = {}
        for one, files in self._given:
            for file, outcome in zip(files, one.take(), strict=False):
                if outcome is not None:
                    outcomes[id(file)] = outcome
        self._given = []
        return outcomes


class _Helper:
    """A process, seen from the importer. One that ended is asked nothing more."""

    def __init__(self, is_rendered: bool) -> None:
        # A fork would share the importer's connection to the database.
        context = multiprocessing.get_context("spawn")
        self._end, there = context.Pipe()
        self._process = context.Process(target=helper.run, args=(there, is_rendered), daemon=True)
        self._process.start()
        # The helper's end is then its own alone, so that each side learns of the other's death.
        there.close()
        self._is_there = True

    def give(self, contents: list[bytes]) -> bool:
        if self._is_there:
            try:
                self._end.send(contents)
            except OSError:
                self._lose()
        return self._is_there

    def take(self) -> Sequence[Outcome | None]:
        try:
            outcomes: list[Outcome | None] = self._end.recv()
        except (EOFError, OSError):
            self._lose()
            return ()
        return outcomes

    def end(self) -> None:
        self._end.close()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _lose(self) -> None:
        self._is_there = False
        logger.warning("A process that read files ahead has ended; the import goes on without it.")


@contextmanager
def _interrupts_left_to_the_importer() -> Iterator[None]:
    """What is started in the block never hears of Ctrl-C, which a terminal sends to all: it ends
    when the importer does."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

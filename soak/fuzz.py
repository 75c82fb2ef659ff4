"""Spoilt seed files and hostile texts, one after the other, each within its time."""

import random
import signal
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from soak.hostile import hostile_text
from soak.markup import running_parts
from soak.mutations import mutated

SEED = 20261129
# Seconds of the processor for one item: on a busy machine the clock says nothing.
LIMIT = 2.0


class TooSlow(BaseException):
    """Not an Exception: nothing on the way may take it for an ordinary failure."""


@dataclass
class Result:
    name: str
    items: int = 0
    # Those that the reader of seed files did not take, as it should.
    refused: int = 0
    slowest: float = 0.0
    # Each with the number by which it can be made again.
    crashes: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    running: list[str] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        return self.crashes + self.hangs + self.running

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.items:,} items from seed {SEED}, {self.refused:,} refused, "
            f"{len(self.crashes)} crashes, {len(self.hangs)} over {LIMIT:g} s, "
            f"{len(self.running)} with something that runs; slowest {self.slowest:.2f} s"
        )


def fuzz_seed_files(files: Sequence[bytes], numbers: Iterable[int]) -> Result:
    """Read, and where it is taken render, as the importer does."""
    from learn.frontmatter import FrontMatterError
    from learn.rendering import render
    from learn.seeds.reading import read_seed

    result = Result("seed files")

    def work(data: bytes) -> str:
        try:
            seed, _ = read_seed(data)
        except FrontMatterError:
            result.refused += 1
            return ""
        return render(seed.answer).html

    _run(result, numbers, lambda number: mutated(files, SEED, number), work)
    return result


def fuzz_texts(numbers: Iterable[int]) -> Result:
    """Render; and what follows from the text: the plain text, the summary, the outline's HTML."""
    from learn.rendering import render

    result = Result("texts")
    _run(result, numbers, text_of, lambda text: render(text).html)
    return result


def text_of(number: int) -> str:
    return hostile_text(random.Random(f"{SEED}:text:{number}"))


def _run(
    result: Result,
    numbers: Iterable[int],
    make: Callable[[int], Any],
    work: Callable[[Any], str],
) -> None:
    for number in numbers:
        result.items += 1
        item = make(number)
        began = time.process_time()
        try:
            with limited():
                html = work(item)
        except TooSlow:
            result.hangs.append(f"{number}: {item[:200]!r}")
            continue
        except Exception:
            result.crashes.append(f"{number}: {traceback.format_exc(limit=-4)}")
            continue
        finally:
            result.slowest = max(result.slowest, time.process_time() - began)
        result.running += [f"{number}: {part}" for part in running_parts(html)]


@contextmanager
def limited(seconds: float = LIMIT) -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)

"""Seed files and archives that come through a pipe."""

import subprocess
import sys
import textwrap

import pytest

from tests.conftest import ROOT
from tests.seeds.source_files import FILES, MANY, PACKERS, SEED, tar_of


def from_stdin(data: bytes, *, first: int | None = None) -> list[tuple[str, int, str]]:
    """(name, size, refusal) of each file that a process reads from a pipe.

    The first bytes come alone, the rest a moment later.
    """
    program = """
        import os
        os.environ.update(DEBUG="true", DATABASE_URL="sqlite:///:memory:")
        os.environ["DJANGO_SETTINGS_MODULE"] = "quicktakes.settings"
        import django
        django.setup()
        from learn.seeds.sources import read_source
        print("ready", flush=True)
        print([(file.path, len(file.data), file.refusal) for file in read_source("-")])
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    if first:
        process.stdin.write(data[:first])
        process.stdin.flush()
        # The process has taken these when the pipe is empty; it cannot know of the rest.
        data = data[first:]
        subprocess.run(["sleep", "0.2"], check=True)
    out, _ = process.communicate(data, timeout=60)
    assert process.returncode == 0
    return eval(out)


def test_seed_comes_through_a_pipe_in_pieces() -> None:
    assert from_stdin(SEED, first=3) == [("-", len(SEED), "")]


def test_nothing_comes_through_a_pipe() -> None:
    assert from_stdin(b"") == [("-", 0, "")]


@pytest.mark.parametrize("name", [name for name in PACKERS if "tar" in name])
def test_tar_comes_through_a_pipe_in_pieces(name: str) -> None:
    members = [(f"-:{member}", len(data), "") for member, data in FILES.items()]
    assert from_stdin(PACKERS[name](FILES), first=5) == members


def test_tar_that_breaks_off_in_a_pipe_is_damaged() -> None:
    data = tar_of(MANY)[: 2 * 2560 + 512 + 100]
    assert from_stdin(data) == [
        ("-:art/00.md", 2000, ""),
        ("-:art/01.md", 2000, ""),
        ("-", 0, "the archive is damaged: unexpected end of data"),
    ]


def test_endless_pipe_is_refused() -> None:
    assert from_stdin(b"---\n" + b"x" * 3_000_000)[0][2] == (
        "has more than 1,000,000 bytes; a seed file has at most 1,000,000"
    )

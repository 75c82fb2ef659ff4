"""Small file systems of the tests' own: full or read-only whenever a test wants."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.conftest import leave_out


class Disk:
    def __init__(self, path: Path) -> None:
        self.path = path

    def fill(self) -> None:
        with self._filler.open("ab", buffering=0) as file:
            for block in (65_536, 4_096, 1):
                # The last write of a size takes what is left, or nothing.
                with suppress(OSError):
                    while file.write(b"\0" * block):
                        pass

    def empty(self) -> None:
        self._filler.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Whatever opens a file from now on finds a file system that cannot be written."""
        mount("--bind", self.path, self.path)
        try:
            mount("-o", "remount,bind,ro", self.path)
            yield
        finally:
            unmount(self.path)

    @property
    def _filler(self) -> Path:
        return self.path / "filler"


@contextmanager
def disk(path: Path, megabytes: int) -> Iterator[Disk]:
    path.mkdir()
    try:
        mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", path)
    except (OSError, subprocess.CalledProcessError):
        leave_out("no file system may be mounted here (run as root)")
    try:
        yield Disk(path)
    finally:
        unmount(path)


def mount(*arguments: object) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True, capture_output=True)


def unmount(path: Path) -> None:
    # At once, though a server that stops may still hold a file.
    subprocess.run(["umount", "--lazy", path], check=True)

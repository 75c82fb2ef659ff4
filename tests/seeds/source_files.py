"""Folders and archives for the tests of where seed files come from."""

import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from learn.seeds.sources import read_source
from tests.frontmatter.samples import PLAIN

SEED = PLAIN.encode()
FILES = {"biology/b.md": b"two", "biology/a.md": b"one", "art/c.md": b"three"}
MANY = {f"art/{number:02}.md": os.urandom(2000) for number in range(20)}
IGNORED = {"readme.txt": b"", "art/c.md.bak": b"", "art/.hidden.md": b"", ".git/d.md": b""}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def tar_of(members: dict[str, bytes], mode: str = "w") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def zip_of(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


PACKERS: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "x.zip": zip_of,
    "x.tar": tar_of,
    "x.tar.gz": lambda members: tar_of(members, "w:gz"),
    "x.tgz": lambda members: tar_of(members, "w:gz"),
    "x.tar.xz": lambda members: tar_of(members, "w:xz"),
    "x.tar.bz2": lambda members: tar_of(members, "w:bz2"),
}


def read(path: Path) -> list[tuple[str, bytes, str]]:
    """(name below `path`, data, refusal) of each file."""
    prefix = f"{path}:" if path.is_file() else f"{path}/"
    return [
        (file.path.removeprefix(prefix), file.data, file.refusal) for file in read_source(str(path))
    ]

"""The file of a backup: a tar archive of the database, the media files and, last, a manifest.

An archive whose writing was broken off has no manifest, and is refused for that.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media/"
BLOCK = 1 << 20


class BackupError(Exception):
    """Why there is no backup, or why nothing was restored: a sentence for the operator."""


@dataclass
class Part:
    """A file of the archive."""

    name: str
    size: int
    sha256: str


@dataclass
class Manifest:
    """What an archive holds, and the site that it was taken of."""

    made_at: str
    engine: str
    # As Django names them, for example "learn.0001_initial".
    migrations: list[str]
    # Of each table the number of its rows.
    rows: dict[str, int]
    parts: list[Part] = field(default_factory=list)
    format: int = FORMAT

    @property
    def database(self) -> Part:
        return self.parts[0]

    @property
    def media(self) -> list[Part]:
        return self.parts[1:]


class _Hashed:
    """Reads from a file and keeps the hash of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.hash.update(data)
        return data


def add_part(tar: tarfile.TarFile, name: str, file: IO[bytes], size: int) -> Part:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    hashed = _Hashed(file)
    tar.addfile(entry, hashed)
    return Part(name, size, hashed.hash.hexdigest())


def add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    data = json.dumps(asdict(manifest), indent=1).encode()
    add_part(tar, MANIFEST, io.BytesIO(data), len(data))


class Archive:
    """An archive that is read."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._entries = {entry.name: entry for entry in tar.getmembers() if entry.isreg()}
        self.manifest = self._read_manifest()

    def _read_manifest(self) -> Manifest:
        if MANIFEST not in self._entries:
            raise BackupError(
                f"it has no {MANIFEST}: it is no backup of this site, or its writing was broken off"
            )
        try:
            values: dict[str, Any] = json.loads(self.open(MANIFEST).read())
            if values["format"] != FORMAT:
                raise BackupError(
                    f"it is of format {values['format']}, but this version of the site reads "
                    f"format {FORMAT}. Restore it with the version that made it"
                )
            parts = [Part(**part) for part in values.pop("parts")]
            manifest = Manifest(**values, parts=parts)
            _ = manifest.database
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            raise BackupError(f"its {MANIFEST} cannot be read: {error}") from None
        return manifest

    def open(self, name: str) -> IO[bytes]:
        file = self._tar.extractfile(self._entries[name])
        assert file is not None  # only regular files are kept
        return file

    def check(self) -> None:
        """Whether every part is there, byte for byte as it was written."""
        for part in self.manifest.parts:
            if part.name not in self._entries:
                raise BackupError(f"{part.name} is missing in it")
            with self.open(part.name) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
            if digest != part.sha256:
                raise BackupError(f"{part.name} in it is damaged")

    def extract(self, part: Part, target: Path) -> None:
        with self.open(part.name) as source, target.open("wb") as file:
            while data := source.read(BLOCK):
                file.write(data)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    try:
        with tarfile.open(path) as tar:
            yield Archive(tar)
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"it is no whole tar archive: {error}") from None

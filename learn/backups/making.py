"""A backup is made: the database first, then the media files that its rows name."""

import os
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import connection

from learn.backups.archive import MEDIA, BackupError, Manifest, add_manifest, add_part
from learn.backups.engines import engine


def back_up(target: Path) -> tuple[Path, Manifest]:
    """Write a backup; into a folder under a name made of the time. Nothing is ever overwritten.

    The archive appears under its name when it is whole and on the disk.
    """
    if target.is_dir():
        target /= f"quicktakes-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar"
    _refuse_existing(target)
    # Beside the target: moving it there is then one step. Only we may read it: it holds accounts.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        unfinished = Path(folder) / "archive"
        manifest = _write(unfinished, Path(folder), packed=target.suffix in (".gz", ".tgz"))
        _refuse_existing(target)
        unfinished.chmod(0o600)
        unfinished.rename(target)
    _flush(target.parent)
    return target, manifest


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise BackupError("it is there already. Choose another name, or move it away")


def _write(archive: Path, folder: Path, *, packed: bool) -> Manifest:
    database = engine()
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    copy = folder / database.PART
    rows, migrations = database.dump(copy)
    manifest = Manifest(made_at, connection.vendor, migrations, rows)
    with archive.open("xb") as file:
        with tarfile.open(fileobj=file, mode="w:gz" if packed else "w") as tar:
            with copy.open("rb") as part:
                manifest.parts.append(add_part(tar, database.PART, part, copy.stat().st_size))
            copy.unlink()
            for name in media_files():
                with default_storage.open(name) as part:
                    manifest.parts.append(add_part(tar, MEDIA + name, part, part.size))
            add_manifest(tar, manifest)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def media_files(folder: str = "") -> Iterator[str]:
    """The names of all stored files, in a fixed order."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        yield f"{folder}{name}"
    for name in sorted(folders):
        yield from media_files(f"{folder}{name}/")


def _flush(folder: Path) -> None:
    """The new name is on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

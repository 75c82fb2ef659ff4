"""Where seed files come from: a file, a folder, an archive or standard input.

Every source yields its files in a fixed order, one at a time, so that memory does not grow with
their number. What cannot be read is yielded too, with the reason.
"""

import lzma
import os
import stat
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Self

from learn.frontmatter import MAX_BYTES, printable

SUFFIX = ".md"
TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2")
TAR_MAGIC = (b"\x1f\x8b", b"\xfd7zXZ", b"BZh")


class SourceError(Exception):
    """A PATH that cannot be read at all."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


# What the standard library raises on archives that are cut short or overwritten.
DAMAGES = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    TypeError,  # a gzip header on standard input that is cut short
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's name for reports, and its bytes or the reason why there are none."""

    path: str
    data: bytes = b""
    refusal: str = ""

    def __post_init__(self) -> None:
        # Names may hold control characters, or bytes that are not UTF-8 and cannot be printed.
        object.__setattr__(self, "path", printable(self.path))


def read_source(path: str) -> Iterator[SourceFile]:
    """The seed files at PATH; raises SourceError where nothing can be read."""
    if path == "-":
        return _read_stdin(sys.stdin.buffer)
    if os.path.isdir(path):
        return _read_folder(path)
    if not os.path.exists(path):
        raise SourceError(path, "there is no such file or folder")
    if path.endswith(TAR_SUFFIXES):
        return _guard_archive(path, _read_tar(path))
    if path.endswith(".zip"):
        return _guard_archive(path, _read_zip(path))
    return iter([_read_file(path)])


def count_files(paths: list[str]) -> int | None:
    """How many files the folders hold, for a progress bar; None where it would cost a read."""
    total = 0
    for path in paths:
        if path == "-" or path.endswith((*TAR_SUFFIXES, ".zip")):
            return None
        if os.path.isdir(path):
            total += sum(name.endswith(SUFFIX) for _, _, names in os.walk(path) for name in names)
        else:
            total += 1
    return total


def _read_file(path: str) -> SourceFile:
    """A plain file's bytes, read at once: no buffer, and no wait where a pipe is found."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return SourceFile(path, refusal="not a plain file")
            if status.st_size > MAX_BYTES:
                return _too_large(path, status.st_size)
            return SourceFile(path, os.read(descriptor, status.st_size))
        finally:
            os.close(descriptor)
    except OSError as error:
        return SourceFile(path, refusal=f"cannot be read: {error.strerror}")


def _too_large(path: str, size: int | None) -> SourceFile:
    has = f"{size:,}" if size else f"more than {MAX_BYTES:,}"
    return SourceFile(path, refusal=f"has {has} bytes; a seed file has at most {MAX_BYTES:,}")


def _taken(path: str, file: "IO[bytes] | _Rejoined", size: int) -> SourceFile:
    """An archive's file, unless it is too large; never reads more than the limit, whatever
    size its entry claims."""
    if size > MAX_BYTES:
        return _too_large(path, size)
    data = file.read(MAX_BYTES + 1)
    return _too_large(path, None) if len(data) > MAX_BYTES else SourceFile(path, data)


def _read_folder(root: str) -> Iterator[SourceFile]:
    """The files of a folder and of the folders in it, by name; each folder once, so that links
    neither loop nor multiply."""
    met: set[tuple[int, int]] = set()
    # What is still to read, the next one last. No recursion: folders may be thousands deep.
    waiting = [(root, True)]
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            yield _read_file(path)
            continue
        try:
            status = os.stat(path)
            if (status.st_dev, status.st_ino) in met:
                yield SourceFile(path, refusal="a link to a folder that is read already")
                continue
            met.add((status.st_dev, status.st_ino))
            with os.scandir(path) as entries:
                found = [(entry.path, _is_folder(entry)) for entry in entries if _counts(entry)]
        except OSError as error:
            yield SourceFile(path, refusal=f"cannot be read: {error.strerror}")
            continue
        waiting += sorted(found, reverse=True)


def _counts(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith("."):
        return False
    return entry.name.endswith(SUFFIX) or _is_folder(entry)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _guard_archive(path: str, files: Iterator[SourceFile]) -> Iterator[SourceFile]:
    """The files of an archive; a damaged one gives what it can and ends with a refusal."""
    try:
        yield from files
    except PermissionError as error:
        yield SourceFile(path, refusal=f"cannot be read: {error.strerror}")
    except DAMAGES as error:
        yield SourceFile(path, refusal=f"the archive is damaged: {_reason(error)}")


def _reason(error: Exception) -> str:
    """The first line of what the library says; tarfile goes on about every compression."""
    return str(error).partition("\n")[0].removesuffix(":") or type(error).__name__


def _member_path(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))


def _is_seed_name(name: str) -> bool:
    is_hidden = any(part.startswith(".") and part != ".." for part in _member_path(name).parts)
    return name.endswith(SUFFIX) and not is_hidden


def _member_refusal(name: str, is_link: bool) -> str:
    path = _member_path(name)
    if path.is_absolute() or ".." in path.parts:
        return "the path climbs out of the archive"
    return "a link inside an archive is not followed" if is_link else ""


class _Header(tarfile.TarInfo):
    """A tar header that reports damage; tarfile takes it for the end of the archive."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        try:
            return super().frombuf(buf, encoding, errors)
        except tarfile.HeaderError as error:
            if len(buf) < tarfile.BLOCKSIZE:
                raise tarfile.ReadError("it ends before its end mark") from None
            if any(buf):
                raise tarfile.ReadError(str(error)) from None
            raise


def _read_tar(path: str, stream: "_Rejoined | None" = None) -> Iterator[SourceFile]:
    mode = "r|*" if stream else "r:*"
    with tarfile.open(  # type: ignore[call-overload]
        None if stream else path, mode, fileobj=stream, tarinfo=_Header
    ) as archive:
        for member in archive:
            # Without this the archive remembers every member it has seen.
            archive.members = []
            if not _is_seed_name(member.name) or member.isdir():
                continue
            name = f"{path}:{member.name}"
            refusal = _member_refusal(member.name, member.issym() or member.islnk())
            if refusal or not member.isfile():
                yield SourceFile(name, refusal=refusal or "not a plain file")
                continue
            file = archive.extractfile(member)
            assert file is not None
            yield _taken(name, file, member.size)


def _read_zip(path: str) -> Iterator[SourceFile]:
    with zipfile.ZipFile(path) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if not _is_seed_name(info.filename) or info.is_dir():
                continue
            name = f"{path}:{info.filename}"
            is_link = (info.external_attr >> 16) & 0o170000 == 0o120000
            if refusal := _member_refusal(info.filename, is_link):
                yield SourceFile(name, refusal=refusal)
                continue
            try:
                with archive.open(info) as file:
                    yield _taken(name, file, info.file_size)
            except DAMAGES as error:
                yield SourceFile(name, refusal=f"cannot be unpacked: {_reason(error)}")


class _Rejoined:
    """A stream whose first bytes were read to see what it is, whole again."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self.head = head
        self.rest = rest

    def read(self, size: int) -> bytes:
        taken, self.head = self.head[:size], self.head[size:]
        return taken + self.rest.read(size - len(taken))


def _read_stdin(stdin: IO[bytes]) -> Iterator[SourceFile]:
    """A seed file, or a tar archive (known by its first bytes), on standard input."""
    # Not peek(): a pipe may hold less than a header at first.
    head = stdin.read(tarfile.BLOCKSIZE)
    stream = _Rejoined(head, stdin)
    if head.startswith(TAR_MAGIC) or head[257:262] == b"ustar":
        return _guard_archive("-", _read_tar("-", stream))
    return iter([_taken("-", stream, 0)])


def tail_of(path: str) -> tuple[str, str] | None:
    """(folder, slug) of a file's name, by which a refused file's question is known."""
    name = Path(path.rpartition(":")[2] or path)
    return (name.parent.name, name.stem) if name.suffix == SUFFIX else None

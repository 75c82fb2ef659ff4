"""Archives: what is read, and what is refused with which words."""

import os
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from learn.seeds.sources import SourceFile, read_source
from tests.seeds.source_files import FILES, IGNORED, MANY, PACKERS, SEED, read, tar_of, zip_of


@pytest.mark.parametrize("name", PACKERS)
def test_archive_gives_its_seed_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(PACKERS[name](FILES | IGNORED | {"__MACOSX/art/._c.md": b"\0"}))
    # A zip is read by name; a tar, which may be a stream, as it is packed.
    files = sorted(FILES.items()) if name == "x.zip" else list(FILES.items())
    assert read(path) == [(member, data, "") for member, data in files]


def test_archive_of_the_current_folder_is_not_hidden(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(tar_of({"./art/c.md": b"three"}))
    assert read(path) == [("./art/c.md", b"three", "")]


@pytest.mark.parametrize("name", PACKERS)
def test_member_that_climbs_out_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    climbing = ["../a.md", "/etc/b.md", "art/../../c.md", "..\\d.md", "\\e.md"]
    path.write_bytes(PACKERS[name](dict.fromkeys(climbing, b"x") | {"z.md": b"last"}))
    refusal = "the path climbs out of the archive"
    assert sorted(read(path)) == sorted(
        [(member, b"", refusal) for member in climbing] + [("z.md", b"last", "")]
    )


def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        for member_type in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"{member_type.decode()}.md")
            info.type = member_type
            info.linkname = "/etc/passwd"
            archive.addfile(info)
        archive.addfile(tarfile.TarInfo("z.md"))
    link = "a link inside an archive is not followed"
    assert read(path) == [
        ("2.md", b"", link),
        ("1.md", b"", link),
        ("6.md", b"", "not a plain file"),
        ("3.md", b"", "not a plain file"),
        ("z.md", b"", ""),
    ]


def test_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    info = zipfile.ZipInfo("a.md")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
        archive.writestr("b.md/", "")
    assert read(path) == [("a.md", b"", "a link inside an archive is not followed")]


@pytest.mark.parametrize("name", PACKERS)
def test_member_that_unpacks_to_too_much_is_refused_unread(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(PACKERS[name]({"a.md": b"\0" * 50_000_000, "b.md": b"two"}))
    tracemalloc.start()
    files = read(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert files == [
        ("a.md", b"", "has 50,000,000 bytes; a seed file has at most 1,000,000"),
        ("b.md", b"two", ""),
    ]
    # xz keeps a window of 8 MB.
    assert peak < 12_000_000


def test_zip_that_names_too_small_a_size_gives_no_more_than_that(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    data = zip_of({"a.md": b"\0" * 5_000_000, "b.md": b"two"})
    path.write_bytes(data.replace((5_000_000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    assert read(path) == [
        ("a.md", b"", "cannot be unpacked: Bad CRC-32 for file 'a.md'"),
        ("b.md", b"two", ""),
    ]


def test_tar_that_names_too_large_a_size_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    info = tarfile.TarInfo("a.md")
    info.size = 900_000
    path.write_bytes(info.tobuf() + b"too little")
    assert read(path) == [(str(path), b"", "the archive is damaged: unexpected end of data")]


DAMAGED_BEGINNINGS = [
    ("x.zip", b"", "File is not a zip file"),
    ("x.zip", b"PK\x03\x04", "File is not a zip file"),
    ("x.tar", b"", "file could not be opened successfully"),
    ("x.tar.gz", SEED, "file could not be opened successfully"),
    ("x.tar.xz", b"\xfd7zXZ\0", "file could not be opened successfully"),
]


@pytest.mark.parametrize(("name", "data", "reason"), DAMAGED_BEGINNINGS)
def test_file_that_is_no_archive_is_damaged(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert read(path) == [(str(path), b"", f"the archive is damaged: {reason}")]


@pytest.mark.parametrize("name", PACKERS)
def test_archive_that_is_cut_gives_what_it_can_and_says_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    whole = PACKERS[name](MANY)
    # For the plain tar: inside a text, inside a header, before a header, before the end mark.
    for size in (20_000, 3 * 2560 + 100, 4 * 2560, 20 * 2560, len(whole) // 2):
        path.write_bytes(whole[: min(size, len(whole) - 400)])
        *files, last = read(path)
        assert files == [(member, data, "") for member, data in list(MANY.items())[: len(files)]]
        assert last[0] == str(path)
        assert last[2].startswith("the archive is damaged: ")
        assert "\n" not in last[2]


def test_tar_without_its_end_mark_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(tar_of({"a.md": b"one"})[:1024])
    assert read(path) == [
        ("a.md", b"one", ""),
        (str(path), b"", "the archive is damaged: it ends before its end mark"),
    ]


def test_tar_with_an_overwritten_header_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    data = tar_of({"a.md": b"one", "b.md": b"two"})
    path.write_bytes(data.replace(b"b.md", b"x.md"))
    assert read(path) == [
        ("a.md", b"one", ""),
        (str(path), b"", "the archive is damaged: bad checksum"),
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_member_of_a_zip_does_not_stop_the_rest(tmp_path: Path, method: int) -> None:
    path = tmp_path / "x.zip"
    data = bytearray(zip_of({"a.md": os.urandom(500), "b.md": b"two"}, method))
    data[60:90] = b"\xff" * 30
    path.write_bytes(data)
    first, second = read(path)
    assert first[2].startswith("cannot be unpacked: ")
    assert second == ("b.md", b"two", "")


def test_member_that_is_encrypted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    data = bytearray(zip_of({"a.md": b"one"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert read(path)[0][2].endswith(" is encrypted, password required for extraction")


def test_bytes_overwritten_anywhere_never_break_the_reading(tmp_path: Path) -> None:
    for name, pack in PACKERS.items():
        path = tmp_path / name
        whole = pack({"art/a.md": b"one" * 500, "art/b.md": b"two" * 500})
        for place in range(0, len(whole), max(1, len(whole) // 150)):
            data = bytearray(whole)
            data[place : place + 2] = b"\xff\x9c"
            path.write_bytes(data)
            assert all(isinstance(file, SourceFile) for file in read_source(str(path)))

"""Where files come from: what is read, in which order, and what is refused with which words."""

import io
import os
import subprocess
import sys
import tarfile
import textwrap
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from learn.frontmatter import MAX_BYTES
from learn.seeds.sources import SourceError, SourceFile, count_files, read_source, tail_of
from tests.conftest import ROOT
from tests.frontmatter.samples import PLAIN

SEED = PLAIN.encode()
FILES = {"biology/b.md": b"two", "biology/a.md": b"one", "art/c.md": b"three"}
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


def only(path: Path) -> SourceFile:
    (file,) = read_source(str(path))
    return file


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


# --- plain files and folders


def test_file_is_read_whole_whatever_its_name(tmp_path: Path) -> None:
    for name in ("seed.md", "seed.txt", ".seed"):
        path = tmp_path / name
        path.write_bytes(SEED)
        assert only(path) == SourceFile(str(path), SEED)


def test_empty_file_has_no_bytes_and_no_refusal(tmp_path: Path) -> None:
    path = tmp_path / "seed.md"
    path.touch()
    assert only(path) == SourceFile(str(path), b"", "")


def test_folder_is_read_by_name_without_hidden_and_other_files(tmp_path: Path) -> None:
    written(tmp_path, FILES | IGNORED)
    assert read(tmp_path) == [
        ("art/c.md", b"three", ""),
        ("biology/a.md", b"one", ""),
        ("biology/b.md", b"two", ""),
    ]


def test_folders_and_files_of_one_folder_are_in_one_order(tmp_path: Path) -> None:
    written(tmp_path, {"b/x.md": b"", "a.md": b"", "c.md": b"", "d.md/y.md": b""})
    assert [name for name, _, _ in read(tmp_path)] == ["a.md", "b/x.md", "c.md", "d.md/y.md"]


def test_folder_of_any_depth_is_read(tmp_path: Path) -> None:
    depth = 1200  # deeper than Python's recursion
    home = os.getcwd()
    os.chdir(tmp_path)
    try:
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
        Path("seed.md").write_bytes(SEED)
    finally:
        os.chdir(home)
    try:
        assert read(tmp_path) == [("d/" * depth + "seed.md", SEED, "")]
    finally:
        # pytest's own tidying would run out of recursion.
        subprocess.run(["rm", "-r", tmp_path / "d"], check=True)


def test_empty_folder_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert read(tmp_path) == []


@pytest.mark.parametrize("name", ["none", "none.md", "none.zip", "none.tar.gz", "dangling"])
def test_path_that_does_not_exist_is_an_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "dangling":
        path.symlink_to("nowhere")
    with pytest.raises(SourceError) as caught:
        read_source(str(path))
    assert str(caught.value) == f"{path}: there is no such file or folder"


def test_loops_of_links_end(tmp_path: Path) -> None:
    written(tmp_path, {"art/c.md": b"three"})
    (tmp_path / "art" / "up").symlink_to("..")
    (tmp_path / "art" / "self").symlink_to(".")
    (tmp_path / "x.md").symlink_to("y.md")
    (tmp_path / "y.md").symlink_to("x.md")
    again = "a link to a folder that is read already"
    endless = "cannot be read: Too many levels of symbolic links"
    assert read(tmp_path) == [
        ("art/c.md", b"three", ""),
        ("art/self", b"", again),
        ("art/up", b"", again),
        ("x.md", b"", endless),
        ("y.md", b"", endless),
    ]


def test_folder_that_several_links_lead_to_is_read_once(tmp_path: Path) -> None:
    other = written(tmp_path / "other", {"c.md": b"three"})
    root = tmp_path / "root"
    root.mkdir()
    (root / "art").symlink_to(other)
    (root / "history").symlink_to(other)
    assert read(root) == [
        ("art/c.md", b"three", ""),
        ("history", b"", "a link to a folder that is read already"),
    ]


def test_links_that_multiply_cost_no_more_than_the_folders(tmp_path: Path) -> None:
    for level in range(40):
        folder = tmp_path / str(level)
        folder.mkdir()
        for link in "ab":
            (folder / link).symlink_to(f"../{level + 1}")
    written(tmp_path / "40", {"seed.md": SEED})
    files = read(tmp_path / "0")
    assert [name for name, data, _ in files if data] == ["a/" * 40 + "seed.md"]
    assert len(files) == 41


def test_link_to_a_file_is_followed(tmp_path: Path) -> None:
    written(tmp_path, {"other/seed": SEED})
    (tmp_path / "seed.md").symlink_to("other/seed")
    assert read(tmp_path) == [("seed.md", SEED, "")]


def test_file_that_cannot_be_read_does_not_stop_the_rest(tmp_path: Path) -> None:
    written(tmp_path, {"b.md": b"two"})
    (tmp_path / "a.md").symlink_to("nowhere")
    assert read(tmp_path) == [
        ("a.md", b"", "cannot be read: No such file or directory"),
        ("b.md", b"two", ""),
    ]


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Root, who may read everything, becomes nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_permissions_forbid_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, {"a.md": b"one", "art/c.md": b"three", "b.md": b"two", "x.tar": tar_of({})})
    for name in ("a.md", "art", "x.tar"):
        (tmp_path / name).chmod(0)
    tmp_path.chmod(0o755)
    # Nobody cannot pass the folders above, so the paths are relative.
    monkeypatch.chdir(tmp_path)
    with ordinary_user():
        files = [*read_source("."), *read_source("x.tar")]
    (tmp_path / "art").chmod(0o700)
    assert files == [
        SourceFile("./a.md", refusal="cannot be read: Permission denied"),
        SourceFile("./art", refusal="cannot be read: Permission denied"),
        SourceFile("./b.md", b"two"),
        SourceFile("x.tar", refusal="cannot be read: Permission denied"),
    ]


def test_pipe_in_a_folder_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    assert read(tmp_path) == [("a.md", b"", "not a plain file")]


def test_device_is_refused() -> None:
    assert only(Path("/dev/zero")) == SourceFile("/dev/zero", refusal="not a plain file")


def test_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "seed.md"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    refusal = only(path).refusal
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refusal == "has 50,000,000 bytes; a seed file has at most 1,000,000"
    assert peak < 1_000_000


def test_file_of_just_the_largest_size_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "seed.md"
    path.write_bytes(b"x" * MAX_BYTES)
    assert len(only(path).data) == MAX_BYTES


def test_name_that_cannot_be_printed_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[2J.md").write_bytes(b"one")
    with open(os.fsencode(tmp_path) + b"/b\xff.md", "wb") as file:
        file.write(b"two")
    assert read(tmp_path) == [("a\\x1b[2J.md", b"one", ""), ("b\\udcff.md", b"two", "")]


# --- archives


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


MANY = {f"art/{number:02}.md": os.urandom(2000) for number in range(20)}


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


# --- standard input


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


# --- as a whole


def traced_peak(files: Iterator[SourceFile]) -> tuple[int, int]:
    """(sum of the sizes, the most memory that was held at once), after the first file."""
    total = len(next(files).data)
    tracemalloc.start()
    for file in files:
        total += len(file.data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return total, peak


@pytest.mark.parametrize("name", ["", "x.zip", "x.tar", "x.tar.gz"])
def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path, name: str) -> None:
    files = {f"{number % 7}/{number}.md": b"%010d" % number * 600 for number in range(3000)}
    path = tmp_path / (name or "folder")
    if name:
        # Files of other kinds between them are not remembered either.
        others = {f"{number}.txt": b"" for number in range(3000)}
        path.write_bytes(PACKERS[name](files | others))
    else:
        written(path, files)
    # What else the process does meanwhile only adds: the least of three is the reading's own.
    total, peak = min(traced_peak(read_source(str(path))) for _ in range(3))
    assert total == 18_000_000
    # Room for one file of the largest size; a zip's table of contents is held whole.
    assert peak < (6_000_000 if name == "x.zip" else 1_500_000)


def test_files_of_folders_are_counted_and_those_of_archives_are_not(tmp_path: Path) -> None:
    written(tmp_path / "seeds", FILES)
    written(tmp_path, {"x.tar.gz": b"", "seed.md": SEED})
    folder, file = str(tmp_path / "seeds"), str(tmp_path / "seed.md")
    assert count_files([folder, file]) == 4
    assert count_files([folder, str(tmp_path / "x.tar.gz")]) is None
    assert count_files([folder, "-"]) is None


@pytest.mark.parametrize(
    ("path", "tail"),
    [
        ("seeds/art/c.md", ("art", "c")),
        ("/srv/a:b/art/c.md", ("art", "c")),
        ("x.tar.gz:seeds/art/c.md", ("art", "c")),
        ("-:art/c.md", ("art", "c")),
        ("c.md", ("", "c")),
        ("x.tar.gz", None),
        ("-", None),
    ],
)
def test_tail_of_a_name_is_folder_and_slug(path: str, tail: tuple[str, str] | None) -> None:
    assert tail_of(path) == tail

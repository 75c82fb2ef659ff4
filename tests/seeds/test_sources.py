"""Files and folders: what is read, in which order, and what is refused with which words."""

import os
import subprocess
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from learn.frontmatter import MAX_BYTES
from learn.seeds.sources import SourceError, SourceFile, count_files, read_source, tail_of
from tests.seeds.source_files import FILES, IGNORED, PACKERS, SEED, read, tar_of, written


def only(path: Path) -> SourceFile:
    (file,) = read_source(str(path))
    return file


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

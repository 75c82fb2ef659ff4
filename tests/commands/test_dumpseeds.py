import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from learn.seeds.importer import load_seeds
from tests.seeds.builders import seed_file, sources

pytestmark = pytest.mark.django_db


def dumpseeds(*arguments: object, **options: Any) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("dumpseeds", *map(str, arguments), stdout=out, **options)
    except SystemExit as exit:
        return int(exit.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture(autouse=True)
def pages() -> None:
    load_seeds(sources(seed_file("a"), seed_file("b", subject="physics")))


def test_files_are_written_by_subject_and_slug(tmp_path: Path) -> None:
    assert dumpseeds(tmp_path) == (0, f"2 files written to {tmp_path}\n")
    assert (tmp_path / "biology" / "a.md").read_bytes() == seed_file("a")
    assert (tmp_path / "physics" / "b.md").read_bytes() == seed_file("b", subject="physics")


def test_one_subject_alone_is_written(tmp_path: Path) -> None:
    dumpseeds(tmp_path, subject="physics")
    assert [p.name for p in tmp_path.rglob("*.md")] == ["b.md"]


def test_zip_holds_the_same_files(tmp_path: Path) -> None:
    dumpseeds(zip=str(tmp_path / "seeds.zip"))
    archive = zipfile.ZipFile(tmp_path / "seeds.zip")
    assert archive.namelist() == ["biology/a.md", "physics/b.md"]
    assert archive.read("biology/a.md") == seed_file("a")


def test_check_of_equal_folder_passes_and_of_a_changed_one_fails(tmp_path: Path) -> None:
    dumpseeds(tmp_path)
    assert dumpseeds(tmp_path, check=True) == (
        0,
        "2 files are the same, 0 differ, 0 are missing, 0 are not in the database\n",
    )
    (tmp_path / "biology" / "a.md").write_bytes(b"changed")
    status, out = dumpseeds(tmp_path, check=True)
    assert status == 1
    assert out.startswith("different: biology/a.md\n1 files are the same, 1 differ")
    assert (tmp_path / "biology" / "a.md").read_bytes() == b"changed"


def test_check_of_one_subject_ignores_the_other_folders(tmp_path: Path) -> None:
    dumpseeds(tmp_path)
    (tmp_path / "biology" / "a.md").unlink()
    assert dumpseeds(tmp_path, check=True, subject="physics")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ([], {}, "Say where: dumpseeds DIR, or dumpseeds --zip FILE."),
        (["x"], {"subject": "nowhere"}, "There is no subject nowhere."),
        (["/nonexistent"], {"check": True}, "/nonexistent: there is no such folder."),
    ],
)
def test_missing_place_or_subject_is_told(
    arguments: list[str], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(CommandError) as error:
        dumpseeds(*arguments, **options)
    assert str(error.value) == message

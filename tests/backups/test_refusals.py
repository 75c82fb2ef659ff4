"""What `backup` and `restore` refuse, and that nothing is touched then."""

import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from learn.models import Question
from tests.backups.rows import state
from tests.factories import make_question

# Not inside a transaction of the test's own: the commands see what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media" / "images").mkdir(parents=True)
    (tmp_path / "media" / "images" / "one.png").write_bytes(b"picture")
    return tmp_path / "media"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    make_question(seo_keywords="tide")
    call_command("backup", tmp_path / "site.tar", verbosity=0)
    return tmp_path / "site.tar"


def refused(*command: Any, **options: Any) -> str:
    """What a command says that must change nothing."""
    before = state()
    with pytest.raises(CommandError) as caught:
        call_command(*command, **options)
    assert state() == before
    return str(caught.value)


def rewrite(archive: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """The archive with its files changed."""
    with tarfile.open(archive) as tar:
        files = {entry.name: tar.extractfile(entry).read() for entry in tar}
    change(files)
    with tarfile.open(archive, "w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


def change_manifest(archive: Path, change: Callable[[dict[str, Any]], object]) -> None:
    def apply(files: dict[str, bytes]) -> None:
        manifest = json.loads(files["manifest.json"])
        change(manifest)
        files["manifest.json"] = json.dumps(manifest).encode()

    rewrite(archive, apply)


def test_existing_file_is_not_overwritten(archive: Path) -> None:
    data = archive.read_bytes()
    assert refused("backup", archive) == (
        f"{archive}: no backup was written: it is there already. Choose another name, or move it "
        "away."
    )
    assert archive.read_bytes() == data


def test_backup_into_a_folder_is_named_by_the_time_and_only_its_owner_may_read_it(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    out = io.StringIO()
    call_command("backup", folder, stdout=out)
    (name,) = os.listdir(folder)
    assert name.startswith("quicktakes-20")
    assert name.endswith("Z.tar")
    assert "1 media files" in out.getvalue()
    assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_backup_into_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    message = refused("backup", tmp_path / "none" / "site.tar")
    assert "no backup was written" in message
    assert "No such file or directory" in message


def test_site_that_is_not_empty_is_not_replaced_without_force(archive: Path) -> None:
    message = refused("restore", archive)
    assert "nothing was restored: the site is not empty" in message
    assert message.endswith("then restore with --force, which replaces all of it.")


def test_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("No archive." * 1000)
    assert "it is no whole tar archive" in refused("restore", tmp_path / "text", force=True)
    assert "No such file" in refused("restore", tmp_path / "none", force=True)


def test_archive_that_was_cut_short_is_refused(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    assert "it is no whole tar archive" in refused("restore", archive, force=True)


def test_archive_without_a_manifest_is_refused(archive: Path) -> None:
    rewrite(archive, lambda files: files.pop("manifest.json") and None)
    assert "its writing was broken off" in refused("restore", archive, force=True)


@pytest.mark.parametrize("manifest", [b"{", b"[]", b"{}", b'{"format": 1, "parts": [], "rows": 1}'])
def test_manifest_that_cannot_be_read_is_refused(archive: Path, manifest: bytes) -> None:
    rewrite(archive, lambda files: files.update({"manifest.json": manifest}))
    assert "its manifest.json cannot be read" in refused("restore", archive, force=True)


def test_damaged_part_is_refused(archive: Path) -> None:
    rewrite(archive, lambda files: files.update({"media/images/one.png": b"pictures"}))
    assert "media/images/one.png in it is damaged" in refused("restore", archive, force=True)
    rewrite(archive, lambda files: files.pop("media/images/one.png") and None)
    assert "media/images/one.png is missing in it" in refused("restore", archive, force=True)


def test_other_format_is_refused(archive: Path) -> None:
    change_manifest(archive, lambda manifest: manifest.update(format=2))
    assert "it is of format 2" in refused("restore", archive, force=True)


def test_backup_of_the_other_kind_of_database_is_refused(archive: Path) -> None:
    other = "postgresql" if connection.vendor == "sqlite" else "sqlite"
    change_manifest(archive, lambda manifest: manifest.update(engine=other))
    message = refused("restore", archive, force=True)
    assert "but DATABASE_URL names" in message
    assert "write them with dumpseeds and load them with loadseeds" in message


def test_backup_of_a_newer_version_is_refused(archive: Path) -> None:
    change_manifest(archive, lambda manifest: manifest["migrations"].append("learn.9999_new"))
    assert "which has the migration learn.9999_new" in refused("restore", archive, force=True)


def test_copy_that_lacks_rows_is_refused_and_the_old_rows_stay(archive: Path) -> None:
    Question.objects.update(title="Newer than the backup?")
    change_manifest(archive, lambda manifest: manifest["rows"].update(learn_question=2))
    assert "the table learn_question has 1 rows instead of 2" in refused(
        "restore", archive, force=True
    )
    assert Question.objects.get().title == "Newer than the backup?"


def test_media_file_with_other_content_is_kept(archive: Path, media: Path) -> None:
    (media / "images" / "one.png").write_bytes(b"another")
    message = refused("restore", archive, force=True)
    assert "the media file images/one.png is there already, with other content" in message
    assert (media / "images" / "one.png").read_bytes() == b"another"


@pytest.mark.parametrize("name", ["media/../../secret", "secret", "media//etc/secret", "media/."])
def test_name_that_leads_out_of_the_media_folder_is_refused(
    archive: Path, tmp_path: Path, name: str
) -> None:
    def rename(files: dict[str, bytes]) -> None:
        files[name] = files.pop("media/images/one.png")
        manifest = json.loads(files["manifest.json"])
        manifest["parts"][1]["name"] = name
        files["manifest.json"] = json.dumps(manifest).encode()

    rewrite(archive, rename)
    assert f"{name} in it is no name of a media file" in refused("restore", archive, force=True)
    assert list(tmp_path.parent.rglob("secret")) == []

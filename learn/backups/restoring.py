"""A site is made from a backup: everything is checked first, the database comes last and whole."""

import hashlib
import tempfile
from pathlib import Path

from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from learn.backups.archive import MEDIA, Archive, BackupError, Manifest, open_archive
from learn.backups.engines import NAMES, engine

# What `migrate` itself writes into an empty database.
OF_MIGRATE = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
}
SEARCH_INDEX = "learn_search"


def restore(source: Path, *, force: bool = False) -> tuple[Manifest, list[str]]:
    """Put a backup in place of an empty site; with `force` of any. Gives the manifest, and the
    migrations that the restored database still lacks.

    In this order: the archive is checked whole; the site must be empty; media files that are
    missing are added; the database is replaced in one transaction; the cache is emptied. An error
    leaves the old database as it was.
    """
    with open_archive(source) as archive:
        manifest = archive.manifest
        _check_kind(manifest)
        archive.check()
        if not force:
            _check_empty()
        _check_media(archive)
        database = engine()
        with tempfile.TemporaryDirectory(prefix="restore-") as folder:
            copy = Path(folder) / database.PART
            archive.extract(manifest.database, copy)
            database.check(copy)
            _add_media(archive)
            database.load(copy, manifest.rows)
    cache.clear()
    return manifest, _missing_migrations(manifest)


def _check_kind(manifest: Manifest) -> None:
    if manifest.engine != connection.vendor:
        theirs = NAMES.get(manifest.engine, manifest.engine)
        raise BackupError(
            f"it is of a site on {theirs}, but DATABASE_URL names {NAMES[connection.vendor]}. "
            f"Set DATABASE_URL to a database of {theirs} and restore there; to move the questions "
            "to another kind of database, write them with dumpseeds and load them with loadseeds"
        )
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    if unknown := [name for name in manifest.migrations if name not in known]:
        raise BackupError(
            f"it is of a newer version of the site, which has the migration {unknown[-1]}. "
            "Install that version, and restore with it"
        )


def _check_empty() -> None:
    filled = {
        table: number
        for table, number in engine().rows().items()
        if number and table not in OF_MIGRATE and not table.startswith(SEARCH_INDEX)
    }
    if filled:
        table, number = max(filled.items(), key=lambda item: item[1])
        raise BackupError(
            f"the site is not empty: {len(filled)} tables have rows, {table} {number:,} of them. "
            "Take a backup of it, then restore with --force, which replaces all of it"
        )


def _check_media(archive: Archive) -> None:
    for part in archive.manifest.media:
        name = _stored_name(part.name)
        if default_storage.exists(name):
            with default_storage.open(name) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest != part.sha256:
                raise BackupError(
                    f"the media file {name} is there already, with other content. Move it away, "
                    "and restore again"
                )


def _add_media(archive: Archive) -> None:
    for part in archive.manifest.media:
        name = _stored_name(part.name)
        if not default_storage.exists(name):
            with archive.open(part.name) as file:
                default_storage.save(name, File(file))


def _stored_name(name: str) -> str:
    """Of a part; one that would lead out of the media folder is refused."""
    stored = name.removeprefix(MEDIA)
    if stored == name or not all(stored.split("/")) or {".", ".."} & set(stored.split("/")):
        raise BackupError(f"{name} in it is no name of a media file")
    return stored


def _missing_migrations(manifest: Manifest) -> list[str]:
    loader = MigrationLoader(connection)
    return [
        ".".join(key)
        for key in sorted(loader.disk_migrations)
        if key not in loader.applied_migrations
    ]

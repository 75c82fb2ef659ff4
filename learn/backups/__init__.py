"""A copy of the site in one file, taken while it runs; and a site made from such a copy."""

from learn.backups.archive import BackupError, Manifest
from learn.backups.making import back_up
from learn.backups.restoring import restore

__all__ = ["BackupError", "Manifest", "back_up", "restore"]

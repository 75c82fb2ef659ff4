"""Unpublish imported pages whose files are gone."""

from collections.abc import Callable

from django.db import transaction

from learn.models import Question
from learn.pending import note_steps, take_turns
from learn.publishing import prune

# Refuse to unpublish more than this share of the imported pages without being forced to.
PRUNE_LIMIT = 0.05


class PruneRefused(Exception):
    """So much is missing from PATH that unpublishing it needs --force."""


def prune_missing(has_file: Callable[[Question], bool], *, force: bool, dry_run: bool) -> int:
    """Unpublish the imported pages for which `has_file` says no; returns how many.

    Raises PruneRefused, with a sentence for the operator, before anything is written.
    """
    imported = Question.objects.published().exclude(seed_hash="").select_related("subject")
    missing = [
        row.pk for row in imported.only("slug", "subject__slug").iterator() if not has_file(row)
    ]
    allowed = int(imported.count() * PRUNE_LIMIT)
    if len(missing) > allowed and not force:
        raise PruneRefused(
            f"{len(missing):,} pages are missing from the files, more than 5 % "
            f"({allowed:,}); nothing was unpublished. Check the path, or add --force."
        )
    if missing and not dry_run:
        with transaction.atomic():
            take_turns()
            prune(missing)
            note_steps()
    return len(missing)

from django.db import models


class PageChange(models.Model):
    """What a change made stale among the stored pages: one row for each transaction that did.

    Written by `learn.pages.touch` in the transaction of the change itself, so that no page can be
    believed fresh after it, whatever becomes of the process; read by every process that holds
    pages. The newest thousands are kept.
    """

    # On PostgreSQL the transaction's number, by which its snapshots tell what they cannot see yet.
    # SQLite has one writer at a time: there the key is in the order of commits.
    xact = models.BigIntegerField(null=True)
    # As `learn.pages.names` makes them, with spaces between.
    names = models.TextField()

    class Meta:
        indexes = [
            # What is newer than what a process has seen.
            models.Index(fields=["xact"], name="pagechange_xact"),
        ]

    def __str__(self) -> str:
        return self.names[:80]

from django.db import models

# Questions with so many successive keys are one file of the sitemap: well below the protocol's
# 50,000 addresses, so that a site of a million has a hundred files, each of a megabyte.
SPAN = 10_000


class SitemapPart(models.Model):
    """A file of the sitemap that has questions in it, and when they last changed.

    Number n holds the keys above (n - 1) * SPAN and up to n * SPAN, so that a question never moves
    to another file. learn.totals keeps the rows.
    """

    number = models.PositiveIntegerField(primary_key=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.number)


def part_of(pk: int) -> int:
    """The number of the file that holds the question."""
    return (pk - 1) // SPAN + 1

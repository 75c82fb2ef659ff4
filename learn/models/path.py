import re
import uuid
from functools import lru_cache
from typing import NamedTuple

from learn.validators import SLUG

# The addresses of these pages, as learn.urls has them. A page bears dozens of them, and Django
# would look each up among all of the site's.
SUBJECT_ADDRESS = "/learn/{}"
TOPIC_ADDRESS = "/topics/{}"

PATH = re.compile(rf"/learn/(?P<subject>{SLUG.pattern})/questions/(?P<slug>{SLUG.pattern})")


class QuestionPath(NamedTuple):
    """The two parts of a question's address."""

    subject: str
    slug: str

    def __str__(self) -> str:
        return f"/learn/{self.subject}/questions/{self.slug}"


def parse_path(path: str) -> QuestionPath | None:
    """The parts of a question's address; None for any other path."""
    match = PATH.fullmatch(path)
    return QuestionPath(match["subject"], match["slug"]) if match else None


# An import asks twice for each of a batch's addresses.
@lru_cache(maxsize=2_000)
def first_uid(path: QuestionPath) -> uuid.UUID:
    """The identity of a question whose first address is `path`: the same on every site."""
    return uuid.uuid5(uuid.NAMESPACE_URL, str(path))

"""The picture that other sites show beside a link to a page: which one, where it is, its bytes.

An address holds the hash of what is drawn, so its picture never changes. Pictures are drawn when
they are first asked for and kept in Django's cache, which is bounded; processes without a common
cache draw the same bytes.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.core.cache import cache

from learn.models import Question
from learn.share_images import drawing

# Grows with each change of the design.
DESIGN = 1
KEPT_SECONDS = 7 * 24 * 3600
SITE = "site"
# As learn.urls has it.
ADDRESS = "/og/{}-{}.png"


@dataclass(frozen=True)
class ShareImage:
    """The picture of one page; `name` is the question's uid, or `SITE`."""

    name: str
    text: str
    line: str
    width: int = drawing.WIDTH
    height: int = drawing.HEIGHT

    @cached_property
    def digest(self) -> str:
        drawn = (str(DESIGN), settings.SITE_NAME, self.text, self.line, *settings.SHARE_IMAGE_FONTS)
        return hashlib.blake2b("\0".join(drawn).encode(), digest_size=8).hexdigest()

    @property
    def address(self) -> str:
        return ADDRESS.format(self.name, self.digest)

    @property
    def url(self) -> str:
        return settings.SITE_URL + self.address

    def png(self) -> bytes:
        """The picture. A text that the fonts cannot draw gives way to the line below it."""
        key = f"share-image:{self.digest}"
        data = cache.get(key)
        if data is None:
            fonts = tuple(settings.SHARE_IMAGE_FONTS)
            text = self.text if drawing.can_draw(self.text, fonts) else self.line
            data = drawing.draw(settings.SITE_NAME, text, self.line, fonts)
            cache.set(key, data, KEPT_SECONDS)
        return data


def site_image() -> ShareImage:
    return ShareImage(SITE, str(settings.SITE_DESCRIPTION), settings.SITE_URL.partition("://")[2])


def question_image(question: Question) -> ShareImage:
    return ShareImage(question.uid.hex, question.question, question.subject.title)

"""Which words of a page are still English where it speaks Spanish."""

import re
from html.parser import HTMLParser

from scripts import messages
from tests.views.markup import VOID

SPANISH = messages.read(messages.LOCALE / "es" / "LC_MESSAGES" / "django.po")
TAG = r"</?\w[^>]*>"
# What people see or hear of an element's attributes.
WORDS = ("aria-label", "title", "alt", "placeholder", "content")
# What scripts compare with, and nobody sees.
KEY = re.compile(r"[a-z_]+\Z")


class OwnText(HTMLParser):
    """The pieces of text on a page that are not marked as being in another language."""

    def __init__(self, html):
        super().__init__()
        self.open, self.pieces = [], []
        self.feed(html)

    @property
    def is_own(self):
        languages = [lang for _, lang in self.open if lang]
        return languages[-1:] != ["en"] and not {"style", "script"} & {tag for tag, _ in self.open}

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag not in VOID:
            self.open.append((tag, "" if tag == "html" else attributes.get("lang")))
        if self.is_own:
            self.pieces += [
                " ".join(value.split())
                for name, value in attributes.items()
                if value and (name in WORDS or (name.startswith("data-") and not KEY.match(value)))
            ]

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and self.is_own:
            self.pieces.append(" ".join(data.split()))


def english_patterns():
    """One for each text of the catalogue, and part between its tags, that Spanish says otherwise.

    What has two words or more is found inside a piece, a single word only as the whole of it.
    """
    for message in SPANISH:
        pair = isinstance(message.id, tuple)
        texts = (
            zip(message.id, message.string, strict=True) if pair else [(message.id, message.string)]
        )
        for english, spanish in texts:
            kept = re.split(TAG, spanish)
            for part in re.split(TAG, english):
                words = re.sub(r"%\(\w+\)[sd]|%\w|{\w*}", "\0", part.strip(" .")).split("\0")
                if part in kept or not re.search(r"[A-Za-z]{2}", "".join(words)):
                    continue
                pattern = ".+?".join(map(re.escape, words))
                yield re.compile(
                    rf"(?<!\w){pattern}(?!\w)" if " " in part.strip() else rf"\A{pattern}\Z"
                )


ENGLISH = list(english_patterns())


def remaining_english(html):
    return [
        (piece, pattern.pattern)
        for piece in OwnText(html).pieces
        for pattern in ENGLISH
        if pattern.search(piece)
    ]

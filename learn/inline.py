"""What is written into each page instead of fetched: style sheets and speculation rules.

The Content-Security-Policy names their hashes. All pages of a release bear the same header, so that
caches may keep a page with it.
"""

import base64
import hashlib
import json
import re
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

# Every page holds the first; which of the others it needs is for its content to say.
STYLESHEETS = ("site", "lists", "answer", "math", "code", "parts")
# A sheet -> what an answer's HTML holds that needs it. Most answers need none.
_NEEDED_FOR = {
    "math": ("<math",),
    "code": ("<code", "<pre"),
    "parts": ("<table", "<img", "<blockquote", "<hr", '="math-'),
}

# A page that readers may open next: a browser may fetch it when the pointer rests on its link.
# Downloads and other forms of a page (they have a dot) are left out, and so is all with a query.
SPECULATION_RULES = json.dumps(
    {
        "prefetch": [
            {
                "where": {
                    "selector_matches": "[href^='/learn']"
                    ":not([rel=nofollow],[href*='.'],[href*='?'])"
                },
                "eagerness": "moderate",
            }
        ]
    },
    separators=(",", ":"),
)

_STRING = r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'"
_COMMENT_OR_STRING = re.compile(rf"/\*.*?\*/|({_STRING})", re.DOTALL)
_BLANKS_OR_STRING = re.compile(rf"({_STRING})|\s*([{{}};,>])\s*|:\s+|\s+", re.DOTALL)
_URL = re.compile(r'url\("?\.\./([^")]+)"?\)')


def minify(css: str) -> str:
    """The same rules without comments and without blanks that mean nothing.

    Blanks around `+`, `-`, `(` and before `:` stay: there they may mean something.
    """
    css = _COMMENT_OR_STRING.sub(lambda found: found[1] or "", css)
    css = _BLANKS_OR_STRING.sub(_shorten, css).strip()
    return css.replace(";}", "}")


def _shorten(found: re.Match[str]) -> str:
    return found[1] or found[2] or (":" if found[0][0] == ":" else " ")


def sheets_for(html: str) -> tuple[str, ...]:
    """The sheets that a page needs that holds an answer with this HTML."""
    needed = [name for name, marks in _NEEDED_FOR.items() if any(mark in html for mark in marks)]
    return ("answer", *needed)


def stylesheet(name: str) -> str:
    """A style sheet of learn/css/ as it stands in pages, with the addresses of this release."""
    source = _source(name)
    # a developer who changes a file sees the change
    return _written(source, source.stat().st_mtime if settings.DEBUG else 0)


@cache
def _source(name: str) -> Path:
    # the source, never the collected copy: there the addresses are rewritten already
    source = finders.find(f"learn/css/{name}.css")
    if source is None:
        raise FileNotFoundError(f"learn/css/{name}.css is not among the static files.")
    return Path(source)


@lru_cache(maxsize=2 * len(STYLESHEETS))
def _written(source: Path, modified: float) -> str:
    css = minify(source.read_text())
    return _URL.sub(lambda url: f"url({staticfiles_storage.url('learn/' + url[1])})", css)


def policy() -> dict[str, list[str]]:
    """What the Content-Security-Policy has to allow in addition."""
    return {
        "style-src": [_hash(stylesheet(name)) for name in STYLESHEETS],
        "script-src": [_hash(SPECULATION_RULES)],
    }


@lru_cache(maxsize=2 * len(STYLESHEETS) + 2)
def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"

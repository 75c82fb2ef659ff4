"""Under which key a request's page is stored, and in which encoding it is answered."""

import re
from urllib.parse import parse_qs, urlencode

# Addresses whose page depends on parameters: lists. All others are the same whatever follows the
# question mark, so that links with marks of campaigns on them share one stored page.
LISTS = re.compile(
    r"/learn/[^/]+|/topics|/topics/[^/]+|/newest|(?:/[^/]+){2}/flashcards|/sitemap-.*"
)
PARAMETERS = ("page", "sort")
ENCODINGS = ("br", "gzip")
# What is remembered of headers that clients send: browsers send a handful.
REMEMBERED = 1_000

_encodings: dict[str, str] = {}


def chosen_parameters(path: str, query: str) -> str:
    """What of the query the page at this path depends on, in one spelling."""
    if not query or not LISTS.fullmatch(path):
        return ""
    given = parse_qs(query, keep_blank_values=True)
    # As Django's QueryDict has it: the last of several counts.
    return urlencode({name: given[name][-1] for name in PARAMETERS if name in given})


def chosen_encoding(accepted: str) -> str:
    """The encoding to answer with, for an Accept-Encoding header: "br", "gzip" or "" (as it is)."""
    known = _encodings.get(accepted)
    if known is None:
        if len(_encodings) > REMEMBERED:
            _encodings.clear()
        known = _encodings[accepted] = _choose(accepted)
    return known


def _choose(accepted: str) -> str:
    """The first of ours that is not refused (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        coding, _semicolon, parameter = part.strip().partition(";")
        name, _equals, value = parameter.strip().partition("=")
        try:
            weights[coding.strip()] = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            weights[coding.strip()] = 0.0
    rest = weights.get("*", 0.0)
    return next((coding for coding in ENCODINGS if weights.get(coding, rest) > 0), "")

"""The allow-list that all HTML from Markdown passes through.

Raw HTML never gets here as markup (the parser escapes it), so the list holds just what the parser
itself writes; it is the second lock on the door.
"""

import re

import nh3

TAGS = frozenset(
    {"p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "em"}
    | {"strong", "del", "a", "img", "table", "thead", "tbody", "tr", "th", "td"}
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "code": {"class"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
}
URL_SCHEMES = frozenset({"http", "https", "mailto"})
_REL = "nofollow noopener"

# Every allowed tag that takes no attribute or only the number that a list starts with.
_PLAIN_TAG = re.compile(
    r"<(?:/?(?:p|li|[uo]l|strong|em|h[2-4]|blockquote|del)>|[bh]r />|ol start=\"\d{1,9}\">)"
)
_SCHEME = re.compile(r"[^/?#]*:")
_INTERNAL_LINK = re.compile(rf'(<a href="(?!(?i:https?|mailto):)[^"]*"[^>]*?) rel="{_REL}"')


def _site_relative(url: str) -> str | None:
    """An address without a known scheme, if it stays on this site.

    `//host` and `/\\host` lead elsewhere; a colon before the path is a scheme in some disguise
    (`java%0Ascript:`), which browsers take for a path today.
    """
    if url.replace("\\", "/").startswith("//") or _SCHEME.match(url):
        return None
    return url


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    attributes=ATTRIBUTES,
    url_schemes=set(URL_SCHEMES),
    url_relative=_site_relative,
    link_rel=_REL,
    set_tag_attribute_values={"img": {"loading": "lazy"}},
)


def sanitize(html: str) -> str:
    """Well-formed HTML of allowed elements only; links to other sites are marked as such.

    HTML in which every `<` opens an allowed tag without attributes is what the sanitiser would give
    back, but for the spelling of three things; it saves nine of ten answers a second parsing.
    """
    if len(_PLAIN_TAG.findall(html)) == html.count("<"):
        return html.replace("&quot;", '"').replace(" />", ">")
    cleaned = _CLEANER.clean(html).replace("&nbsp;", "\N{NO-BREAK SPACE}")
    return _INTERNAL_LINK.sub(r"\1", cleaned) if "<a " in cleaned else cleaned

"""What could run in rendered HTML, as a parser of browsers' own rules reads it."""

import re
from collections.abc import Iterator

import html5lib

ELEMENTS = {
    "script", "iframe", "frame", "object", "embed", "applet", "base", "meta", "link", "form",
    "button", "input", "style", "template", "noscript",
}  # fmt: skip
ADDRESSES = {
    "action", "background", "cite", "data", "formaction", "href", "longdesc", "ping", "poster",
    "src", "srcdoc", "srcset", "xlink:href",
}  # fmt: skip
# What browsers skip before they look for a scheme, and within it.
SKIPPED = re.compile(r"[\x00-\x20\u00a0\u2028\u2029]+")
RUNNING = ("javascript:", "vbscript:", "data:")


def running_parts(html: str) -> Iterator[str]:
    """Each element, handler or address that could run something."""
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if not isinstance(element.tag, str):
            continue
        name = element.tag.rpartition("}")[2].lower()
        if name in ELEMENTS:
            yield f"<{name}>"
        for attribute, value in element.attrib.items():
            key = str(attribute).rpartition("}")[2].lower()
            if key.startswith("on") or (key == "style" and "url(" in value.lower()):
                yield f"{name} {key}={value[:80]}"
            address = SKIPPED.sub("", value).lower()
            if (key in ADDRESSES or str(attribute) in ADDRESSES) and address.startswith(RUNNING):
                yield f"{name} {key}={value[:80]}"

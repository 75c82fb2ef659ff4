"""What the rendering tests know about HTML: a parser that records what a browser would act on."""

from html.parser import HTMLParser

from learn.rendering.math import ATTRIBUTES as MATH_ATTRIBUTES
from learn.rendering.math import ELEMENTS as MATH_ELEMENTS

TAGS = {"p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "em"} | {
    "strong",
    "del",
    "a",
    "img",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "div",
    "span",
}
ATTRIBUTES = {"href", "title", "rel", "src", "alt", "loading", "class", "start"} | {
    "role",
    "aria-label",
    "tabindex",
}
VOID = {"br", "hr", "img", "mspace", "mprescripts"}


class Markup(HTMLParser):
    """Tags and attributes in use, addresses, and the text outside code and formulas."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.math_attributes: set[str] = set()
        self.addresses: list[str] = []
        self.labels: list[str] = []
        self.open: list[str] = []
        self.unbalanced = False
        self.nested_lists = 0
        self.hidden = 0
        self.visible: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return "".join(self.visible)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        in_math = "math" in self.open or tag == "math"
        for name, value in attrs:
            (self.math_attributes if in_math else self.attributes).add(name)
            if name in ("href", "src"):
                self.addresses.append(value or "")
            elif name == "aria-label":
                self.labels.append(value or "")
        if tag == "ul" and "ol" in self.open:
            self.nested_lists += 1
        if tag not in VOID:
            self.open.append(tag)
            self.hidden += tag in ("code", "math")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.unbalanced = True
        self.hidden -= tag in ("code", "math")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.visible.append(data)

    def handle_comment(self, data: str) -> None:
        self.tags.add("!--")

    def handle_decl(self, decl: str) -> None:
        self.tags.add("!")

    def handle_pi(self, data: str) -> None:
        self.tags.add("?")


def unsafe_parts(markup: Markup) -> list[str]:
    """Whatever a page must not hold: empty for safe HTML."""
    found = sorted(markup.tags - TAGS - MATH_ELEMENTS)
    found += sorted(markup.attributes - ATTRIBUTES)
    found += sorted(markup.math_attributes - MATH_ATTRIBUTES)
    found += [address for address in markup.addresses if not is_safe_address(address)]
    if markup.unbalanced or markup.open:
        found.append("unbalanced tags")
    return found


def is_safe_address(address: str) -> bool:
    lowered = address.lower()
    if lowered.startswith(("http://", "https://", "mailto:")):
        return True
    before_path = lowered.split("/")[0].split("?")[0].split("#")[0]
    return ":" not in before_path and not lowered.startswith(("//", "/\\", "\\"))

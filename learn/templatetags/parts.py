"""What pages are put together from: parts that are filled in for each page, and what is constant.

Django's own templates are read node by node, which is most of an uncached page's time; the parts in
templates/parts, which hold what differs between pages, are Jinja templates, compiled to Python.
"""

from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.template import Context, Library, Node, NodeList, engines
from django.template.base import Parser, Token
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from learn.parts import surroundings

register = Library()

# Stands on both sides of a part's name where only the frame around the parts is asked for: a
# character that no page may hold.
MARK = "\0"
# Of a context that asks for that.
FRAME = "is_frame"


@register.simple_tag(takes_context=True)
def part(context: Context, name: str, **values: Any) -> SafeString:
    """A part of templates/parts with what the template knows: {% part "rows" questions=page %}."""
    if FRAME in context:
        if values:
            raise ValueError(f"A page that is compiled gives its parts nothing: {values}.")
        return mark_safe(f"{MARK}{name}{MARK}")
    template = engines["parts"].get_template(f"{name}.html")
    known: dict[Any, Any] = context.flatten()
    html = template.render({**known, **surroundings(), **values})
    return mark_safe(html)  # escaped by the part


@register.tag
def constant(parser: Parser, token: Token) -> "ConstantNode":
    """{% constant %} … {% endconstant %}: the same on every page in one language, made once.

    Nothing of the page is known inside.
    """
    nodes = parser.parse(("endconstant",))
    parser.delete_first_token()
    return ConstantNode(nodes)


class ConstantNode(Node):
    # Holds no blocks: a page need not look for its own in here.
    child_nodelists = ()

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._made: dict[tuple[int, str | None], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        key = (changes.count, get_language())
        made = self._made.get(key)
        if made is None or settings.DEBUG:
            made = self._made[key] = self.nodelist.render(context.new())
        return made


class _Changes:
    """How often a setting was changed, as tests do."""

    count = 0

    def note(self, **changed: Any) -> None:
        self.count += 1


changes = _Changes()
setting_changed.connect(changes.note)

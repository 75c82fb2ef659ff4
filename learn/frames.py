"""Pages whose template holds nothing but constants and parts, compiled as a whole.

Most of an uncached page's time went into reading Django's templates node by node and into asking
the catalogue for the same texts. Here Django renders the template once for each language, with
marks where its parts are; the parts' own templates take the marks' places, what is the same on
every page becomes text, and Jinja compiles all of it to one function.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template import engines
from django.template.loader import render_to_string
from django.utils.translation import get_language
from jinja2 import Environment, Template, nodes
from jinja2.visitor import NodeTransformer

from learn.parts import printed, surroundings
from learn.templatetags.parts import FRAME, MARK, changes

# Names of `surroundings` that stand for one text each.
TEXTS = (
    *("content_lang", "content_language", "content_locale", "interface_lang", "ltr"),
    "site_name",
)
# Those that have a text for each key.
TABLES = ("addresses", "static")


def render_framed(name: str, context: Mapping[str, Any]) -> str:
    """What `render_to_string` gives for a template that holds constants and parts alone."""
    if settings.DEBUG:
        # A developer who changes a file sees the change.
        return render_to_string(name, dict(context))
    compiled = _compiled(name, get_language(), changes.count)
    return compiled.render(context)


@lru_cache(maxsize=32)
def _compiled(name: str, language: str | None, changed: int) -> Template:
    """In one language, under the settings as they are after so many changes."""
    engine: Any = engines["parts"]
    environment: Environment = engine.env
    body: list[nodes.Node] = []
    for index, piece in enumerate(render_to_string(name, {FRAME: True}).split(MARK)):
        if index % 2:
            # What one part sets is nothing to another.
            body.append(nodes.Scope(_Folding(environment).body_of(f"{piece}.html")))
        else:
            body.append(nodes.Output([nodes.TemplateData(piece)]))
    for node in body:
        node.set_lineno(1).set_environment(environment)
    template = nodes.Template(body, lineno=1)
    template.set_environment(environment)
    code = environment.compile(template, name, name)
    return Template.from_code(environment, code, environment.make_globals(surroundings()))


class _Folding(NodeTransformer):
    """Puts texts in the places of expressions that mean the same on every page, and of included
    templates what they hold."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._known = surroundings()

    def body_of(self, name: str) -> list[nodes.Node]:
        loader = self._environment.loader
        assert loader is not None
        source, path, _is_current = loader.get_source(self._environment, name)
        tree = self.visit(self._environment.parse(source, name, path))
        body: list[nodes.Node] = tree.body
        return body

    def visit_Include(self, node: nodes.Include) -> list[nodes.Node]:
        assert isinstance(node.template, nodes.Const)
        return self.body_of(node.template.value)

    def visit_Output(self, node: nodes.Output) -> nodes.Output:
        node.nodes = [self._folded(child) for child in node.nodes]
        return node

    def _folded(self, node: nodes.Expr) -> nodes.Expr:
        value = self._value(node)
        return node if value is None else nodes.TemplateData(printed(value), lineno=node.lineno)

    def _value(self, node: nodes.Expr) -> Any:
        match node:
            case nodes.Name(name=name) if name in TEXTS:
                return self._known[name]
            case nodes.Getitem(node=nodes.Name(name=name), arg=nodes.Const(value=key)):
                return self._known[name][key] if name in TABLES else None
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=text)]):
                return self._known["_"](text)
        return None

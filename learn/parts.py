"""What the parts of readers' pages (templates/parts) know besides what a page hands them.

They are Jinja templates. Texts for translation stand in them as `_("…")`, as in Python.
"""

import html
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from unicodedata import combining, is_normalized

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.signals import setting_changed
from django.template.defaultfilters import truncatechars
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from jinja2 import Environment, nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup

from learn.inline import stylesheet
from learn.templatetags import languages
from learn.templatetags.site import moment

HAS_SPECIAL = re.compile("[&<>\"']").search


def environment(**options: Any) -> Environment:
    """For Django's settings of templates.

    What is printed is escaped by `printed`, and by that alone: all but what is marked as safe.
    """
    options["autoescape"] = False
    made = Environment(**options, keep_trailing_newline=True, finalize=printed)
    made.code_generator_class = _OfAttributes
    made.filters |= {
        "day": languages.day,
        "escape": escaped,
        "intcomma": intcomma,
        "moment": moment,
        "shortened": shortened,
    }
    return made


class _OfAttributes(CodeGenerator):
    """`a.b` is the attribute b of a and nothing else, as in Python. Jinja would ask a function,
    which looks for an item of that name as well."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        self.visit(node.node, frame)
        self.write(f".{node.attr}")


def printed(value: Any) -> Any:
    """Safe in HTML, written just as Django writes it."""
    if type(value) is not str:
        if hasattr(value, "__html__"):
            return value
        value = str(value)
    # Most are short and hold none of these.
    return html.escape(value) if HAS_SPECIAL(value) else value


def escaped(value: Any) -> Markup:
    """The same for a text that goes into another."""
    return Markup(printed(value))


def shortened(text: str, length: int) -> str:
    """As `truncatechars` gives it, which asks of each character whether it combines."""
    if any(map(combining, text[: length + 1])) or not is_normalized("NFC", text):
        return truncatechars(text, length)
    return text if len(text) <= length else f"{text[: length - 1]}…"


class _Made(dict[Any, Any]):
    """What `make` gives for each key, made when it is first asked for."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> Any:
        value = self[key] = self._make(key)
        return value


def surroundings() -> dict[str, Any]:
    """The languages, names and addresses that are the same on every page in one language."""
    return _surroundings(get_language())


@lru_cache
def _surroundings(language: str | None) -> dict[str, Any]:
    return {
        # A text of the catalogue may hold HTML.
        "_": _Made(lambda text: Markup(gettext(text))).__getitem__,
        "addresses": _Made(lambda name: reverse(f"learn:{name}")),
        "static": _Made(static),
        "stylesheet": stylesheet,
        "reading_time": _Made(_reading_time),
        "site_name": settings.SITE_NAME,
        "content_lang": languages.content_lang(),
        "interface_lang": languages.interface_lang(),
        "ltr": languages.ltr(),
        "content_language": languages.content_language(),
        "content_locale": languages.content_locale(),
    }


def _reading_time(minutes: int) -> str:
    return ngettext("%(minutes)s min read", "%(minutes)s min read", minutes) % {"minutes": minutes}


def _forget(**changed: Any) -> None:
    _surroundings.cache_clear()


setting_changed.connect(_forget)

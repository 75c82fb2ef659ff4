"""Colours for fenced code, as CSS classes: inline styles would break the site's CSP."""

from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

# Some lexers are slower than linear; the longest program in a real answer has 4,000 characters.
_MAX_LENGTH = 20_000


def highlight(code: str, language: str) -> str:
    """Escaped code, with `<span class="...">` tokens if Pygments knows the language."""
    lexer = _lexer(language) if language and len(code) <= _MAX_LENGTH else None
    if lexer is None:
        return escape(code, quote=False)
    return "".join(_span(str(kind), text) for kind, text in _merged(lexer, code))


def _merged(lexer: "Lexer", code: str) -> list[tuple[str, str]]:
    """(CSS class, text) pairs; neighbours of one class become one span."""
    # imported here because Pygments takes longer to import than a hundred answers to render
    from pygments.token import STANDARD_TYPES

    pairs: list[tuple[str, str]] = []
    for kind, text in lexer.get_tokens(code):
        css_class = STANDARD_TYPES.get(kind, "")
        if css_class in _UNSTYLED or text.isspace():
            css_class = ""
        if pairs and pairs[-1][0] == css_class:
            pairs[-1] = (css_class, pairs[-1][1] + text)
        else:
            pairs.append((css_class, text))
    return pairs


# Most of the tokens and no style gives them a colour: names, punctuation, text.
_UNSTYLED = frozenset({"n", "p", "w"})


def _span(css_class: str, text: str) -> str:
    escaped = escape(text, quote=False)
    return f'<span class="{css_class}">{escaped}</span>' if css_class else escaped


@lru_cache(maxsize=64)
def _lexer(language: str) -> "Lexer | None":
    # imported here for the reason given above
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None

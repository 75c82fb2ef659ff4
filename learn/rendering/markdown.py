"""From Markdown to the HTML of an answer.

The order keeps every stage from seeing what is not its own: formulas are cut out, then the Markdown
parser runs (raw HTML becomes text), then the sanitiser, then code is coloured, and last the MathML
takes the formulas' places.
"""

import re
from html import escape
from typing import NamedTuple
from urllib.parse import quote

import comrak

from learn.rendering.highlight import highlight
from learn.rendering.lists import nest_lists
from learn.rendering.math import is_wide, show_source, to_mathml
from learn.rendering.pictures import size_pictures
from learn.rendering.plaintext import readable
from learn.rendering.sanitize import sanitize
from learn.rendering.scan import Kind, find_spans, may_hold_math
from learn.rendering.summary import summarise

# Raise it when the same Markdown gives other HTML than before: stored HTML of a lower version is
# rendered again.
RENDERER_VERSION = 2


class Rendered(NamedTuple):
    """An answer's HTML and what the page needs to know about it.

    `failed` holds the TeX of formulas that the engine refused; `summary` is plain text.
    """

    html: str
    has_math: bool
    failed: tuple[str, ...]
    summary: str


class Formula(NamedTuple):
    source: str
    tex: str
    display: bool


# One private-use character stands for one formula; the last one for a `<` that begins a line.
# Parsers take such a character for a letter, as they would an inline image's.
FIRST_PLACEHOLDER = 0xF0000
_LAST = 0xFFFFC
_LESS_THAN = chr(_LAST + 1)
_PLACEHOLDER = re.compile(f"[{chr(FIRST_PLACEHOLDER)}-{chr(_LAST)}]")
_RESERVED = re.compile(f"[{chr(FIRST_PLACEHOLDER)}-{_LESS_THAN}]")
_ENCODED_PLACEHOLDER = re.compile("(?:%F3%B[0-9A-F]%[89AB][0-9A-F]%[89AB][0-9A-F])")
# Places that hold no markup: code, and the attributes of links and images.
_PLACEHOLDER_IN_CONTEXT = re.compile(
    rf"<code[^>]*>.*?</code>|<[^>]*>|{_PLACEHOLDER.pattern}", re.DOTALL
)

# CommonMark takes such a line for a block of HTML, in which no Markdown counts.
_HTML_LINE = re.compile(
    r"^([ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t][ \t>]*)*)<(?=[A-Za-z/!?])", re.MULTILINE
)

_CODE_BLOCK = re.compile(r'<pre><code(?: class="language-([^"]*)")?>(.*?)</code></pre>', re.DOTALL)
# A head without words heads nothing: to a screen reader it is a cell.
_EMPTY_HEADER = re.compile(r'<th(?: class="[a-z]+")?></th>')
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")
_HEADING_TAG = re.compile(r"<(/?)h([1-6])>")
_LOWERED = {"1": 2, "2": 2, "3": 2, "4": 3, "5": 4, "6": 4}
_NESTING_TAG = re.compile(r"<(/?)(?:blockquote|[uo]l|li|em|strong|del|a)\b")
_QUOTE_MARK = re.compile(r"\n[ \t]*>[ \t]?")
# What exceeds these is no answer but an attack (the longest real answer has 5,000 characters) and
# is shown as it stands: parsers take quadratic time over deep nesting and some rows of asterisks.
_MAX_LENGTH = 100_000
_MAX_DEPTH = 100
_MANY_TAGS = 1000


def _extensions(*, autolink: bool) -> comrak.ExtensionOptions:
    extensions = comrak.ExtensionOptions()
    extensions.table = True
    extensions.strikethrough = True
    extensions.autolink = autolink
    return extensions


def _output() -> comrak.RenderOptions:
    output = comrak.RenderOptions()
    output.escape = True
    return output


# Looking for bare addresses doubles the parser's time, so it is asked for where there may be one.
_EXTENSIONS = {autolink: _extensions(autolink=autolink) for autolink in (False, True)}
_OUTPUT = _output()


def render(markdown: str) -> Rendered:
    """The answer as safe HTML. Never raises, whatever the text."""
    text, formulas = cut_out(_plain_line_breaks(markdown))
    html = sanitize(_to_html(nest_lists(text)))
    if "<pre>" in html:
        html = _present_code(html)
    if "<table>" in html:
        html = _present_tables(html)
    if "<img " in html:
        html = size_pictures(html)
    if _LESS_THAN in html:
        html = html.replace(_LESS_THAN, "&lt;")
    summary = summarise(html, lambda text: _put_readable(text, formulas))
    if not formulas:
        return Rendered(html, has_math=False, failed=(), summary=summary)
    html, failed = _put_math(html, formulas)
    return Rendered(html, has_math="<math" in html, failed=failed, summary=summary)


def render_for_mathjax(markdown: str) -> str:
    r"""The answer as safe HTML with its formulas in TeX, between `\(` and `\)` or `\[` and `\]`.

    For programs that set formulas themselves, as Anki does.
    """
    text, formulas = cut_out(_plain_line_breaks(markdown))
    html = sanitize(_to_html(nest_lists(text))).replace(_LESS_THAN, "&lt;")

    def put(found: re.Match[str]) -> str:
        if found[0][0] == "<":
            return _put_sources(found[0], formulas)
        formula = formulas[ord(found[0]) - FIRST_PLACEHOLDER]
        opening, closing = (r"\[", r"\]") if formula.display else (r"\(", r"\)")
        return f"{opening}{escape(formula.tex, quote=False)}{closing}"

    return _PLACEHOLDER_IN_CONTEXT.sub(put, html) if formulas else html


def markdownify(text: str) -> str:
    """The HTML alone: what the editor's preview shows is what the page shows."""
    return render(text).html


def _plain_line_breaks(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def cut_out(text: str) -> tuple[str, list[Formula]]:
    """The text with placeholders for what the parser must not see, and the formulas in order."""
    has_math = may_hold_math(text)
    has_tags = "<" in text
    if (has_math or has_tags) and not text.isascii():
        text = _RESERVED.sub("\N{REPLACEMENT CHARACTER}", text)
    if has_tags:
        text = _HTML_LINE.sub(rf"\1{_LESS_THAN}", text)
    return _cut_math(text) if has_math else (text, [])


def _cut_math(text: str) -> tuple[str, list[Formula]]:
    formulas: list[Formula] = []
    parts: list[str] = []
    position = 0
    for span in find_spans(text):
        if span.kind in (Kind.FENCE, Kind.CODE) or FIRST_PLACEHOLDER + len(formulas) > _LAST:
            continue
        tex = text[span.inner_start : span.inner_end].replace(_LESS_THAN, "<")
        if "\n" in tex and _in_quotation(text, span.start):
            tex = _QUOTE_MARK.sub("\n", tex)
        parts += (text[position : span.start], chr(FIRST_PLACEHOLDER + len(formulas)))
        source = text[span.start : span.end].replace(_LESS_THAN, "<")
        formulas.append(Formula(source, tex.strip(), span.kind is Kind.DISPLAY))
        position = span.end
    parts.append(text[position:])
    return "".join(parts), formulas


def _in_quotation(text: str, position: int) -> bool:
    return text[text.rfind("\n", 0, position) + 1 : position].lstrip().startswith(">")


def _to_html(text: str) -> str:
    if len(text) > _MAX_LENGTH:
        return _as_it_stands(text)
    try:
        html: str = comrak.render_markdown(
            text, extension_options=parse_options(text), render_options=_OUTPUT
        )
    except UnicodeEncodeError:
        # half of a surrogate pair, which no encoding can store
        return _to_html(text.encode("utf-8", "replace").decode("utf-8"))
    if html.count("<") > _MANY_TAGS and _depth(html) > _MAX_DEPTH:
        return _as_it_stands(text)
    return _lower_headings(html) if "<h" in html else html


def _as_it_stands(text: str) -> str:
    """The text with its paragraphs, all else shown as typed."""
    paragraphs = escape(text.replace("\0", ""), quote=False).split("\n\n")
    return "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs if paragraph.strip())


def parse_options(text: str) -> comrak.ExtensionOptions:
    return _EXTENSIONS[_may_hold_address(text)]


def _may_hold_address(text: str) -> bool:
    return "://" in text or "www." in text or "@" in text


def _depth(html: str) -> int:
    depth = deepest = 0
    for tag in _NESTING_TAG.finditer(html):
        depth += -1 if tag[1] else 1
        deepest = max(deepest, depth)
    return deepest


def _lower_headings(html: str) -> str:
    """The page's h1 is the question; answers (measured) begin at `###`, which becomes h2."""
    return _HEADING_TAG.sub(lambda tag: f"<{tag[1]}h{_LOWERED[tag[2]]}>", html)


def _region(css_class: str, label: str, number: int, detail: str = "") -> str:
    """Attributes of a box that may scroll: reachable by keyboard, under a name of its own."""
    name = label if number == 1 else f"{label} {number}"
    return f'class="{css_class}" role="region" aria-label="{name}{detail}" tabindex="0"'


def _present_code(html: str) -> str:
    number = 0

    def present(block: re.Match[str]) -> str:
        nonlocal number
        number += 1
        language = block[1] or ""
        if not _LANGUAGE.fullmatch(language):
            language = ""
        code = highlight(_unescape(block[2]), language)
        region = _region("scroll code", "Code", number, f": {language}" if language else "")
        css_class = f' class="language-{language}"' if language else ""
        return f"<pre {region}><code{css_class}>{code}</code></pre>"

    return _CODE_BLOCK.sub(present, html)


def _unescape(code: str) -> str:
    """Undoes what the sanitiser escapes in text, no more."""
    return (
        code.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replace(_LESS_THAN, "<")
    )


def _present_tables(html: str) -> str:
    first, *tables = html.split("<table>")
    for number, table in enumerate(tables, start=1):
        first += f"<div {_region('scroll', 'Table', number)}><table>{table}"
    html = first.replace("</table>", "</table></div>")
    for side in ("left", "center", "right"):
        html = html.replace(f'<th align="{side}">', f'<th class="{side}">')
        html = html.replace(f'<td align="{side}">', f'<td class="{side}">')
    return _EMPTY_HEADER.sub("<td></td>", html)


def _put_readable(text: str, formulas: list[Formula]) -> str:
    if not formulas:
        return text
    return _PLACEHOLDER.sub(
        lambda found: readable(formulas[ord(found[0]) - FIRST_PLACEHOLDER].tex), text
    )


def _put_math(html: str, formulas: list[Formula]) -> tuple[str, tuple[str, ...]]:
    """The HTML with its formulas, and the TeX of those that the engine refused."""
    failed: list[str] = []
    boxes = 0

    def put(found: re.Match[str]) -> str:
        nonlocal boxes
        if found[0][0] == "<":
            return _put_sources(found[0], formulas)
        formula = formulas[ord(found[0]) - FIRST_PLACEHOLDER]
        mathml = to_mathml(formula.tex, display=formula.display)
        if mathml is None:
            failed.append(formula.tex)
            return show_source(formula.source)
        if not formula.display and not is_wide(mathml):
            return mathml
        boxes += 1
        kind = "scroll math" if formula.display else "scroll inline"
        return f"<span {_region(kind, 'Formula', boxes)}>{mathml}</span>"

    plain = not any(tag in html for tag in ("<code", "<a ", "<img"))
    html = (_PLACEHOLDER if plain else _PLACEHOLDER_IN_CONTEXT).sub(put, html)
    return html, tuple(failed)


def _put_sources(html: str, formulas: list[Formula]) -> str:
    """Formulas as they were written, where no markup can stand."""
    html = _PLACEHOLDER.sub(
        lambda found: escape(formulas[ord(found[0]) - FIRST_PLACEHOLDER].source), html
    )
    if "%F3%B" not in html:
        return html

    def put(found: re.Match[str]) -> str:
        index = ord(bytes.fromhex(found[0].replace("%", "")).decode()) - FIRST_PLACEHOLDER
        return quote(formulas[index].source) if 0 <= index < len(formulas) else found[0]

    return _ENCODED_PLACEHOLDER.sub(put, html)

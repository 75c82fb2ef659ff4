r"""From seed text to Markdown and back.

In a seed file the two characters `\` `n` stand for a line break, but TeX commands (`\neq`) and the
string escapes of quoted programs begin with the same two. `decode` tells them apart; replacing
naively damages one answer in two hundred (measured). `encode` is exact whatever `decode` decided,
because every real line break becomes `\n` again and everything else stays.
"""

import re
from typing import NamedTuple

from learn.rendering.scan import Kind, Span, find_spans, may_hold_math

# The control words of KaTeX that begin with n, without the n.
_AFTER_N = (
    "abla|atnums|atural|cong|e|earrow|eg|egmedspace|egthickspace|egthinspace|eq|ewcommand|ewline"
    "|exists|geq|geqq|geqslant|gtr|i|leftarrow|Leftarrow|leftrightarrow|Leftrightarrow|leq|leqq"
    "|leqslant|less|mid|obreak|obreakspace|olimits|onumber|ormalsize|ot|otag|otin|otni|parallel|prec"
    "|preceq|rightarrow|Rightarrow|shortmid|shortparallel|sim|subseteq|subseteqq|succ|succeq"
    "|supseteq|supseteqq|triangleleft|trianglelefteq|triangleright|trianglerighteq|u|vdash|vDash"
    "|Vdash|VDash|warrow"
)
_COMMANDS = frozenset(_AFTER_N.split("|"))
# One letter after a break: after an opening delimiter or a row break the letter is a variable.
_VARIABLES = frozenset("uei")

_COMMAND = rf"(?:{_AFTER_N})(?![A-Za-z])"
_ESCAPED_BREAK = re.compile(r"\\n")
_BREAK = re.compile(rf"\\n(?!{_COMMAND})")
# What decides whether the plain replacement is enough in a text without code.
_DOUBTFUL = re.compile(rf"\\n{_COMMAND}|\\\\n")
_MATH_BREAK = re.compile(r"\\\\|\\n([A-Za-z]*)")

_TRIPLE_QUOTES = ('"""', "'''")
_QUOTE_OR_COMMENT = re.compile(r"""\"{3}|'{3}|["'#]|//|\\.?""")
# From inside a literal to its end; an apostrophe before a letter or digit is no end.
_LITERAL_END = {
    '"': re.compile(r'(?:[^"\\]|\\.)*"'),
    "'": re.compile(r"(?:[^'\\]|\\.|'(?=[^\W_]))*'(?![^\W_])"),
    '"""': re.compile(r'.*?"""'),
    "'''": re.compile(r".*?'''"),
}
# More breaks than a literal of any real program holds; it keeps hostile text from costing more.
_MAX_BREAKS = 30


class Decoded(NamedTuple):
    """Markdown with real line breaks; `wrapped` if the seed text stood in CSV quotes."""

    markdown: str
    wrapped: bool


def decode(seed_text: str) -> Decoded:
    """Seed text as Markdown; text with real line breaks is not encoded and comes back as it is."""
    if "\n" in seed_text:
        return Decoded(seed_text, wrapped=False)
    unwrapped = _unwrap(seed_text)
    text = seed_text if unwrapped is None else unwrapped
    return Decoded(_decode_text(text), wrapped=unwrapped is not None)


def encode(decoded: Decoded) -> str:
    r"""The inverse of `decode` for every text without real line breaks.

    For Markdown that was typed rather than decoded, `decode(encode(d)) == d` need not hold (a text
    may hold `\n` that means a backslash and an n): whoever writes such text asks first.
    """
    text = decoded.markdown.replace("\n", "\\n")
    return '"' + text.replace('"', '""') + '"' if decoded.wrapped else text


def _unwrap(text: str) -> str | None:
    """The text inside CSV quotes, or None (measured: 30 answers are still wrapped)."""
    if len(text) < 2 or not (text[0] == text[-1] == '"'):
        return None
    inner = text[1:-1]
    if '"' in inner.replace('""', ""):
        return None
    return inner.replace('""', '"')


def _decode_text(text: str) -> str:
    has_code = "`" in text or "~" in text
    if not has_code and not (may_hold_math(text) and _DOUBTFUL.search(text)):
        return _plainly(text)
    # Same length, so that positions agree. Where a break and a command look alike the command is
    # kept: a break there would make `$$\n\neg` look like the end of a paragraph.
    readable = _BREAK.sub("\r\n", text)
    parts: list[str] = []
    position = 0
    for span in find_spans(readable):
        parts.append(_plainly(text[position : span.start]))
        parts.append(_decode_span(text, span))
        position = span.end
    parts.append(_plainly(text[position:]))
    return "".join(parts)


def _plainly(text: str) -> str:
    # str.replace takes twice as long: it looks for the n, which is not as rare as the backslash.
    return _ESCAPED_BREAK.sub("\n", text)


def _decode_span(text: str, span: Span) -> str:
    if span.kind is Kind.CODE:
        return text[span.start : span.end]
    inside = text[span.inner_start : span.inner_end]
    if span.kind is Kind.FENCE:
        inside = _decode_code(inside)
    else:
        inside = _decode_math(inside, display=span.kind is Kind.DISPLAY)
    before = _plainly(text[span.start : span.inner_start])
    after = _plainly(text[span.inner_end : span.end])
    return before + inside + after


def _decode_math(tex: str, *, display: bool) -> str:
    after_row_break = 0 if display else -1

    def replace(match: re.Match[str]) -> str:
        nonlocal after_row_break
        letters = match.group(1)
        if letters is None:
            after_row_break = match.end()
            return match.group()
        is_command = letters in _COMMANDS
        if is_command and letters in _VARIABLES and match.start() == after_row_break:
            is_command = False
        return match.group() if is_command else "\n" + letters

    return _MATH_BREAK.sub(replace, tex)


def _decode_code(code: str) -> str:
    r"""Line breaks of a fenced program; a `\n` inside a string literal is the program's own."""
    parts = code.split("\\n")
    decoded = [parts[0]]
    quote = _open_string(parts, 0, "")
    for index in range(1, len(parts)):
        inside_literal = bool(quote) and quote not in _TRIPLE_QUOTES
        decoded.append(("\\n" if inside_literal else "\n") + parts[index])
        quote = _open_string(parts, index, quote)
    return "".join(decoded)


def _open_string(parts: list[str], index: int, quote: str) -> str:
    """The quote of the string literal that is open at the end of a line, or "".

    The line begins inside `quote`. A comment ends the scan. A quote that no later line closes opens
    nothing: an apostrophe in a text, Scheme's `'x`.
    """
    line = parts[index]
    position = 0
    opens_nothing: set[str] = set()
    while position < len(line):
        if quote:
            closing = _LITERAL_END[quote].match(line, position)
            if closing:
                position, quote = closing.end(), ""
            elif quote in _TRIPLE_QUOTES or _closes_later(parts, index, quote):
                return quote
            else:
                opens_nothing.add(quote)
                quote = ""
        found = _QUOTE_OR_COMMENT.search(line, position)
        if not found or found[0] in ("#", "//"):
            return ""
        position = found.end()
        if found[0][0] != "\\" and found[0] not in opens_nothing:
            quote = found[0]
    return quote if quote in _TRIPLE_QUOTES or _closes_later(parts, index, quote) else ""


def _closes_later(parts: list[str], index: int, quote: str) -> bool:
    r"""Whether a literal that is open at the end of a line is closed before the next empty line.

    An empty part before a part that begins with the quote is no empty line: `"Hello\n\n"`.
    """
    if not quote:
        return False
    after_empty = False
    for part in parts[index + 1 : index + 1 + _MAX_BREAKS]:
        if not part:
            after_empty = True
        elif after_empty:
            return part.startswith(quote)
        elif _LITERAL_END[quote].match(part):
            return True
    return False

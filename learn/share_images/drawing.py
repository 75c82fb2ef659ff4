"""Draws a share image: the site's name, a text fitted into the space, a line below it."""

import io
import re
import unicodedata
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from PIL import Image, ImageColor, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 675

BACKGROUND, TEXT, MUTED, ACCENT, HAIRLINE = "#ffffff", "#1b1f24", "#545d68", "#0f6b5c", "#d8dde3"

FONTS = Path(__file__).with_name("fonts")
# Letters; then signs that these lack.
OWN_FONTS = (
    str(FONTS / "inter-semibold.ttf"),
    str(FONTS / "dejavu-sans-bold-symbols.ttf"),
)

MARGIN = 80
# The space of the text, between the site's name and the line below.
TEXT_TOP, TEXT_BOTTOM = 164, 536
SIZES = range(76, 32, -4)
LINE_HEIGHT = 1.22
SMALL = 34
# Steps from each colour to the background. A picture of few colours takes half the bytes, and the
# eye sees no difference.
STEPS = 16

_CJK = "[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]"
# Where a line may end: around blanks, after a hyphen or stroke inside a word, beside such letters.
_BREAK = re.compile(
    rf"(?<=\s)(?=\S)|(?<=\S)(?=\s)|(?<=[^\W\d_]{{2}}[-/])(?=[^\W\d_]{{2}})|(?<={_CJK})|(?={_CJK})"
)
# Widths grow with the size: they are measured once, at this one.
_MEASURED_SIZE = 100


def draw(site: str, text: str, line: str, more_fonts: tuple[str, ...] = ()) -> bytes:
    """A PNG. `more_fonts` are files that are asked for what the project's own fonts lack."""
    pen = _Pen((*OWN_FONTS, *more_fonts))
    pen.mark(MARGIN, 72, 48)
    pen.write(MARGIN + 66, 76, site, SMALL, MUTED)
    size, lines = pen.fit(text, WIDTH - 2 * MARGIN, TEXT_BOTTOM - TEXT_TOP)
    height = round(size * LINE_HEIGHT)
    top = TEXT_TOP + (TEXT_BOTTOM - TEXT_TOP - height * len(lines)) // 2
    for number, words in enumerate(lines):
        pen.write(MARGIN, top + number * height, words, size, TEXT)
    pen.rule(MARGIN, 564, WIDTH - MARGIN)
    pen.write(MARGIN, 588, line, SMALL, ACCENT)
    return pen.png()


def can_draw(text: str, more_fonts: tuple[str, ...] = ()) -> bool:
    """Whether each character has a glyph in one of the fonts."""
    return all(_font_of(character, (*OWN_FONTS, *more_fonts)) for character in text)


class _Pen:
    def __init__(self, fonts: tuple[str, ...]) -> None:
        self.fonts = fonts
        self.widths: dict[str, float] = {}
        self.image = Image.new("RGB", (WIDTH, HEIGHT), BACKGROUND)
        self.canvas = ImageDraw.Draw(self.image)

    def write(self, x: float, y: float, text: str, size: int, colour: str) -> None:
        baseline = y + size
        for font, run in self._runs(text, size):
            self.canvas.text((x, baseline), run, font=font, fill=colour, anchor="ls")
            x += font.getlength(run)

    def width(self, text: str, size: int) -> float:
        if text not in self.widths:
            runs = self._runs(text, _MEASURED_SIZE)
            self.widths[text] = sum(font.getlength(run) for font, run in runs)
        return self.widths[text] * size / _MEASURED_SIZE

    def fit(self, text: str, width: int, height: int) -> tuple[int, list[str]]:
        """The largest size at which the text has room, with its lines, about equally long."""
        lines: list[str] = []
        for size in SIZES:
            room = int(height / (size * LINE_HEIGHT))
            lines = self._lines(text, size, width)
            if len(lines) <= room:
                return size, self._balanced(text, size, width, len(lines))
        last = lines[room - 1].rstrip(" ,;:.")
        while self.width(f"{last}…", size) > width:
            last = last[:-1].rstrip()
        return size, [*lines[: room - 1], f"{last}…"]

    def mark(self, x: int, y: int, side: int) -> None:
        """The site's icon: a magnifier on a rounded square, drawn large and scaled down."""
        scale = 4
        unit = side * scale / 32
        icon = Image.new("RGB", (side * scale, side * scale), BACKGROUND)
        canvas = ImageDraw.Draw(icon)
        canvas.rounded_rectangle((0, 0, 32 * unit, 32 * unit), 7 * unit, fill=ACCENT)
        canvas.ellipse(
            [at * unit for at in (6.5, 6, 24.5, 24)], outline="#fff", width=int(3 * unit)
        )
        canvas.line([at * unit for at in (19.5, 19.5, 23.5, 23.5)], "#fff", int(3 * unit))
        self.image.paste(icon.resize((side, side), Image.Resampling.LANCZOS), (x, y))

    def rule(self, left: int, y: int, right: int) -> None:
        self.canvas.rectangle((left, y, right, y + 1), fill=HAIRLINE)

    def png(self) -> bytes:
        file = io.BytesIO()
        few = self.image.quantize(palette=_palette(), dither=Image.Dither.NONE)
        few.save(file, "PNG")
        return file.getvalue()

    def _balanced(self, text: str, size: int, width: int, count: int) -> list[str]:
        """As many lines as in the full width, in the least width that gives no more of them."""
        narrow, wide = width // 2, width
        while wide - narrow > 8:
            middle = (narrow + wide) // 2
            if len(self._lines(text, size, middle)) > count:
                narrow = middle
            else:
                wide = middle
        return self._lines(text, size, wide)

    def _lines(self, text: str, size: int, width: int) -> list[str]:
        lines, line, used = [], "", 0.0
        for token in _BREAK.split(text.strip()):
            space = self.width(token, size)
            if not token.isspace() and line and used + space > width:
                lines.append(line)
                line, used = "", 0.0
            while space > width:
                # One word that is longer than a line.
                end = self._end(token, size, width)
                lines.append(token[:end])
                token = token[end:]
                space = self.width(token, size)
            line += token
            used += space
        return [row.strip() for row in (*lines, line) if row.strip()]

    def _end(self, word: str, size: int, width: int) -> int:
        """How many characters of the word a line holds; one at least."""
        end = len(word)
        while end > 1 and self.width(word[:end], size) > width:
            end -= 1
        return end

    def _runs(self, text: str, size: int) -> list[tuple[ImageFont.FreeTypeFont, str]]:
        """The text in pieces, each with the first font that has its characters."""
        pieces = groupby(text, lambda character: _font_of(character, self.fonts) or self.fonts[0])
        return [(_font(file, size), "".join(characters)) for file, characters in pieces]


@lru_cache(maxsize=1)
def _palette() -> Image.Image:
    """Each colour, and for those of letters the shades between it and the background."""
    paper = ImageColor.getrgb(BACKGROUND)
    shades = [
        round(ink * step / STEPS + white * (1 - step / STEPS))
        for colour in (TEXT, MUTED, ACCENT)
        for step in range(STEPS + 1)
        for ink, white in zip(ImageColor.getrgb(colour), paper, strict=True)
    ]
    values = [*shades, *ImageColor.getrgb(HAIRLINE)]
    palette = Image.new("P", (1, 1))
    palette.putpalette(values)
    return palette


@lru_cache(maxsize=64)
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(file, size)
    except OSError as error:
        raise ImproperlyConfigured(f"SHARE_IMAGE_FONTS: {file} cannot be read: {error}.") from error


@lru_cache(maxsize=4096)
def _font_of(character: str, fonts: tuple[str, ...]) -> str:
    """The first font that has a glyph for the character; "" if none has."""
    if character.isspace() or unicodedata.category(character) in ("Cf", "Mn"):
        return fonts[0]
    return next(
        (file for file in fonts if _glyph(file, character) != _glyph(file, "\U0010ffff")), ""
    )


def _glyph(file: str, character: str) -> bytes:
    """The character's picture; a font gives one and the same for all that it lacks."""
    mask = _font(file, 24).getmask(character)
    return repr(mask.size).encode() + bytes(mask)

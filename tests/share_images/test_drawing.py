import io

import pytest
from django.core.exceptions import ImproperlyConfigured
from PIL import Image, ImageColor

from learn.share_images.drawing import (
    ACCENT,
    BACKGROUND,
    HAIRLINE,
    MARGIN,
    OWN_FONTS,
    WIDTH,
    _Pen,
    can_draw,
    draw,
)
from tests.conftest import ROOT

LONG = "What are the historical and cultural factors that contributed to the rise of industry " * 2
TITLES = {
    "short": "Why?",
    "plain": "What is osmosis?",
    "longest": LONG + "in Britain?",
    "tex": r"Solve $\frac{x^2-1}{x+1} \leq \sqrt{3}$ for $x$",
    "cjk": "什么是光合作用?它为什么对地球上的生命如此重要",
    "quotes": "What does “carpe diem” mean, and who said 'seize the day'?",
    "greek": "What is the α-helix, and how does Δ differ from β?",
    "signs": "Is √2 ≠ ∑ → ∞ ⅗ − x²?",
    "accents": "Qu'est-ce que l'Étranger? Çà et là: ő, ü, ē",
    "one word": "Pneumonoultramicroscopicsilicovolcanoconiosis" * 3,
    "cyrillic": "Что такое фотосинтез?",
    "far too long": "word " * 100,
}


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_picture_is_a_small_png_of_the_stated_size_with_text_inside_its_margins(title):
    data = draw("Answers", title, "Biology")
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size) == ("PNG", (1200, 675))
    assert len(data) < 40_000
    pixels = image.convert("RGB")
    for box in ((0, 0, MARGIN - 2, 675), (WIDTH - MARGIN + 4, 0, WIDTH, 675)):
        assert pixels.crop(box).getcolors() is not None
        assert len(pixels.crop(box).getcolors()) == 1
    assert len(pixels.crop((MARGIN, 164, WIDTH - MARGIN, 536)).getcolors()) > 1


def test_same_words_give_the_same_bytes_and_others_do_not():
    assert draw("Answers", "Why?", "Biology") == draw("Answers", "Why?", "Biology")
    pictures = {draw(*words) for words in (("A", "b", "c"), ("x", "b", "c"), ("A", "x", "c"))}
    assert len(pictures) == 3


@pytest.mark.parametrize("name", [name for name in TITLES if name != "cjk"])
def test_own_fonts_have_latin_greek_cyrillic_and_signs(name):
    assert can_draw(TITLES[name])


def test_character_that_no_font_has_is_noticed():
    assert not can_draw(TITLES["cjk"])
    assert not can_draw("An emoji 😀")


def test_characters_that_show_nothing_need_no_glyph():
    assert can_draw("a\u200d b\u00a0c e\u0301")


@pytest.mark.parametrize("name", ["longest", "plain", "quotes"])
def test_text_keeps_every_word_and_no_line_is_wider_than_the_space(name):
    pen = _Pen(OWN_FONTS)
    size, lines = pen.fit(TITLES[name], 1040, 372)
    assert " ".join(lines).split() == TITLES[name].split()
    assert all(pen.width(line, size) <= 1040 for line in lines)


def test_short_text_is_set_larger_than_a_long_one():
    pen = _Pen(OWN_FONTS)
    assert pen.fit("Why?", 1040, 372)[0] > pen.fit(TITLES["longest"], 1040, 372)[0] >= 36


def test_text_without_room_ends_with_an_ellipsis():
    _, lines = _Pen(OWN_FONTS).fit(TITLES["far too long"], 1040, 372)
    assert lines[-1].endswith("word…")


def test_text_without_blanks_breaks_between_characters():
    pen = _Pen(OWN_FONTS)
    for name in ("cjk", "one word"):
        size, lines = pen.fit(TITLES[name], 1040, 372)
        assert "".join(lines) == TITLES[name]
        assert len(lines) > 1
        assert all(pen.width(line, size) <= 1040 for line in lines)


@pytest.mark.parametrize(
    ("place", "colour"), [((90, 76), ACCENT), ((5, 5), BACKGROUND), ((300, 564), HAIRLINE)]
)
def test_colours_are_those_of_the_site(place, colour):
    image = Image.open(io.BytesIO(draw("Answers", "Why?", "Biology"))).convert("RGB")
    assert image.getpixel(place) == ImageColor.getrgb(colour)


def test_line_ends_after_a_hyphen_or_stroke_inside_a_word_only():
    pen = _Pen(OWN_FONTS)
    text = "What are the advantages of people-oriented/relations-oriented leadership for -3?"
    lines = pen._lines(text, 76, 700)
    assert [line for line in lines if line.endswith(("-", "/"))]
    assert all(line[-3:-1].isalpha() for line in lines if line.endswith(("-", "/")))
    assert "-3?" in lines[-1]


def test_font_that_cannot_be_read_is_named(tmp_path):
    missing = str(tmp_path / "none.ttf")
    with pytest.raises(ImproperlyConfigured, match=f"SHARE_IMAGE_FONTS: {missing} cannot be read"):
        can_draw(TITLES["cjk"], (missing,))


def test_further_font_is_asked_for_what_the_own_ones_lack():
    further = (str(ROOT / "learn" / "static" / "learn" / "fonts" / "stix-two-math.woff2"),)
    assert not can_draw("Is 𝔸 a set?")
    assert can_draw("Is 𝔸 a set?", further)
    assert draw("Answers", "𝔸", "Biology", further) != draw("Answers", "𝔹", "Biology", further)
    assert draw("Answers", "Why?", "Biology", further) == draw("Answers", "Why?", "Biology")

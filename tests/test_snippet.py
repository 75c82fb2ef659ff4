"""What fits into a search result, by the widths of Arial."""

import pytest

from learn.snippet import DESCRIPTION_ON_DESKTOP, TITLE_ON_DESKTOP, Place, fit


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("iiii", 17),
        ("WWWW", 75),
        ("Arial 1", 56),
        ("Ünïcödé", 73),
        ("漢字", 40),
        ("a\u0301", 11),
    ],
)
def test_width_is_that_of_arial(text, width):
    assert fit(text, TITLE_ON_DESKTOP).width == width


def test_title_of_seventy_characters_is_cut_after_a_word():
    text = "What do the gradient, the divergence and the curl of a field measure??"
    assert len(text) == 70
    fitted = fit(text, TITLE_ON_DESKTOP)
    assert fitted.is_cut
    assert fitted.percent == 100
    assert fitted.shown == "What do the gradient, the divergence and the curl of a field…"
    assert fit(fitted.shown, TITLE_ON_DESKTOP).width <= 580


def test_text_that_fits_is_shown_whole_on_one_line():
    fitted = fit("What is\n osmosis?", DESCRIPTION_ON_DESKTOP)
    assert (fitted.shown, fitted.is_cut) == ("What is osmosis?", False)
    assert 0 < fitted.percent < 20


def test_single_long_word_is_cut_inside():
    fitted = fit("w" * 100, Place(20, 100))
    assert fitted.shown == "wwwww…"

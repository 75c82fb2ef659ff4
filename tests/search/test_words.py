import pytest

from learn.search.words import clean, fold, query_words, split_words, stem


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("relates", "relat"),
        ("relating", "relat"),
        ("relational", "relat"),
        ("hopping", "hop"),
        ("hoping", "hope"),
        ("ponies", "poni"),
        ("happy", "happi"),
        ("controlling", "control"),
        ("adjustment", "adjust"),
        ("1900s", "1900"),
        ("is", "is"),
        ("größe", "größe"),
    ],
)
def test_stem_is_what_porters_rules_leave(word, expected):
    assert stem(word) == expected


def test_words_of_a_query_are_its_telling_ones_each_once():
    assert query_words("What is the energy of an Energy level?") == ["energy", "level"]


def test_query_of_stop_words_only_keeps_them():
    assert query_words("to be or") == ["to", "be", "or"]


def test_apostrophe_joins_and_accents_fall():
    assert split_words("Newton's Théorème") == ["newtons", "theoreme"]
    assert fold("É") == "e"


def test_sign_that_stands_for_letters_becomes_small_letters():
    assert fold("Brand™ in 𝐁𝐨𝐥𝐝, H₂O") == "brandtm in bold, h2o"


def test_text_is_folded_whole_as_its_characters_are_one_by_one_and_but_once():
    characters = [chr(code) for code in range(0x80, 0x3000)]
    text = "A’" + "B".join(characters)
    assert fold(text) == "a’" + "b".join(map(fold, characters))
    assert fold(fold(text)) == fold(text)


def test_marks_that_nobody_sees_are_cleaned_away():
    assert clean("a\x00b \u202ec\u200f") == "a b c"

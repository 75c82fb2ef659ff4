"""Golden references for twelve titles, and what each style does without a date or with a note."""

import datetime
from dataclasses import replace

import pytest

from learn.citations import STYLES, Source, bibtex, plain, ris
from tests.records import read_bibtex, read_ris

URL = "https://quicktakes.example/learn/a/questions/b"
BARE = URL.removeprefix("https://")
SOURCE = Source(
    title="What is osmosis?",
    author="QuickTakes",
    site="QuickTakes",
    url=URL,
    date=datetime.date(2025, 2, 6),
    accessed=datetime.date(2026, 9, 24),
)
LONG = (
    "What are the historical, cultural, and economic factors that contributed to the rise of "
    "industry in Great Britain during the late eighteenth and the early nineteenth century, and why"
)
# title -> as it ends before the next piece; in double quotation marks; its word in BibTeX's key
TITLES = {
    "What is osmosis?": ("What is osmosis?", "“What is osmosis?”", "osmosis"),
    "Explain the law of demand": (
        "Explain the law of demand.",
        "“Explain the law of demand.”",
        "explain",
    ),
    "The end of an era.": ("The end of an era.", "“The end of an era.”", "the"),
    'What does "carpe diem" mean?': (
        'What does "carpe diem" mean?',
        "“What does ‘carpe diem’ mean?”",
        "carpe",
    ),
    "Who wrote “The Raven”": ("Who wrote “The Raven”.", "“Who wrote ‘The Raven.’”", "wrote"),
    "Who asked “Why?”": ("Who asked “Why?”", "“Who asked ‘Why?’”", "asked"),
    "Why does milk & bread cost $6?": (
        "Why does milk & bread cost $6?",
        "“Why does milk & bread cost $6?”",
        "bread",
    ),
    r"Is $x^2 \geq 0$ for x in {1, 2}?": (
        r"Is $x^2 \geq 0$ for x in {1, 2}?",
        r"“Is $x^2 \geq 0$ for x in {1, 2}?”",
        "is",
    ),
    "Wie groß ist das Übermaß an Öl?": (
        "Wie groß ist das Übermaß an Öl?",
        "“Wie groß ist das Übermaß an Öl?”",
        "gross",
    ),
    "Is 50% of C# code_style ~ #1?": (
        "Is 50% of C# code_style ~ #1?",
        "“Is 50% of C# code_style ~ #1?”",
        "codestyle",
    ),
    "什么是光合作用?": ("什么是光合作用?", "“什么是光合作用?”", ""),
    LONG: (f"{LONG}.", f"“{LONG}.”", "historical"),
}


@pytest.mark.parametrize("title", TITLES)
def test_styles_write_each_title_as_they_should(title):
    ended, quoted, _ = TITLES[title]
    source = replace(SOURCE, title=title)
    assert [plain(style(source)) for style in STYLES.values()] == [
        f"QuickTakes. (2025, February 6). {ended} {URL}",
        f"{quoted} QuickTakes, 6 Feb. 2025, {BARE}.",
        f"QuickTakes. 2025. {quoted} February 6, 2025. {URL}.",
        f"QuickTakes (2025) {ended} Available at: {URL} (Accessed: 24 September 2026).",
    ]


def test_site_that_is_not_the_author_is_named_too():
    source = replace(SOURCE, author="Ada Press Inc.")
    assert [plain(style(source)) for style in STYLES.values()] == [
        f"Ada Press Inc. (2025, February 6). What is osmosis? QuickTakes. {URL}",
        f"Ada Press Inc. “What is osmosis?” QuickTakes, 6 Feb. 2025, {BARE}.",
        f"Ada Press Inc. 2025. “What is osmosis?” QuickTakes. February 6, 2025. {URL}.",
        f"Ada Press Inc. (2025) What is osmosis? QuickTakes. Available at: {URL}"
        " (Accessed: 24 September 2026).",
    ]


def test_text_without_a_date_is_cited_by_the_day_of_reading():
    source = replace(SOURCE, date=None)
    assert [plain(style(source)) for style in STYLES.values()] == [
        f"QuickTakes. (n.d.). What is osmosis? Retrieved September 24, 2026, from {URL}",
        f"“What is osmosis?” QuickTakes, {BARE}. Accessed 24 Sept. 2026.",
        f"QuickTakes. n.d. “What is osmosis?” Accessed September 24, 2026. {URL}.",
        f"QuickTakes (no date) What is osmosis? Available at: {URL} (Accessed: 24 September 2026).",
    ]
    assert not {"year", "month"} & set(read_bibtex(bibtex(source)))
    assert read_bibtex(bibtex(source))["key"] == "quicktakesndosmosis"
    assert not {"PY", "DA"} & set(read_ris(ris(source)))


def test_note_tells_how_the_text_came_about():
    source = replace(SOURCE, note="Machine-written, reviewed by A & B")
    note = source.note
    assert [plain(style(source)) for style in STYLES.values()] == [
        f"QuickTakes. (2025, February 6). What is osmosis? [{note}]. {URL}",
        f"“What is osmosis?” QuickTakes, 6 Feb. 2025, {BARE}. {note}.",
        f"QuickTakes. 2025. “What is osmosis?” {note}. February 6, 2025. {URL}.",
        f"QuickTakes (2025) What is osmosis? [{note}]. Available at: {URL}"
        " (Accessed: 24 September 2026).",
    ]
    assert read_bibtex(bibtex(source))["note"] == note
    assert read_ris(ris(source))["N1"] == note


def test_italics_are_the_title_or_in_mla_the_site():
    italics = [[p.text for p in style(SOURCE) if p.is_italic] for style in STYLES.values()]
    assert italics == [["What is osmosis?"], ["QuickTakes"], [], ["What is osmosis?"]]


@pytest.mark.parametrize("title", TITLES)
def test_bibtex_parses_and_gives_the_title_back(title):
    fields = read_bibtex(bibtex(replace(SOURCE, title=title)))
    assert fields == {
        "type": "misc",
        "key": f"quicktakes2025{TITLES[title][2]}",
        "author": "QuickTakes",
        "title": title,
        "publisher": "QuickTakes",
        "year": "2025",
        "month": "feb",
        "url": URL,
        "urldate": "2026-09-24",
        "language": "en",
    }


def test_bibtex_is_written_like_this():
    assert bibtex(replace(SOURCE, title=r"Is {x} 5% of \pi & y_1^2~$6?")) == (
        "@misc{quicktakes2025is,\n"
        "  author = {{QuickTakes}},\n"
        r"  title = {{Is {\textbraceleft}x{\textbraceright} 5\% of {\textbackslash}pi \& "
        r"y\_1{\textasciicircum}2{\textasciitilde}\$6?}},"
        "\n"
        "  publisher = {QuickTakes},\n"
        "  year = {2025},\n"
        "  month = feb,\n"
        f"  url = {{{URL}}},\n"
        "  urldate = {2026-09-24},\n"
        "  language = {en}\n"
        "}\n"
    )


@pytest.mark.parametrize("title", TITLES)
def test_ris_parses_and_gives_the_title_back(title):
    assert read_ris(ris(replace(SOURCE, title=title))) == {
        "TY": "ELEC",
        "TI": title,
        "AU": "QuickTakes",
        "PB": "QuickTakes",
        "PY": "2025",
        "DA": "2025/02/06",
        "Y2": "2026/09/24",
        "LA": "en",
        "UR": URL,
        "ER": "",
    }


def test_line_break_in_a_title_cannot_add_a_line_to_ris():
    record = read_ris(ris(replace(SOURCE, title="One\r\nAU  - Nobody")))
    assert (record["TI"], record["AU"]) == ("One AU - Nobody", "QuickTakes")

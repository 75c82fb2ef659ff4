"""Front matter -> Seed -> front matter: what each key takes, and what is said of the rest."""

import datetime
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from learn.frontmatter import FrontMatterError, compose, parse
from learn.models.question import QuestionPath
from learn.seeds.mapping import fields_from, seed_from
from learn.seeds.reading import read_seed
from learn.seeds.seed import RelatedArticle, Seed
from tests.frontmatter.samples import COMMON, PLAIN

FULL = COMMON["folded-related"]
SEED = Seed(
    path=QuestionPath("biology", "what-is-osmosis"),
    date=datetime.date(2025, 2, 6),
    title="What is osmosis?",
    article_title="What is osmosis?",
    question="What is osmosis?",
    answer="Water moves.",
    subject="Biology",
    author="QuickTakes",
)


def without(key: str, text: str = PLAIN) -> str:
    """The file without one top-level key."""
    return re.sub(rf"^{key}:.*\n(?: .*\n)*", "", text, count=1, flags=re.MULTILINE)


def with_value(key: str, value: str, text: str = PLAIN) -> str:
    """The file with another value, as YAML, for one top-level key; it stands on line 2."""
    return without(key, text).replace("---\n", f"---\n{key}: {value}\n", 1)


def with_url(url: str) -> str:
    """The file, of the common layout still, with another url on line 22."""
    return re.sub(r"(?<=\nurl: ).*", lambda _: url, PLAIN)


def refusal(text: str) -> str:
    with pytest.raises(FrontMatterError) as caught:
        read_seed(text.encode())
    return str(caught.value)


def test_whole_file_says_all_that_it_holds() -> None:
    seed = seed_from(parse(COMMON["plain-related"].encode()))
    question = "What does a cell membrane do?"
    assert seed == Seed(
        path=QuestionPath("biology", "what-does-a-cell-membrane-do"),
        date=datetime.date(2025, 2, 6),
        title=question,
        article_title=question,
        question=question,
        answer=(
            "It chooses: ions enter by channels.\n\n"
            '- **Pumps** cost "energy" # always\n- Channels don\'t'
        ),
        subject="Biology",
        author="QuickTakes",
        seed_id=4711,
        schema="default",
        date_format="MMM DD, YYYY",
        post_on_text="Posted on",
        seo_title="QuickTakes | Biology",
        seo_description="How a membrane chooses what enters: pumps, channels and #gates.",
        seo_keywords="membrane, cell, 50,000 pumps",
        no_index=False,
        score=-1.0,
        related=(
            RelatedArticle(
                -12, "What is osmosis?", "Biology", "/learn/biology/questions/what-is-osmosis"
            ),
            RelatedArticle(
                99,
                "Why are 2 layers enough?",
                "Chemistry",
                "/learn/chemistry/questions/why-are-2-layers-enough",
            ),
        ),
    )
    assert seed.layout.folded_title is False


def test_least_file_takes_the_defaults() -> None:
    data = b"""\
---
date: 2025-02-06
title: What is osmosis?
author: QuickTakes
question: What is osmosis?
answer: Water moves.
subject: Biology
url: /learn/biology/questions/what-is-osmosis
---
"""
    assert seed_from(parse(data)) == SEED
    assert (SEED.schema, SEED.date_format, SEED.post_on_text) == (
        "default",
        "MMM DD, YYYY",
        "Posted on",
    )


@pytest.mark.parametrize("value", ['""', "~", ""])
def test_article_title_without_text_is_the_title(value: str) -> None:
    seed, _ = read_seed(with_value("article_title", value).encode())
    assert seed.article_title == seed.title


@pytest.mark.parametrize(
    ("key", "attribute", "default"),
    [
        ("id", "seed_id", None),
        ("_schema", "schema", "default"),
        ("date_format", "date_format", "MMM DD, YYYY"),
        ("post_on_text", "post_on_text", "Posted on"),
        ("seo", "seo_title", ""),
        ("score", "score", None),
        ("no_index", "no_index", False),
    ],
)
def test_key_that_is_missing_or_null_takes_its_default(
    key: str, attribute: str, default: object
) -> None:
    for text in (without(key, FULL), with_value(key, "", FULL)):
        assert getattr(seed_from(parse(text.encode())), attribute) == default


@pytest.mark.parametrize("key", ["date", "title", "author", "question", "answer", "subject", "url"])
def test_missing_required_key_is_named(key: str) -> None:
    assert refusal(without(key)) == f"{key}: is missing"
    assert refusal(with_value(key, "~")) == f"line 2: {key}: is missing"


@pytest.mark.parametrize("key", ["title", "author", "question", "answer", "subject"])
@pytest.mark.parametrize("value", ['""', '"  "', '"\\n"', "'\n\n'", "|\n\n"])
def test_required_text_that_is_empty_is_refused(key: str, value: str) -> None:
    assert refusal(with_value(key, value)) == f"line 2: {key}: is empty"


def test_answer_of_nothing_but_escaped_line_breaks_is_empty() -> None:
    assert refusal(with_value("answer", "\\n\\n")) == "line 2: answer: is empty"
    common = re.sub(r"(?<=answer: >-\n    ).*", r"\\n", PLAIN)
    assert refusal(common) == "line 18: answer: is empty"


WRONG_VALUES = {
    "title": {
        "[What, is]": "expected text, found a list",
        "{a: b}": "expected text, found keys and values",
        "x" * 501: "has 501 characters; at most 500 are allowed",
        '"a\\0b"': "holds the control character U+0000; remove it",
        '"a\\fb"': "holds the control character U+000C; remove it",
    },
    "article_title": {"x" * 501: "has 501 characters; at most 500 are allowed"},
    "question": {"x" * 501: "has 501 characters; at most 500 are allowed"},
    "_schema": {"x" * 101: "has 101 characters; at most 100 are allowed"},
    "date_format": {"x" * 101: "has 101 characters; at most 100 are allowed"},
    "post_on_text": {"x" * 101: "has 101 characters; at most 100 are allowed"},
    "author": {"x" * 201: "has 201 characters; at most 200 are allowed"},
    "subject": {"x" * 201: "has 201 characters; at most 200 are allowed"},
    "answer": {
        "[a]": "expected text, found a list",
        '"\\\\frac \\e[31m"': "holds the control character U+001B; remove it",
    },
    "date": {
        "2025-02-30": "expected a date as 2025-02-06, found “2025-02-30”",
        "0000-01-01": "expected a date as 2025-02-06, found “0000-01-01”",
        "2025-2-6": "expected a date as 2025-02-06, found “2025-2-6”",
        "20250206": "expected a date as 2025-02-06, found “20250206”",
        "2025-W06-4": "expected a date as 2025-02-06, found “2025-W06-4”",
        "２０２５-02-06": "expected a date as 2025-02-06, found “２０２５-02-06”",
        "2025-02-06T10:00:00Z": "expected a date as 2025-02-06, found “2025-02-06T10:00:00Z”",
        "soon": "expected a date as 2025-02-06, found “soon”",
        '""': "expected a date as 2025-02-06, found “”",
        "[2025]": "expected a date as 2025-02-06, found a list",
    },
    "id": {
        "abc": "expected a whole number, found “abc”",
        "1.5": "expected a whole number, found “1.5”",
        "1_000": "expected a whole number, found “1_000”",
        "+5": "expected a whole number, found “+5”",
        "0x1F": "expected a whole number, found “0x1F”",
        "٤": "expected a whole number, found “٤”",
        '"1\\n"': "expected a whole number, found “1\\n”",
        "{a: b}": "expected a whole number, found keys and values",
        "9223372036854775808": "the number is too large",
        "-9223372036854775809": "the number is too large",
        "9" * 5000: "the number is too large",
        "x" * 260: f"expected a whole number, found “{'x' * 250}…”",
    },
    "score": {
        "abc": "expected a number such as -1.0, found “abc”",
        "inf": "expected a number such as -1.0, found “inf”",
        "-.inf": "expected a number such as -1.0, found “-.inf”",
        "nan": "expected a number such as -1.0, found “nan”",
        "1e999": "expected a number such as -1.0, found “1e999”",
        "1,5": "expected a number such as -1.0, found “1,5”",
        "[1]": "expected a number such as -1.0, found a list",
        "9" * 400: f"expected a number such as -1.0, found “{'9' * 250}…”",
    },
    "no_index": {
        "maybe": "expected true or false, found “maybe”",
        "yes": "expected true or false, found “yes”",
        "1": "expected true or false, found “1”",
        "[true]": "expected true or false, found a list",
    },
    "seo": {
        "x": "expected keys and values, found text",
        "[x]": "expected keys and values, found a list",
    },
    "related_article1": {
        "x": "expected keys and values, found text",
        "": "expected keys and values, found nothing",
    },
}


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        pytest.param(key, value, reason, id=f"{key}: {value[:25]!r}")
        for key, reasons in WRONG_VALUES.items()
        for value, reason in reasons.items()
    ],
)
def test_wrong_value_is_refused_with_line_and_reason(key: str, value: str, reason: str) -> None:
    assert refusal(with_value(key, value)) == f"line 2: {key}: {reason}"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id: 4711", "id: 1.5", "line 3: id: expected a whole number, found “1.5”"),
        ("id: 4711", f"id: {'9' * 30}", "line 3: id: the number is too large"),
        (
            "date: 2025-02-06",
            "date: 2025-02-30",
            "line 4: date: expected a date as 2025-02-06, found “2025-02-30”",
        ),
        (
            "article_title: What",
            f"article_title: {'x' * 500}",
            "line 6: article_title: has 525 characters; at most 500 are allowed",
        ),
        (
            "  title: QuickTakes",
            f"  title: {'x' * 500}",
            "line 9: seo.title: has 510 characters; at most 500 are allowed",
        ),
        (
            "    id: 99",
            "    id: 9-9",
            "line 29: related_article2.id: expected a whole number, found “9-9”",
        ),
        (
            "url: /learn/chemistry",
            f"url: {'x' * 500}",
            "line 29: related_article2.url: has 534 characters; at most 500 are allowed",
        ),
        (
            "score: -1.0",
            "score: 1-0",
            "line 23: score: expected a number such as -1.0, found “1-0”",
        ),
    ],
)
def test_wrong_value_in_the_common_layout_has_its_line(old: str, new: str, message: str) -> None:
    text = COMMON["plain-related"].replace(old, new)
    assert parse(text.encode()).folded_title is False
    assert refusal(text) == message


URL_REASON = "expected /learn/<subject>/questions/<slug> in small letters, found "


@pytest.mark.parametrize(
    "url",
    [
        "/learn/Biology/questions/osmosis",
        "/learn/biology/questions/Osmosis",
        "/learn/biology/questions/osmosis/",
        "/learn/biology/questions/osmosis.md",
        "/learn/biology/questions/a/b",
        "/learn/biology/questions/",
        "/learn/biology/osmosis",
        "learn/biology/questions/osmosis",
        "/learn/biology/questions/../osmosis",
        "/learn/../questions/osmosis",
        "/learn//questions/osmosis",
        "//example.org/learn/biology/questions/osmosis",
        "https://quicktakes.io/learn/biology/questions/osmosis",
        "/learn/biology/questions/osmosis?page=2",
        "/learn/biology/questions/osmosis#top",
        "/learn/biology/questions/what is osmosis",
        "/learn/biology/questions/what_is_osmosis",
        "/learn/biology/questions/größe",
        "/learn/biology/questions/ｏsmosis",
        "/learn/biology/questions/%6fsmosis",
    ],
)
def test_url_of_another_form_is_refused(url: str) -> None:
    assert refusal(with_url(url)) == f"line 22: url: {URL_REASON}“{url}”"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('"/learn/biology/questions/osmosis\\n"', "“/learn/biology/questions/osmosis\\n”"),
        ('"/learn/biology/questions/os\\0mosis"', "“/learn/biology/questions/os\\x00mosis”"),
        ('"/learn/biology/questions/\\e[31m"', "“/learn/biology/questions/\\x1b[31m”"),
        ('"/learn/biology/questions/a\\u200bb"', "“/learn/biology/questions/a\\u200bb”"),
        ("[/learn]", "a list"),
        ("{a: b}", "keys and values"),
    ],
)
def test_url_that_cannot_be_one_is_shown_without_harm(value: str, found: str) -> None:
    assert refusal(with_value("url", value)) == f"line 2: url: {URL_REASON}{found}"


def test_url_with_a_part_that_is_too_long_is_refused() -> None:
    longest = "x" * 255
    seed, _ = read_seed(with_url(f"/learn/{longest}/questions/{longest}").encode())
    assert seed.path == (longest, longest)
    message = "line 22: url: a part is longer than 255 characters"
    assert refusal(with_url(f"/learn/biology/questions/{longest}x")) == message
    assert refusal(with_url(f"/learn/{longest}x/questions/osmosis")) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    url: /learn/biology/questions/what-is-osmosis\n", "", "url: is missing"),
        ("    title: What is osmosis?\n", "", "title: is missing"),
        ("    title: What is osmosis?\n", "    title: ''\n", "title: is empty"),
        ("    title: What is osmosis?\n", "    title: [x]\n", "title: expected text, found a list"),
    ],
)
def test_related_article_without_title_or_url_is_refused(old: str, new: str, message: str) -> None:
    text = COMMON["plain-related"].replace(old, new)
    assert refusal(text) == f"line 24: related_article1.{message}"


def test_related_articles_are_in_the_order_of_their_numbers() -> None:
    text = "".join(
        f"related_article{position}:\n  title: T{position}\n  url: /{position}\n"
        for position in (10, 9, 2)
    )
    seed = seed_from(parse(PLAIN.replace("url: /learn", text + "url: /learn").encode()))
    assert seed.related == tuple(
        RelatedArticle(None, f"T{position}", "", f"/{position}") for position in (2, 9, 10)
    )


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("-1.0", -1.0),
        ("5", 5.0),
        ("1e-05", 1e-05),
        ("-2.5e+16", -2.5e16),
        ("0.30000000000000004", 0.1 + 0.2),
        ("-0.00012345678901234567", -0.00012345678901234567),
    ],
)
def test_score_is_any_finite_number(value: str, number: float) -> None:
    assert seed_from(parse(with_value("score", value).encode())).score == number


@pytest.mark.parametrize("value", ["True", "true", "TRUE", "'true'"])
def test_no_index_is_true_in_any_case_of_letters(value: str) -> None:
    assert seed_from(parse(with_value("no_index", value).encode())).no_index is True


@pytest.mark.parametrize(
    ("value", "answer", "wrapped"),
    [
        (r"One\n\nTwo", "One\n\nTwo", False),
        (r"$a \neq b$\nTwo", "$a \\neq b$\nTwo", False),
        (r"""'"One ""two""\n"'""", 'One "two"\n', True),
        ("|\n  One\n\n    two\\nthree\n", "One\n\n  two\\nthree", False),
        ("|-\n  One\n  two\n", "One\ntwo", False),
        ("|+\n  One\n  two\n", "One\ntwo\n", False),
        ('"One\\ntwo"', "One\ntwo", False),
        ('"One\\r\\ntwo\\r\\n"', "One\ntwo", False),
        ('"One\\\\ntwo"', "One\ntwo", False),
        ("|\n  One\\ntwo\n", "One\\ntwo", False),
    ],
)
def test_answer_has_real_line_breaks(value: str, answer: str, wrapped: bool) -> None:
    seed = seed_from(parse(with_value("answer", value).encode()))
    assert seed.answer == answer
    assert seed.layout.answer_wrapped is wrapped


def test_answer_that_escapes_cannot_hold_is_written_as_a_block() -> None:
    seed = replace(SEED, answer="In C\\nd:\n\n    \\n")
    fields = fields_from(seed)
    assert fields["answer"] == "In C\\nd:\n\n    \\n\n"
    text = compose(fields, folded_title=True)
    assert "\nanswer: |4\n    In C\\nd:\n\n        \\n\nsubject:" in text


def read_back(seed: Seed) -> Seed:
    return seed_from(parse(compose(fields_from(seed), folded_title=True).encode()))


MARKDOWN = st.lists(
    st.sampled_from(
        [
            *("\n", "\n\n", "\\n", "\\", "n", "\\neq", "$", "$$", "`", "```", "\n```\n", '"', '""'),
            *("'", "- ", "# ", ": ", " #", "    ", " ", "\t", "\r", "é", "\u2028", "\x85", "word"),
        ]
    ),
    max_size=15,
).map("".join)


@settings(deadline=None, max_examples=500, suppress_health_check=[HealthCheck.too_slow])
@example(markdown="\\n", wrapped=False)
@example(markdown="word\n\n", wrapped=True)
@example(markdown='"word"', wrapped=False)
@given(
    markdown=MARKDOWN.filter(lambda text: bool(text.strip()) and "\r\n" not in f"{text}\n"),
    wrapped=st.booleans(),
)
def test_any_answer_is_written_so_that_it_reads_back(markdown: str, wrapped: bool) -> None:
    seed = replace(SEED, answer=markdown, layout=replace(SEED.layout, answer_wrapped=wrapped))
    assert read_back(seed).answer == markdown


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="".join(map(chr, range(32)))), max_size=40
)
NAME = TEXT.filter(lambda text: bool(text.strip()))


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.builds(
        Seed,
        path=st.just(SEED.path),
        date=st.dates(),
        title=NAME,
        article_title=NAME,
        question=NAME,
        answer=NAME,
        subject=NAME,
        author=NAME,
        seed_id=st.none() | st.integers(-(2**63), 2**63 - 1),
        schema=TEXT,
        date_format=TEXT,
        post_on_text=TEXT,
        seo_title=TEXT,
        seo_description=TEXT,
        seo_keywords=TEXT,
        no_index=st.booleans(),
        score=st.none() | st.floats(allow_nan=False, allow_infinity=False),
        related=st.lists(
            st.builds(
                RelatedArticle,
                seed_id=st.none() | st.integers(-(2**63), 2**63 - 1),
                title=NAME,
                subject=TEXT,
                url=NAME,
            ),
            max_size=5,
        ).map(tuple),
        layout=st.just(SEED.layout),
    )
)
def test_any_seed_is_written_so_that_it_reads_back(seed: Seed) -> None:
    assert read_back(seed) == seed

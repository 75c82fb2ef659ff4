"""Files of any layout: what is read, and what is refused with line and reason."""

import contextlib
import time

import pytest

from learn.frontmatter import MAX_BYTES, Fields, FrontMatterError, parse
from tests.frontmatter.samples import COMMON, FOLDED, front, pyyaml_reads, uncommon_files

UNCOMMON_FILES = uncommon_files()


def with_lines(lines: str) -> bytes:
    """A file whose third line is the first of these."""
    return f"---\ntitle: What is osmosis?\n{lines}\n---\n\n&nbsp;".encode()


def refusal(data: bytes) -> tuple[int | None, str]:
    with pytest.raises(FrontMatterError) as caught:
        parse(data)
    line = caught.value.line
    beginning = f"line {line}: " if line else ""
    assert str(caught.value) == beginning + caught.value.reason
    return line, caught.value.reason


NO_ANCHORS = "YAML anchors and aliases are not allowed; write the value out"
NOT_KEYS = "the front matter must be keys and values (“key: value”)"
NO_FRONT_MATTER = "no front matter: the file must begin with a line “---”"
NOT_CLOSED = "the front matter is not closed: a line “---” must follow the last key"
BAD_START = (
    "invalid YAML: found character that cannot start any token; "
    "quote a value that begins with @, %, a back-tick or a tab; indent with spaces"
)
COLON_IN_PLAIN = (
    "invalid YAML: mapping values are not allowed in this context; "
    "a value that holds “: ” must be quoted or folded (>-)"
)
NO_COLON = "invalid YAML: could not find expected ':'; each line needs a key and a colon"
OPEN_QUOTE = (
    "invalid YAML: found unexpected end of stream; the quote that begins here is not closed"
)

REFUSED: dict[str, tuple[bytes, int | None, str]] = {
    # --- the file
    "empty file": (b"", None, "the file is empty"),
    "blank file": (b"\xef\xbb\xbf \n\t\r\n\n", None, "the file is empty"),
    "no front matter": (b"title: What is osmosis?\n", 1, NO_FRONT_MATTER),
    "text before the front matter": (b"# Title\n---\nid: 1\n---\n", 1, NO_FRONT_MATTER),
    "more than a marker in the first line": (b"--- id: 1\n---\n", 1, NO_FRONT_MATTER),
    "four dashes": (b"----\nid: 1\n---\n", 1, NO_FRONT_MATTER),
    "unclosed": (b"---\nid: 1\n", 1, NOT_CLOSED),
    "unclosed after blank lines": (b"\n\n---\nid: 1\n --- \n", 3, NOT_CLOSED),
    "only the first marker": (b"---", 1, NO_FRONT_MATTER),
    "too large": (
        b"---\nid: 1\n---\n".ljust(MAX_BYTES + 1),
        None,
        "the file has 1,000,001 bytes; a seed file has at most 1,000,000",
    ),
    "not UTF-8": (
        with_lines("subject: Biology\nauthor: Jos\xe9").decode().encode("latin-1"),
        4,
        "not UTF-8: byte 0xe9 in column 12; save it as UTF-8",
    ),
    "not UTF-8 in the first line": (
        b"\xff\xfe-\0-\0",
        1,
        "not UTF-8: byte 0xff in column 1; save it as UTF-8",
    ),
    "half a surrogate pair": (
        with_lines("id: 1").replace(b"1", b"\xed\xa0\x80"),
        3,
        "not UTF-8: byte 0xed in column 5; save it as UTF-8",
    ),
    "NUL byte": (with_lines("id: 1\nauthor: \0"), 4, "a NUL byte; a seed file is text"),
    # --- the YAML
    "nothing between the markers": (b"---\n---\n", 2, "the front matter is empty"),
    "only a comment": (b"\n---\n# id: 1\n---\n", 3, "the front matter is empty"),
    "colon inside a plain title": (with_lines("question: Osmosis: what is it?"), 3, COLON_IN_PLAIN),
    "tab indentation": (with_lines("seo:\n\ttitle: x"), 4, BAD_START),
    "back-tick first": (with_lines("author: `me`"), 3, BAD_START),
    "form feed": (
        with_lines("subject: Ökologie\nanswer: >-\n    Größe: é\x0crac{1}{2}"),
        5,
        "the character U+000C is not allowed in YAML; remove it",
    ),
    "byte-order mark in a text": (
        with_lines("author: \ufeffme"),
        3,
        "the character U+FEFF is not allowed in YAML; remove it",
    ),
    "line without a colon": (with_lines("just words\nid: 1"), 3, NO_COLON),
    "unclosed quote": (with_lines('author: "me\nid: 1\nsubject: Biology'), 3, OPEN_QUOTE),
    "unclosed bracket": (
        with_lines("author: [me\nid: 1"),
        4,
        "invalid YAML: did not find expected ',' or ']'",
    ),
    "unknown escape": (
        with_lines('author: "\\q"'),
        3,
        "invalid YAML: found unknown escape character",
    ),
    "half a surrogate pair as an escape": (
        with_lines('author: "\\ud800"'),
        3,
        "invalid YAML: found invalid Unicode character escape code",
    ),
    "wrong indentation": (
        with_lines("seo:\n  title: x\n canonical: y"),
        5,
        "invalid YAML: did not find expected key",
    ),
    # An editor counts no line at U+2028; neither is one counted here.
    "fault below a line separator": (
        with_lines("author: one\u2028  two\nsubject: `x`"),
        4,
        BAD_START,
    ),
    "anchor": (with_lines("author: &me QuickTakes"), 3, NO_ANCHORS),
    "alias": (with_lines("id: 1\nauthor: *me"), 4, NO_ANCHORS),
    "python tag": (
        with_lines("author: !!python/object/apply:os.system [ls]"),
        3,
        "YAML tags are not allowed (“tag:yaml.org,2002:python/object/apply:os.system”); "
        "write the plain value",
    ),
    "own tag": (
        with_lines("seo:\n  title: !ruby x"),
        4,
        "YAML tags are not allowed (“!ruby”); write the plain value",
    ),
    "number tag": (
        with_lines("id: !!int 5"),
        3,
        "YAML tags are not allowed (“tag:yaml.org,2002:int”); write the plain value",
    ),
    "repeated key": (with_lines("id: 1\ntitle: Another"), 4, "the key “title” stands twice"),
    "key repeated in quotes": (with_lines('id: 1\n"title": x'), 4, "the key “title” stands twice"),
    "repeated key in seo": (
        with_lines("seo:\n  title: x\n  page_keywords: y\n  title: z"),
        6,
        "the key “title” stands twice",
    ),
    "repeated key that a terminal would obey": (
        with_lines('"\\e[2J": 1\n"\\e[2J": 2'),
        4,
        "the key “\\x1b[2J” stands twice",
    ),
    "list for a key": (with_lines("? [a, b]\n: 1"), 3, "a key must be a word"),
    "mapping for a key": (with_lines("{a: b}: 1"), 3, "a key must be a word"),
    "overlong key": (
        with_lines(f"? related_article{'1' * 5000}\n: 1"),
        3,
        "a key has 5,015 characters; at most 200 are allowed",
    ),
    "merge key": (
        with_lines("<<: {author: me}"),
        3,
        "YAML merge keys (“<<”) are not allowed; write the keys out",
    ),
    "merge key with an alias": (
        with_lines("<<: *base"),
        3,
        "YAML merge keys (“<<”) are not allowed; write the keys out",
    ),
    "list instead of keys": (b"---\n- id\n- title\n---\n", 2, NOT_KEYS),
    "scalar instead of keys": (b"---\n\nWhat is osmosis?\n---\n", 3, NOT_KEYS),
    "null instead of keys": (b"---\n~\n---\n", 2, NOT_KEYS),
    "several documents": (
        with_lines("id: 1\n--- # the second\nauthor: me"),
        4,
        "a second YAML document begins; put all keys into one",
    ),
    "nested deep in lists": (with_lines("x:" + " [" * 5000), 3, "nested deeper than 10 levels"),
    "nested deep in mappings": (
        with_lines("id: 1\nx: " + "{x: " * 5000),
        4,
        "nested deeper than 10 levels",
    ),
    "nested deep by indentation": (
        with_lines("\n".join(" " * depth + "x:" for depth in range(1000))),
        13,
        "nested deeper than 10 levels",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_malformed_file_is_refused_with_line_and_reason(name: str) -> None:
    data, line, reason = REFUSED[name]
    assert refusal(data) == (line, reason)


def test_aliases_that_explode_are_refused_at_once() -> None:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    data = with_lines("\n".join(lines))
    start = time.process_time()
    assert refusal(data) == (3, NO_ANCHORS)
    assert time.process_time() - start < 0.1


@pytest.mark.parametrize(
    "data",
    [
        with_lines("x: " + "[" * 900_000),
        with_lines("x: " + "{" * 900_000),
        with_lines("- " * 450_000),
        with_lines("? " * 450_000),
        with_lines("a" + " " * 900_000),
        with_lines("answer: >-\n    " + "related_article1:\n    " * 40_000),
        b"\n \t" * 300_000,
        b"---\n" + b"--- \t" * 180_000,
        FOLDED.encode().replace(b"QuickTakes\n", b": #" * 300_000 + b"\n"),
        FOLDED.encode().replace(b"score", b"related_article1:\n    \n" * 40_000),
    ],
    ids=lambda data: repr(data[:40]),
)
def test_hostile_file_costs_no_more_than_its_size(data: bytes) -> None:
    start = time.process_time()
    with contextlib.suppress(FrontMatterError):
        parse(data)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("name", UNCOMMON_FILES)
def test_file_of_another_layout_is_read_as_pyyaml_reads_it(name: str) -> None:
    data = UNCOMMON_FILES[name]
    document = parse(data)
    assert document.fields == pyyaml_reads(front(data))
    assert document.folded_title is None


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("no-body", ""),
        ("no-body-no-line-end", ""),
        ("another-body", "\nFurther text.\n\n---\n\nAnd more.\n"),
        ("cr-lf", "\r\n&nbsp;"),
        ("dots-at-the-end", "\n&nbsp;"),
    ],
)
def test_body_is_what_follows_the_closing_marker(name: str, body: str) -> None:
    assert parse(UNCOMMON_FILES[f"{name}, plain"]).body == body


def test_each_key_of_another_layout_has_its_line() -> None:
    data = (
        b"\n\n---\n# a comment\nid: 1\n\nseo:\n  title: x\nanswer: |\n  a\n\n  b\n'url': /\n---\n"
    )
    assert parse(data).lines == {"id": 5, "seo": 7, "answer": 9, "url": 13}


def test_lines_are_those_of_an_editor_where_yaml_counts_more() -> None:
    data = with_lines('author: "one\u2028 two\x85 three"\nid: 1')
    assert parse(data).lines == {"title": 2, "author": 3, "id": 4}


@pytest.mark.parametrize("form", COMMON)
def test_common_layout_is_known_as_such(form: str) -> None:
    document = parse(COMMON[form].encode())
    assert document.folded_title is form.startswith(("folded", "no-index"))


def test_scalars_are_text_and_unquoted_nulls_are_none() -> None:
    lines = "a: ~\nb: null\nc:\nd: 'null'\ne: \"\"\nf: yes\ng: 1e3\nh: 2025-02-30\ni: [NULL, 0x1F]"
    expected: Fields = {"a": None, "b": None, "c": None, "d": "null", "e": ""}
    expected |= {"f": "yes", "g": "1e3", "h": "2025-02-30", "i": [None, "0x1F"]}
    assert parse(with_lines(lines)).fields == {"title": "What is osmosis?"} | expected


def test_text_tag_and_quoted_merge_sign_are_plain_text() -> None:
    document = parse(with_lines("id: !!str 5\n'<<': x"))
    assert document.fields == {"title": "What is osmosis?", "id": "5", "<<": "x"}


def test_file_of_just_the_largest_size_is_read() -> None:
    data = b"---\nid: 1\n---\n"
    assert parse(data.ljust(MAX_BYTES)).fields == {"id": "1"}

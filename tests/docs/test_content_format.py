"""docs/content-format.md says what files are taken, and with which words others are refused."""

import datetime
import io
import os
import re
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from learn.frontmatter import FrontMatterError
from learn.frontmatter.splice import KEY_LINE
from learn.models import Question, RelatedQuestion
from learn.models.tag import fold_keyword
from learn.momentformat import format_date
from learn.redirects import MoveListError, read_moves
from learn.rendering import decode, render
from learn.seeds.exporter import seed_bytes, seed_files
from learn.seeds.importer import load_seeds
from learn.seeds.mapping import KEYS, RELATED_KEYS, SEO_KEYS, Problem
from learn.seeds.reading import read_seed
from learn.seeds.sources import SourceError, SourceFile, read_source
from learn.seeds.subjects import SubjectListError, load_subjects
from tests.docs.reading import DOCS, code, section, tables

FORMAT = (DOCS / "content-format.md").read_text()


def rows_of(heading: str, number: int = 0) -> list[list[str]]:
    return tables(section(FORMAT, heading))[number]


# --- the example, and changes to it

EXAMPLE = re.findall(r"```yaml\n(.*?)\n```", FORMAT, re.S)[0]
LIMIT_BYTES = 1_000_000


def with_lines(lines: str) -> bytes:
    """The example with these lines in place of the key that they begin with, or at its end."""
    key = lines.partition(":")[0]
    head, *entries = re.split(r"^(?=\S)", EXAMPLE.removesuffix("---\n\n&nbsp;"), flags=re.M)[1:]
    found = [index for index, entry in enumerate(entries) if entry.startswith(f"{key}:")]
    if found and KEY_LINE.match(f"{lines}\n"):
        entries[found[0]] = f"{lines}\n"
    else:
        entries.append(f"{lines}\n")
    return f"{head}{''.join(entries)}---\n\n&nbsp;".encode()


def edited(old: str, new: str) -> bytes:
    assert EXAMPLE.count(old) == 1, old
    return EXAMPLE.replace(old, new).encode()


def front_matter(yaml_text: str) -> bytes:
    return f"---\n{yaml_text}---\n".encode()


REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "no line `---` at the beginning": EXAMPLE.removeprefix("---\n").encode(),
    "no second line `---`": EXAMPLE.removesuffix("---\n\n&nbsp;").encode(),
    "nothing between the two lines `---`": front_matter(""),
    "a list between the two lines `---`": front_matter("- a\n"),
    "more than 1,000,000 bytes": EXAMPLE.encode().ljust(LIMIT_BYTES + 1),
    "Latin-1 instead of UTF-8 (`ä` in the first column of line 5)": EXAMPLE.replace(
        "title: >-", "ä", 1
    ).encode("latin-1"),
    "a NUL byte": edited("ice, density", "ice,\0density"),
    "a form feed": edited("ice, density", "ice,\fdensity"),
    "`score` twice": edited("score: -1.0", "score: -1.0\nscore: -1.0"),
    "a key of 201 characters": with_lines("k" * 201 + ": x"),
    "a second document (`--- x`)": with_lines("--- x"),
    "`title` of 501 characters": with_lines("title: " + "x" * 501),
    "`url` with a slug of 256 characters": with_lines(
        "url: /learn/chemistry/questions/" + "x" * 256
    ),
}


def test_example_is_read_without_warnings_and_comes_back_byte_for_byte() -> None:
    seed, warnings = read_seed(EXAMPLE.encode())
    assert warnings == []
    assert seed.layout.source is None
    assert seed_bytes(seed) == EXAMPLE.encode()


@pytest.mark.django_db
def test_example_goes_through_the_database_byte_for_byte() -> None:
    report = load_seeds([SourceFile("example.md", EXAMPLE.encode())])
    assert (report.created, report.refused) == (1, [])
    path = "chemistry/why-does-ice-float-on-water.md"
    assert dict(seed_files(Question.objects.all())) == {path: EXAMPLE.encode()}
    assert Question.objects.get().has_math


@pytest.mark.parametrize(("given", "message"), rows_of("## What is refused"))
def test_refused_file_gets_the_message_that_the_document_gives(given: str, message: str) -> None:
    data = with_lines(code(given)) if code(given) else REFUSED[given]
    with pytest.raises(FrontMatterError) as error:
        read_seed(data)
    assert error.value.reason == message


def test_every_refusal_built_here_is_documented() -> None:
    assert {row[0] for row in rows_of("## What is refused")} >= set(REFUSED)


# --- files that cannot be had


def missing(folder: Path) -> str:
    return "gone.md"


def named_pipe(folder: Path) -> str:
    os.mkfifo(folder / "a.md")
    return str(folder)


def large_file(folder: Path) -> str:
    (folder / "a.md").write_bytes(b" " * (LIMIT_BYTES + 1))
    return str(folder)


def looping_link(folder: Path) -> str:
    (folder / "loop").symlink_to(folder)
    return str(folder)


def climbing_member(folder: Path) -> str:
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("../a.md", EXAMPLE)
    return str(folder / "a.zip")


def linked_member(folder: Path) -> str:
    with tarfile.open(folder / "a.tar", "w") as archive:
        link = tarfile.TarInfo("a.md")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        archive.addfile(link, io.BytesIO())
    return str(folder / "a.tar")


def false_archive(folder: Path) -> str:
    (folder / "a.zip").write_text("text")
    return str(folder / "a.zip")


UNREADABLE: dict[str, Callable[[Path], str]] = {
    "a PATH that does not exist": missing,
    "a named pipe": named_pipe,
    "a file of 1,000,001 bytes": large_file,
    "a link to the folder in which it lies": looping_link,
    "`../a.md` in a zip archive": climbing_member,
    "a symbolic link in a tar archive": linked_member,
    "a text file named `a.zip`": false_archive,
}
TWICE = "the same `url` in a second file"
TWICE_KNOWN = "a second file for the question of an unchanged one"
UNREADABLE_ROWS = rows_of("## What is refused", 1)


@pytest.mark.parametrize(
    ("given", "message"), [row for row in UNREADABLE_ROWS if row[0] in UNREADABLE]
)
def test_unreadable_file_gets_the_message_that_the_document_gives(
    given: str, message: str, tmp_path: Path
) -> None:
    assert refusal(UNREADABLE[given](tmp_path)) == message


def refusal(path: str) -> str:
    try:
        (file,) = read_source(path)
    except SourceError as error:
        return str(error)
    return file.refusal


@pytest.mark.django_db
def test_second_file_with_one_url_gets_the_message_that_the_document_gives() -> None:
    files = [SourceFile("1.md", EXAMPLE.encode()), SourceFile("2.md", with_lines("id:"))]
    # The second time the first file is unchanged.
    reports = [load_seeds(files), load_seeds(files)]
    assert [entry["reason"] for report in reports for entry in report.refused] == [
        dict(UNREADABLE_ROWS)[TWICE],
        dict(UNREADABLE_ROWS)[TWICE_KNOWN],
    ]
    assert {row[0] for row in UNREADABLE_ROWS} == {*UNREADABLE, TWICE, TWICE_KNOWN}


@pytest.mark.django_db
def test_wrong_lists_get_the_messages_that_the_document_gives() -> None:
    messages = dict(rows_of("## What is refused", 2))
    with pytest.raises(MoveListError) as moves:
        list(read_moves(["/learn/a/questions/b,/learn/c/questions/d"]))
    with pytest.raises(SubjectListError) as subjects:
        load_subjects([{"slug": "chemistry", "title": "Chemistry", "is_listed": "maybe"}])
    assert messages == {
        "moves without their header": str(moves.value),
        "subjects with `maybe` for `is_listed` in the first row": str(subjects.value),
    }


@pytest.mark.django_db
def test_conflicts_get_the_sentences_that_the_document_gives() -> None:
    load_seeds([SourceFile("1.md", EXAMPLE.encode())])
    Question.objects.update(title="Changed")
    both = load_seeds([SourceFile("1.md", with_lines("id:"))])
    Question.objects.update(status=Question.Status.TRASHED)
    trash = load_seeds([SourceFile("1.md", EXAMPLE.encode())])
    for report in (both, trash):
        (conflict,) = report.conflicts
        assert f"“{conflict['reason']}”" in " ".join(section(FORMAT, "## Loading again").split())


# --- what is taken

WARNINGS = rows_of("## What is taken with a warning")
MOVES = ["old_path,new_path", "x,y", "/learn/a/questions/b,/learn/chemistry/questions/gone"]


@pytest.mark.django_db
@pytest.mark.parametrize(("warning", "given", "detail"), WARNINGS)
def test_warning_is_what_the_document_says(warning: str, given: str, detail: str) -> None:
    data = f"{EXAMPLE} More.".encode() if code(warning) == "body" else EXAMPLE.encode()
    report = load_seeds(
        [SourceFile("1.md", with_lines(code(given)) if code(given) else data)],
        moves=read_moves(MOVES),
    )
    found = {(entry["code"], entry["detail"]) for entry in report.warnings}
    assert (code(warning), detail) in found
    usual = {(code(row[0]), row[2]) for row in WARNINGS if code(row[0]) in ("subject", "move")}
    assert found - usual <= {(code(warning), detail)}


TAKEN: dict[str, bytes] = {
    "a byte-order mark at the beginning": f"\ufeff{EXAMPLE}".encode(),
    "empty lines before the first `---`": f"\n\n{EXAMPLE}".encode(),
    "CR LF as line ends": EXAMPLE.replace("\n", "\r\n").encode(),
    "comments and empty lines between the keys": edited("author:", "# a comment\n\nauthor:"),
    "keys in another order": edited("id: 700101\ndate: 2026-03-09", "date: 2026-03-09\nid: 700101"),
    "quoted values": edited("author: QuickTakes", 'author: "QuickTakes"'),
    "`...` instead of the second `---`": edited("---\n\n&nbsp;", "...\n\n&nbsp;"),
    "no body at all": edited("---\n\n&nbsp;", "---"),
    "keys that are not required left out": edited("_schema: default\nid: 700101\n", ""),
    "gaps in the numbers of related articles": edited("related_article1", "related_article4"),
}


def test_every_layout_that_is_listed_is_tried() -> None:
    text = section(FORMAT, "## What is taken and given back as it was")
    assert re.findall(r"^- (.*)$", text, re.M) == list(TAKEN)


@pytest.mark.parametrize("layout", TAKEN)
def test_listed_layout_is_taken_and_given_back(layout: str) -> None:
    seed, warnings = read_seed(TAKEN[layout])
    assert warnings == []
    assert seed_bytes(seed) == TAKEN[layout]


# --- keys

KEY_ROWS = {code(name): cells for name, *cells in rows_of("## Keys")}
NAMED_KEYS = {
    **{key.name: key for key in KEYS},
    **{f"seo.{key.name}": key for key in SEO_KEYS},
    **{f"related_articleN.{key.name}": key for key in RELATED_KEYS},
}


def test_key_table_is_the_table_of_the_code() -> None:
    required = {name: cells[0] == "yes" for name, cells in KEY_ROWS.items()}
    expected = {name: key.required for name, key in NAMED_KEYS.items()}
    assert required == expected | {"seo": False, "file_name": False, "url": True}


@pytest.mark.parametrize("name", NAMED_KEYS)
def test_key_table_names_the_field(name: str) -> None:
    model = RelatedQuestion if name.startswith("related") else Question
    field = code(KEY_ROWS[name][2])
    # The subject itself comes from the address; its key is kept as a label.
    assert field == {"subject": "subject_label"}.get(name, NAMED_KEYS[name].attribute)
    assert model._meta.get_field(field)


@pytest.mark.parametrize("name", NAMED_KEYS)
def test_key_table_states_the_limit(name: str) -> None:
    convert = NAMED_KEYS[name].from_file
    limits = re.findall(r"at most (\d+) characters", KEY_ROWS[name][1])
    if limits:
        assert convert("x" * int(limits[0])) == "x" * int(limits[0])
        with pytest.raises(Problem):
            convert("x" * (int(limits[0]) + 1))
    elif KEY_ROWS[name][1].startswith("text"):
        assert convert("x" * 10_000) == "x" * 10_000


@pytest.mark.parametrize("name", [name for name, key in NAMED_KEYS.items() if "." not in name])
def test_key_table_states_the_default(name: str) -> None:
    default = re.search(r"Default: `(.*)`\.", KEY_ROWS[name][3])
    if default and name not in ("article_title", "no_index"):
        seed, _ = read_seed(with_lines(f"{name}:"))
        assert getattr(seed, NAMED_KEYS[name].attribute) == default[1]


# --- the answer, dates, keywords


@pytest.mark.parametrize(("written", "read"), rows_of("### Escapes"))
def test_escapes_are_read_as_the_document_says(written: str, read: str) -> None:
    assert decode(code(written)).markdown.replace("\n", "⏎") == code(read)


@pytest.mark.parametrize(("written", "html"), rows_of("### Formulas"))
def test_markdown_gives_the_html_that_the_document_shows(written: str, html: str) -> None:
    assert code(html) in render(code(written)).html


@pytest.mark.parametrize(("fmt", "shown"), rows_of("## Dates"))
def test_date_formats_give_what_the_document_shows(fmt: str, shown: str) -> None:
    assert format_date(datetime.date(2026, 3, 9), code(fmt)) == shown


@pytest.mark.parametrize(("keyword", "key"), rows_of("## Keywords and tags"))
def test_keywords_fold_as_the_document_says(keyword: str, key: str) -> None:
    assert fold_keyword(code(keyword)) == code(key)


def test_answer_that_escapes_would_not_give_back_is_written_with_real_line_breaks() -> None:
    seed, _ = read_seed(EXAMPLE.encode())
    changed = replace(seed, answer=r"Type \n here.")
    assert b"answer: |4\n    Type \\n here.\nsubject:" in seed_bytes(changed)

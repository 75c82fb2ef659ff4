"""Changes in place: a changed key's lines change, and no others."""

import difflib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learn.frontmatter import Fields, FrontMatterError, parse, parse_any, splice
from tests.frontmatter.samples import COMMON, uncommon_files
from tests.frontmatter.strategies import SCALARS, VALUES, generated_fields

FILES = uncommon_files() | {form: text.encode() for form, text in COMMON.items()}
RELATED: Fields = {"id": "5", "title": "What is ATP?", "subject": "Biology", "url": "/learn/x"}


def lines_of(key: str, data: bytes) -> set[int]:
    """The numbers of the lines of one key's own, with those of its value."""
    lines = parse_any(data).lines
    end = min((line for line in lines.values() if line > lines[key]), default=10_000)
    return set(range(lines[key], end))


def changed_lines(before: bytes, after: bytes) -> tuple[set[int], list[str]]:
    """The numbers of the lines that went, and the lines that came."""
    old, new = (data.decode().splitlines(keepends=True) for data in (before, after))
    gone: set[int] = set()
    come: list[str] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if tag != "equal":
            gone |= set(range(i1 + 1, i2 + 1))
            come += new[j1:j2]
    return gone, come


def changed(data: bytes, **changes: object) -> tuple[bytes, Fields]:
    fields: Fields = parse(data).fields | changes  # type: ignore[assignment]
    return splice(data, fields), fields


@pytest.mark.parametrize("name", FILES)
def test_nothing_changed_gives_the_same_bytes(name: str) -> None:
    assert splice(FILES[name], parse(FILES[name]).fields) == FILES[name]


@pytest.mark.parametrize("key", ["id", "title", "author", "answer", "subject", "url"])
@pytest.mark.parametrize("name", FILES)
def test_changed_scalar_changes_only_its_lines(name: str, key: str) -> None:
    data = FILES[name]
    after, fields = changed(data, **{key: "Something else: #1"})
    assert parse(after).fields == fields
    gone, come = changed_lines(data, after)
    assert gone <= lines_of(key, data)
    assert len(come) <= 2
    newline = "\r\n" if "cr-lf" in name else "\n"
    assert all(line.endswith(newline) for line in come)


@pytest.mark.parametrize("name", FILES)
def test_changed_seo_changes_only_its_lines_and_keeps_what_it_holds(name: str) -> None:
    data = FILES[name]
    seo = parse(data).fields["seo"]
    assert isinstance(seo, dict)
    after, fields = changed(data, seo=seo | {"title": "New"})
    assert parse(after).fields == fields
    gone, _ = changed_lines(data, after)
    assert gone <= lines_of("seo", data)


@pytest.mark.parametrize("name", FILES)
def test_removed_key_takes_only_its_lines_along(name: str) -> None:
    data = FILES[name]
    fields = parse(data).fields
    del fields["post_on_text"]
    after = splice(data, fields)
    gone, come = changed_lines(data, after)
    assert come == []
    assert gone == lines_of("post_on_text", data) - blank_and_comment_lines(data)


def blank_and_comment_lines(data: bytes) -> set[int]:
    lines = data.decode().splitlines()
    return {n for n, line in enumerate(lines, 1) if not line.strip() or line.startswith("#")}


@pytest.mark.parametrize("name", FILES)
def test_added_keys_stand_after_the_last_key(name: str) -> None:
    data = FILES[name]
    position = sum(key.startswith("related") for key in parse(data).fields) + 1
    after, fields = changed(data, reviewed="yes", **{f"related_article{position}": RELATED})
    assert parse(after).fields == fields
    gone, come = changed_lines(data, after)
    assert gone == set()
    assert [line.strip() for line in come[:3]] == [
        'reviewed: "yes"',
        f"related_article{position}:",
        "id: 5",
    ]


@pytest.mark.parametrize("name", [name for name in FILES if "related" in name])
def test_removed_related_article_takes_only_its_lines_along(name: str) -> None:
    data = FILES[name]
    fields = parse(data).fields
    del fields["related_article2"]
    gone, come = changed_lines(data, splice(data, fields))
    assert come == []
    # Six where the title is folded.
    assert len(gone) in (5, 6)


def test_comments_and_gaps_stay_where_they_are() -> None:
    data = b"""\
---
# first
id: 1 # beside

# above title
title: One
# below title

seo:
  # inside seo
  title: SEO
  # last in seo

# above answer
answer: |
  # a heading

  text

# last
---
"""
    fields = parse(data).fields
    fields |= {"title": "Two", "seo": {"title": "New"}, "answer": "short", "score": "1.0"}
    del fields["id"]
    assert (
        splice(data, fields).decode()
        == """\
---
# first

# above title
title: Two
# below title

seo:
  title: New

# above answer
answer: >-
    short
score: 1.0

# last
---
"""
    )


def test_title_is_folded_where_the_file_folds_it() -> None:
    assert (
        splice(b"---\n'title':  >\n  a\n...\n", {"title": "b"}) == b"---\ntitle: >-\n    b\n...\n"
    )
    assert splice(b"---\ntitle: 'a'\n...\n", {"title": "b"}) == b"---\ntitle: b\n...\n"


def test_blank_lines_that_a_value_keeps_stay_with_it() -> None:
    data = b"---\nnote: |+\n  a\n\n\nid: 1\n---\n"
    assert parse(data).fields["note"] == "a\n\n\n"
    assert splice(data, {"note": "a\n\n\n", "id": "2"}) == data.replace(b"1", b"2")


UNSPLICEABLE = {
    "keys in braces": b"---\n{id: 1, title: One}\n---\n",
    "braces over several lines": b"---\n{id: 1,\ntitle: One}\n---\n",
    "indented keys": b"---\n  id: 1\n  title: One\n---\n",
    "key after a question mark": b"---\n? id\n: 1\ntitle: One\n---\n",
    "key with an escape": b'---\nid: 1\n"t\\x69tle": One\n---\n',
    "key inside a text": b'---\nid: "1\ntitle: no"\ntitle: One\n---\n',
}


@pytest.mark.parametrize("name", UNSPLICEABLE)
def test_keys_that_have_no_lines_of_their_own_are_not_changed(name: str) -> None:
    data = UNSPLICEABLE[name]
    fields = parse(data).fields
    assert splice(data, fields) == data
    with pytest.raises(FrontMatterError) as caught:
        splice(data, fields | {"title": "Two"})
    assert str(caught.value) == "the keys do not stand on lines of their own"


def test_last_key_is_not_removed() -> None:
    with pytest.raises(FrontMatterError) as caught:
        splice(b"---\nid: 1\n---\n", {})
    assert str(caught.value) == "line 2: the front matter is empty"


def test_change_that_would_cut_a_value_short_is_refused() -> None:
    data = b"---\nid: 1\nnote: |+\n  a\n\n---\n"
    with pytest.raises(FrontMatterError) as caught:
        splice(data, {"id": "1", "note": "a\n\n", "score": "2"})
    assert str(caught.value) == "the changed file does not read back as it should"


def test_file_that_would_become_too_large_is_not_changed() -> None:
    with pytest.raises(FrontMatterError) as caught:
        splice(b"---\nid: 1\n---\n", {"id": "1" * 1_000_000})
    assert str(caught.value).endswith("; a seed file has at most 1,000,000")


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(FILES)),
    changes=generated_fields(),
    gone=st.sets(st.sampled_from(["id", "title", "seo", "answer", "subject", "score", "url"])),
    unknown=st.dictionaries(st.sampled_from(["level", "a: b", ""]), VALUES),
    title=SCALARS,
)
def test_changed_file_reads_back_as_wanted(
    name: str, changes: Fields, gone: set[str], unknown: Fields, title: str | None
) -> None:
    data = FILES[name]
    fields = parse(data).fields | changes | unknown | {"article_title": title}
    fields = {key: value for key, value in fields.items() if key not in gone}
    assert parse(splice(data, fields)).fields == fields

"""The common layout written: whatever the values, it reads back."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learn.frontmatter import COMMON_BODY, Fields, compose, compose_extra, parse
from tests.frontmatter.strategies import KEYS, VALUES, generated_fields


@pytest.mark.parametrize("folded_title", [False, True])
@settings(deadline=None, max_examples=600, suppress_health_check=[HealthCheck.too_slow])
@given(fields=generated_fields())
def test_any_composed_text_reads_back(fields: Fields, folded_title: bool) -> None:
    text = compose(fields, folded_title=folded_title)
    document = parse(text.encode())
    assert document.fields == fields
    assert document.body == COMMON_BODY


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(extra=st.dictionaries(KEYS, VALUES, min_size=1, max_size=3))
def test_further_keys_read_back(extra: Fields) -> None:
    fields: Fields = {"title": "What is osmosis?"}
    extra.pop("title", None)
    text = compose(fields, folded_title=True, extra=compose_extra(extra))
    assert parse(text.encode()).fields == fields | extra


def test_unusual_value_of_a_known_key_reads_back() -> None:
    fields: Fields = {
        "title": ["a", None],
        "seo": {},
        "author": {"name": "b: c"},
        "related_article1": "none",
        "related_article2": {"title": ["d"], "note: 1": {"e": "f"}},
    }
    assert parse(compose(fields, folded_title=True).encode()).fields == fields


def test_keys_are_written_in_the_order_of_the_layout() -> None:
    fields: Fields = {"related_article10": {"id": "2"}, "related_article9": {"id": "1"}}
    fields |= {"url": "/", "id": "3"}
    assert compose(fields, folded_title=True) == (
        "---\nid: 3\nurl: /\nrelated_article9:\n    id: 1\nrelated_article10:\n    id: 2\n"
        "---\n\n&nbsp;"
    )


def test_lines_of_an_answer_that_holds_line_breaks_stay_readable() -> None:
    text = compose({"answer": "One\n\n  two\n"}, folded_title=True)
    assert text == "---\nanswer: |4\n    One\n\n      two\n---\n\n&nbsp;"

"""Front matter as hypothesis makes it up."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from learn.frontmatter import Fields

# Pieces that make a writer of YAML decide, and some that no plain scalar can hold.
PIECES = st.sampled_from(
    [
        *("'", '"', ":", ": ", "#", " #", "-", "- ", "?", ",", "[", "]", "{", "}", "&", "*", "!"),
        *("|", ">", "%", "@", "`", "\\", "\\n", "---", "...", "<<", "=", "/", "~", "null", "yes"),
        *("0", "1.5", "-1", "1e3", "2025-02-06", "a", "word", "é", "文", "🧬", "\U0001f9ec\u200d"),
        *(
            " ",
            "  ",
            "\n",
            "\n\n",
            "\r",
            "\r\n",
            "\t",
            "\0",
            "\x07",
            "\x1b",
            "\x7f",
            "\x85",
            "\x9f",
        ),
        *("\xa0", "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff", "\U0010ffff"),
    ]
)
WORDS = st.sampled_from(
    ["", "null", "Null", "NULL", "~", "yes", "no", "true", "007", "-1.0", ".5", "x" * 5000]
)
TEXTS = st.one_of(
    WORDS,
    st.lists(PIECES, max_size=12).map("".join),
    st.text(st.characters(codec="utf-8"), max_size=30),
)
KEYS = TEXTS.map(lambda key: key[:50])
SCALARS = st.one_of(st.none(), TEXTS)
RELATED = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("id", "title", "subject", "url"), SCALARS)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def generated_fields(draw: Callable[..., Any]) -> Fields:
    """Fields with the common layout's keys, each there or not, and any text in each."""
    keys = ("_schema", "id", "date", "title", "article_title", "question", "answer", "url", "score")
    fields: Fields = draw(
        st.fixed_dictionaries({"author": SCALARS}, optional=dict.fromkeys(keys, SCALARS))
    )
    nested = ("title", "page_description", "page_keywords")
    fields["seo"] = draw(st.dictionaries(st.sampled_from(nested), SCALARS, min_size=1))
    for position in range(1, draw(st.integers(0, 3)) + 1):
        fields[f"related_article{position}"] = draw(RELATED)
    return fields

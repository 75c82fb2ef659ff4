"""The checker of structured data finds what it is there to find."""

import copy

import pytest

from learn.rendering import render
from learn.rendering.visible import visible_text
from tests.schema import assert_says_what_the_page_shows, check_nodes

SITE = "https://site.example"
CRUMB = {"@type": "ListItem", "position": 1, "name": "Music", "item": f"{SITE}/learn/music"}
NODES = [
    {"@type": "BreadcrumbList", "itemListElement": [CRUMB, {**CRUMB, "position": 2}]},
    {
        "@type": "Question",
        "name": "Why?",
        "answerCount": 1,
        "acceptedAnswer": {
            "@type": "Answer",
            "text": "So.",
            "url": f"{SITE}/why#answer",
            "dateCreated": "2025-02-06T00:00:00+00:00",
        },
    },
]


def test_complete_nodes_pass():
    check_nodes(NODES, SITE)


@pytest.mark.parametrize(
    ("node", "path", "value"),
    [
        (0, ["itemListElement", 1, "position"], 3),
        (0, ["itemListElement"], [CRUMB]),
        (0, ["itemListElement", 0, "item"], "/learn/music"),
        (1, ["name"], ""),
        (1, ["acceptedAnswer", "dateCreated"], "2025-02-06T00:00:00"),
        (1, ["acceptedAnswer", "url"], "https://elsewhere.example/why"),
        (1, ["acceptedAnswer"], {"@type": "Answer", "text": "So."}),
    ],
)
def test_flaw_is_found(node, path, value):
    nodes = copy.deepcopy(NODES)
    place = nodes[node]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(AssertionError):
        check_nodes(nodes, SITE)


@pytest.mark.parametrize(
    ("markdown", "old", "new"),
    [
        ("One **two** three.", "two", "2"),
        ("One two.", " two", ""),
        ("Is $x^2$ less?", "x^2", "x^3"),
        ("Is $x^2$ less?", "less", "more"),
    ],
)
def test_word_or_sign_that_the_page_does_not_show_is_found(markdown, old, new):
    html = f"<article>{render(markdown).html}</article><p>More.</p>"
    text = visible_text(render(markdown).html)
    assert_says_what_the_page_shows(text, html)
    with pytest.raises(AssertionError):
        assert_says_what_the_page_shows(text.replace(old, new), html)

"""Links, images and hostile text: nothing that runs, nothing that leaks."""

import re

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learn.rendering import render
from learn.rendering.sanitize import ATTRIBUTES, TAGS, sanitize
from tests.rendering.markup import Markup, is_safe_address, unsafe_parts


def html(markdown: str) -> str:
    return render(markdown).html


@pytest.mark.parametrize("address", ["http://a.b/c", "https://a.b", "HTTPS://A.b"])
def test_link_to_another_site_is_marked(address: str) -> None:
    assert html(f"[x]({address})") == f'<p><a href="{address}" rel="nofollow noopener">x</a></p>\n'


@pytest.mark.parametrize("address", ["/learn/a?b#c", "#c", "a/b", "?page=2"])
def test_link_inside_the_site_is_plain(address: str) -> None:
    assert html(f"[x]({address})") == f'<p><a href="{address}">x</a></p>\n'


def test_mail_address_is_a_link() -> None:
    assert 'href="mailto:a@b.org"' in html("<a@b.org>")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&Tab;script:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "javascript&colon;alert(1)",
        "&#1;javascript:alert(1)",
        "<java\tscript:alert(1)>",
        "< javascript:alert(1)>",
        "vbscript:x",
        "data:text/html,<script>",
        "data:image/svg+xml;base64,x",
        "file:///etc/passwd",
        "ftp://a.b",
        "blob:x",
        "//evil.example",
        "/\\evil.example",
        "\\\\\\\\evil.example",
        "/&Tab;/evil.example",
    ],
)
@pytest.mark.parametrize("template", ["[x]({})", "![x]({})", "[x]: {}\n\n[x]", "{}"])
def test_dangerous_address_is_harmless(template: str, address: str) -> None:
    markup = Markup(html(template.format(address)))
    assert unsafe_parts(markup) == []
    for target in markup.addresses:
        assert is_safe_address(re.sub(r"[\x00-\x20]", "", target))


def test_image_has_its_text_and_loads_late() -> None:
    page = html('![A "cat"](https://a.b/c.png "T")')
    assert page == (
        '<p><img src="https://a.b/c.png" alt="A &quot;cat&quot;" title="T" loading="lazy"></p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<math><mtext></mtext><script>alert(1)</script></math>",
        "<style>*{}</style>",
        "<iframe srcdoc='<script>'>",
        '[a](/x" onmouseover="alert(1))',
        '![a" onerror="alert(1)](/x)',
        '```"onmouseover=alert(1)\nx\n```',
        "$\\text{</mtext><script>alert(1)</script>}$",
        "$\\struct{<script>alert(1)</script>}$",
        '![$"onerror=alert(1) x="$](/x)',
        '[a](/$"onclick=alert(1)$)',
        "`<script>`",
        "| <script> |\n|---|\n| $<script>$ |",
    ],
)
def test_markup_that_would_run_is_text(text: str) -> None:
    page = html(text)
    assert unsafe_parts(Markup(page)) == []
    assert "<script" not in page


def test_tags_without_attributes_pass_as_the_sanitiser_would_write_them() -> None:
    page = (
        "<p>a &quot;b&quot; <em>c</em><br />\nd</p>\n"
        '<ol start="3">\n<li>&lt;e&gt; &amp;</li>\n</ol>\n<hr />\n'
    )
    cleaner = nh3.Cleaner(tags=set(TAGS), attributes=ATTRIBUTES)
    assert sanitize(page) == cleaner.clean(page)


def test_unknown_tag_with_no_attribute_goes_through_the_sanitiser() -> None:
    assert sanitize("<p>a<script>b</script></p>") == "<p>a</p>"
    assert sanitize("<p><var>a</var></p>") == "<p>a</p>"


SOUP = st.lists(
    st.sampled_from(
        [
            "a",
            "b c",
            " ",
            "\n",
            "\n\n",
            "  ",
            "    ",
            "*",
            "**",
            "_",
            "`",
            "```",
            "```c\n",
            "~~",
            "~~~",
            "- ",
            "1. ",
            "10. ",
            "> ",
            "# ",
            "| ",
            "|-|\n",
            "[",
            "](",
            ")",
            "![",
            "<",
            ">",
            "</p>",
            "<b>",
            "<script>",
            "&",
            "&lt;",
            "&#0;",
            "javascript:",
            "http://a.b",
            "www.a.b",
            "a@b.c",
            '"',
            "'",
            "$",
            "$$",
            "\\(",
            "\\)",
            "\\[",
            "\\]",
            "\\",
            "\\\\",
            "{",
            "}",
            "^",
            "_",
            "\\frac",
            "\\text{",
            "\\ce{",
            "\\tag{1}",
            "\\begin{cases}",
            "\\end{cases}",
            "%",
            "1,000",
            "$5",
            "\\sqrt ",
            "\\nope",
            "\U000f0000",
            "\U000f0001",
            "\U000ffffd",
            "%F3%B0%80%80",
            "\x00",
            "\r",
            "\t",
            "�",
            "é",
            "\\color{red}",
            "\\href{a}{b}",
            "\\label{x}",
            "\\def\\a{b}",
            "\\textbf{",
            "\\hline",
            "\\left(",
        ]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=600, deadline=None)
@given(SOUP)
def test_any_text_renders_to_allowed_markup_only(text: str) -> None:
    rendered = render(text)
    assert unsafe_parts(Markup(rendered.html)) == []
    assert len(rendered.summary) <= 155
    labels = Markup(rendered.html).labels
    assert len(labels) == len(set(labels))


@settings(deadline=None)
@given(SOUP)
def test_no_placeholder_of_a_formula_leaks(text: str) -> None:
    page = html("$x$ <b " + text.replace("%F3%B", ""))
    assert not re.search("[\U000f0000-\U000ffffd]|%F3%B", page)

import pytest

from learn.rendering import render_for_mathjax


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("It is $a^2$.", r"<p>It is \(a^2\).</p>"),
        ("$$\n\\frac{1}{2}\n$$", r"<p>\[\frac{1}{2}\]</p>"),
        (r"Also \(a\) and \[b\].", r"<p>Also \(a\) and \[b\].</p>"),
        ("$a < b & c$", r"<p>\(a &lt; b &amp; c\)</p>"),
        ("It costs $5.", "<p>It costs $5.</p>"),
        ("`$a$` is code.", "<p><code>$a$</code> is code.</p>"),
        (
            "**No** formula, <b>no</b> tag",
            "<p><strong>No</strong> formula, &lt;b&gt;no&lt;/b&gt; tag</p>",
        ),
        (r"$\ce{H2O}$", r"<p>\(\ce{H2O}\)</p>"),
    ],
)
def test_formulas_stay_tex_between_the_delimiters_of_mathjax(markdown, html):
    assert render_for_mathjax(markdown).strip() == html


def test_nothing_that_is_dangerous_comes_through():
    html = render_for_mathjax("<script>alert(1)</script> [a](javascript:alert(1)) $</p><script>$")
    assert "<script" not in html
    assert "javascript:" not in html

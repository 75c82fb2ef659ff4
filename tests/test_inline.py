"""Style sheets in pages: smaller, and the same."""

import pytest

from learn import inline
from tests.conftest import ROOT

CSS = ROOT / "learn" / "static" / "learn" / "css"


@pytest.mark.parametrize(
    ("css", "small"),
    [
        ("a { color: red; }", "a{color:red}"),
        ("/* a { } */ b,\n  i > u { x: y }", "b,i>u{x:y}"),
        ("a :hover, a:not(b) c { x: calc(1px + 2px) }", "a :hover,a:not(b) c{x:calc(1px + 2px)}"),
        ('a::after { content: " /* ; } */  :  " }', 'a::after{content:" /* ; } */  :  "}'),
        ("a { content: '\\'  ;' }", "a{content:'\\'  ;'}"),
        (
            "@media (min-width: 1rem) and (x) { a { x: y } }",
            "@media (min-width:1rem) and (x){a{x:y}}",
        ),
    ],
)
def test_minified_style_sheet_lacks_what_means_nothing(css, small):
    assert inline.minify(css) == small


@pytest.mark.browser
@pytest.mark.parametrize("name", inline.STYLESHEETS)
def test_browser_reads_the_same_rules_from_the_minified_sheet(browser, name):
    source = (CSS / f"{name}.css").read_text()
    # Blanks in a custom property are kept as they are written.
    read = r"""css => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        return [...sheet.cssRules].map(rule => rule.cssText.replace(/,\s+/g, ","));
    }"""
    page = browser.new_page()
    full, small = (page.evaluate(read, css) for css in (source, inline.minify(source)))
    page.close()
    assert full == small
    assert len(full) >= 3


def test_addresses_in_a_style_sheet_are_those_of_the_static_files():
    assert "url(/static/learn/fonts/stix-two-math.woff2)" in inline.stylesheet("math")


@pytest.mark.parametrize(
    ("html", "sheets"),
    [
        ("<p>Plain words, <strong>some</strong> bold.</p>", ()),
        ("<p>So <math><mi>x</mi></math>.</p>", ("math",)),
        ("<p>Call <code>f</code>.</p>", ("code",)),
        ('<pre class="code scroll"><code>f</code></pre>', ("code",)),
        ("<table><tr><td>1</td></tr></table>", ("parts",)),
        ("<blockquote><p>Said.</p></blockquote>", ("parts",)),
        ("<hr>", ("parts",)),
        ('<p><img src="/media/a.png" alt=""></p>', ("parts",)),
        (
            '<math><mtable><mtr><mtd class="math-left"></mtd></mtr></mtable></math>',
            ("math", "parts"),
        ),
    ],
)
def test_content_brings_the_style_sheets_that_it_needs(html, sheets):
    assert inline.sheets_for(html) == ("answer", *sheets)


def test_unknown_style_sheet_is_an_error():
    with pytest.raises(FileNotFoundError, match="none"):
        inline.stylesheet("none")

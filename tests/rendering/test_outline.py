import pytest

from learn.rendering import render
from learn.rendering.outline import outline


def ids(markdown):
    return [section.id for section in outline(render(markdown).html).sections]


def points(markdown):
    return list(outline(render(markdown).html).key_points)


@pytest.mark.parametrize(
    ("heading", "slug"),
    [
        ("Why it *matters*", "s-why-it-matters"),
        ("1. Ions & `pumps`", "s-1-ions-pumps"),
        ("Über Größe", "s-über-grösse"),
        ("???", "s-section"),
        ("answer", "s-answer"),
        ("a" * 80, "s-" + "a" * 60),
    ],
)
def test_id_of_a_heading_is_its_words(heading, slug):
    assert ids(f"### {heading}") == [slug]


def test_headings_of_one_name_are_numbered_without_meeting_another():
    text = "### Ions\n\n### Ions 2\n\n### Ions\n\n### Ions"
    assert ids(text) == ["s-ions", "s-ions-2", "s-ions-3", "s-ions-4"]


def test_heading_links_to_itself_and_its_text_stays_the_same():
    result = outline(render("### Ions *move*\n\nSo.").html)
    assert result.html == (
        '<h2 id="s-ions-move"><a href="#s-ions-move">Ions <em>move</em></a></h2>\n<p>So.</p>\n'
    )


def test_heading_with_a_link_of_its_own_has_the_id_only_and_a_title_without_link():
    result = outline(render("### See [ions](/learn)").html)
    assert result.html == '<h2 id="s-see-ions">See <a href="/learn">ions</a></h2>\n'
    assert result.sections[0].title == "See ions"


@pytest.mark.parametrize(("number", "shown"), [(2, 0), (3, 3)])
def test_table_of_contents_begins_at_three_headings(number, shown):
    html = render("\n\n".join(f"### Part {n}" for n in range(number))).html
    assert len(outline(html).contents) == shown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- **One:** a\n- **Two** b\n- **Three.** c", ["One", "Two", "Three"]),
        ("1. **One**: a\n\n2. **Two**: b\n\n3. **Three**: c", ["One", "Two", "Three"]),
        ("**One** a\n\n**Two** b\n\n**Three** c", ["One", "Two", "Three"]),
        ("- **A & *B* < C:** a\n- **Two:**\n- **Three:**", ["A & B < C", "Two", "Three"]),
        ("- **One:** a\n- **Two:** b", []),
        ("- **One:** a\n- **Two:** b\n- **One:** c", []),
        ("- so **One**\n- so **Two**\n- so **Three**", []),
        ("\n".join(f"- **Point {n}:** a" for n in range(9)), [f"Point {n}" for n in range(7)]),
        ("- **One**\n- **$x^2$**\n- **Two**\n- **`c`**\n- **Three**", ["One", "Two", "Three"]),
        ("```\n- **One**\n- **Two**\n- **Three**\n```", []),
    ],
)
def test_key_points_are_three_to_seven_bold_leads(text, found):
    assert points(text) == found


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (230, 1), (460, 2), (1000, 4)])
def test_reading_time_counts_words(words, minutes):
    assert outline(render("word " * words).html).minutes == minutes


def test_heading_or_header_cell_of_a_formula_alone_has_text_for_tools():
    html = outline(render("### $x$\n\n| $y$ | a $z$ |\n|---|---|\n| $p$ | q |").html).html
    assert '<a href="#s-x"><math><mi>x</mi></math>\u2060</a></h2>' in html
    assert "<th><math><mi>y</mi></math>\u2060</th>" in html
    assert html.count("\u2060") == 2

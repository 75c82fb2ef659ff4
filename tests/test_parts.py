"""The parts of readers' pages write what Django's own templates would."""

import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings as project
from django.template import Context, Template
from django.template.defaultfilters import truncatechars
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override
from hypothesis import given
from hypothesis import strategies as st

from learn.parts import environment, escaped, printed, shortened

PARTS = Path(project.BASE_DIR) / "templates" / "parts"


@given(st.text(alphabet=st.sampled_from("a<>&\"'#3;é\u0301 9")))
def test_text_is_escaped_as_django_escapes_it(text):
    assert printed(text) == conditional_escape(text)


@pytest.mark.parametrize(
    "value", [3, None, mark_safe("<b>"), gettext_lazy("<x>"), datetime.date(2025, 2, 6)]
)
def test_value_is_written_as_django_writes_it(value):
    assert str(printed(value)) == conditional_escape(value)


def test_escaped_text_within_a_text_is_not_escaped_again():
    assert printed(escaped("<b>") + " & ") == "&lt;b&gt; &amp; "


@given(st.text(alphabet=st.sampled_from("aé\u0301… \u212b."), max_size=30))
def test_shortened_text_is_that_of_truncatechars(text):
    assert shortened(text, 10) == truncatechars(text, 10)


def rendered(source, **values):
    return Template("{% load i18n parts site %}" + source).render(Context(values))


def test_part_is_filled_in_with_what_the_template_knows_and_what_it_gives():
    letters = [("a", 1), ("b", 2)]
    source = '{% part "letters" address="/learn/music" %}'
    html = rendered(source, letters=letters, address="/never")
    assert re.findall(r'href="([^"]*)"', html) == [
        "/learn/music#letter-a",
        "/learn/music?page=2#letter-b",
    ]


def test_part_speaks_the_language_of_its_moment():
    template = Template('{% load parts %}{% part "rows" questions=none %}')
    context = {"none": []}
    assert "There are no questions here yet." in template.render(Context(context))
    with override("es"):
        assert "no questions" not in template.render(Context(context))


def test_constant_is_made_once_a_language_and_knows_nothing_of_the_page():
    source = "{% constant %}{{ x }}{% translate 'Subjects' %}{% endconstant %}{{ x }}"
    template = Template("{% load i18n parts %}" + source)
    assert template.render(Context({"x": "1"})) == "Subjects1"
    assert template.render(Context({"x": "2"})) == "Subjects2"
    with override("es"):
        assert template.render(Context({"x": "3"})) == "Materias3"


def test_constant_and_parts_follow_a_change_of_the_settings(settings):
    constant = Template("{% load parts site %}{% constant %}{% site_name %}{% endconstant %}")
    crumbs = Template('{% load parts %}{% part "crumbs" here="x" %}')
    settings.SITE_NAME, settings.CONTENT_LANGUAGE = "First", "en"
    assert constant.render(Context()) == "First"
    assert 'lang="es"' not in crumbs.render(Context())
    settings.SITE_NAME, settings.CONTENT_LANGUAGE = "Second", "es"
    assert constant.render(Context()) == "Second"
    assert '<span lang="es">x</span>' in crumbs.render(Context())


def test_no_part_marks_anything_safe_but_html_of_our_own_making():
    marked = {
        (path.name, expression.strip())
        for path in PARTS.glob("*.html")
        for expression in re.findall(r"\{[{%]([^{}]*\|safe\b[^{}]*)[%}]\}", path.read_text())
    }
    assert marked == {
        ("question.html", "section.title|safe"),
        ("question.html", "outline.html|safe"),
        # A sheet of the site's own, and JSON in which nothing can end its element.
        ("sheets.html", "stylesheet(name)|safe"),
        ("structured_data.html", "data|safe"),
        ("pager.html", '"&amp;"|safe if sort else "?"'),
        # What the part itself has printed.
        ("pager.html", "set first|safe"),
        ("pager.html", "set further|safe"),
    }


def test_name_behind_a_dot_is_an_attribute_and_never_an_item():
    template = environment().from_string("{{ given.count }}")
    assert template.render(given=range(3)).startswith("&lt;built-in method count")
    with pytest.raises(AttributeError):
        template.render(given={"count": 3})

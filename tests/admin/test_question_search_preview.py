"""How a page will look in search results and on other sites."""

import io
import json
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from learn.rendering.visible import visible_text
from learn.structured_data import flaws
from tests.admin.builders import change_url, make_question, opened_form, send

pytestmark = pytest.mark.django_db

LONG = "What do the gradient, the divergence and the curl of a field measure??"


def shown(client, question, /, **changes):
    data = opened_form(client, change_url("question", question.pk)) | changes
    address = reverse("admin:learn_question_live_one", args=[question.pk])
    return client.post(address, data | {"panel": "search"}).json()["search"]


def part(html, name):
    found = re.search(rf'class="{name}">(.*?)</div>', html)
    return unescape(found[1])


def head_of(client, question):
    return client.get(str(question.path)).content.decode()


def test_long_title_is_cut_and_its_bar_is_over(admin_client):
    html = shown(admin_client, make_question(), seo_title=LONG)
    assert part(html, "title") == "What do the gradient, the divergence and the curl of a field…"
    assert 'class="room over"' in html
    assert "pixels, cut" in html
    assert 'class="room over"' not in shown(admin_client, make_question("b"), seo_title="Short")


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"seo_description": "", "seo_title": ""}, "The title is made of the question"),
        ({"seo_description": "d " * 90, "seo_title": "QuickTakes | Biology"}, "first sentences"),
        ({"seo_description": "Said by hand.", "seo_title": "Own"}, "title is the page title"),
    ],
)
def test_snippet_is_what_the_readers_page_says(admin_client, changes, note):
    question = make_question()
    html = shown(admin_client, question, **changes)
    assert note in html
    send(admin_client, change_url("question", question.pk), **changes)
    page = head_of(admin_client, question)
    assert f"<title>{part(html, 'title')}</title>" in page
    assert f'<meta name="description" content="{part(html, "words")}">' in page


def test_hidden_page_is_said_to_be_hidden_as_it_then_is(admin_client):
    question = make_question()
    assert "noindex" not in shown(admin_client, question)
    assert "Hidden from search engines (noindex)" in shown(admin_client, question, no_index="on")
    send(admin_client, change_url("question", question.pk), no_index="on")
    assert '<meta name="robots" content="noindex">' in head_of(admin_client, question)
    sitemap = f"/sitemap-subject-{question.subject.slug}.xml"
    assert str(question.path) not in Client().get(sitemap).content.decode()


def test_structured_data_are_those_of_the_page_and_valid(admin_client):
    question = make_question(answer="It is **so**: $x^2$.")
    html = shown(admin_client, question)
    assert "Article, LearningResource; BreadcrumbList" in html
    assert "valid" in html
    data = json.loads(unescape(re.search(r"<pre[^>]*>(.*?)</pre>", html, re.S)[1]))
    script = re.search(r'"application/ld\+json">(.*?)</script>', head_of(admin_client, question))
    assert data == json.loads(script[1])
    article = data["@graph"][0]
    question.refresh_from_db()
    assert article["@type"] == ["Article", "LearningResource"]
    text = article["mainEntity"]["acceptedAnswer"]["text"]
    assert text == visible_text(question.answer_html)


@pytest.mark.parametrize(
    ("node", "flaw"),
    [
        ({"@type": "Answer", "text": "Other", "url": "https://x.example/"}, "not what the page"),
        ({"@type": "Answer", "text": "", "url": "https://x.example/"}, "Answer lacks “text”"),
        ({"@type": "Organization", "name": "A", "url": "/a"}, "“url” is not a whole address"),
        ({"@type": ["X"], "headline": "h" * 111}, "longer than 110"),
        ({"@type": "X", "part": [{"@type": "ListItem"}]}, "ListItem lacks “position”"),
    ],
)
def test_flaw_of_structured_data_is_named(node, flaw):
    assert any(flaw in found for found in flaws([node], "Shown"))


def test_picture_is_drawn_for_what_is_typed(admin_client):
    html = shown(admin_client, make_question(), title="A new title of it?", question="Typed?")
    address = unescape(re.search(r'<img src="([^"]+)"', html)[1])
    assert "Typed" in address
    response = admin_client.get(address)
    assert response["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(response.content)).size == (1200, 675)
    assert Client().get(address).status_code == 403

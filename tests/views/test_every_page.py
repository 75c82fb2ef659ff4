import base64
import hashlib
import re
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from django.test import Client

from learn import inline
from learn.models import Question, Tag
from learn.models.tag import INDEXED_FROM
from learn.views import fallback
from tests.factories import make_question, make_related, make_subject
from tests.views.markup import Markup, address_of, get, links

pytestmark = pytest.mark.django_db


@pytest.fixture
def every_page(db):
    """Name -> (address, status) of one page of each kind."""
    answer = "First **bold**.\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    question = make_question(answer=answer, seo_keywords="zinc")
    Tag.objects.update(count=INDEXED_FROM)
    make_related(question, make_question())
    make_question(subject=question.subject)
    trashed = make_question(status=Question.Status.TRASHED)
    subject = question.subject.get_absolute_url()
    return {
        "home": ("/", 200),
        "subject_list": ("/learn", 200),
        "subject_detail": (subject, 200),
        "question_detail": (address_of(question), 200),
        "question_cite": (f"{address_of(question)}/cite", 200),
        "about": ("/how-answers-are-made", 200),
        "topic_list": ("/topics", 200),
        "topic_detail": ("/topics/zinc", 200),
        "newest": ("/newest", 200),
        "404": (f"{subject}/questions/none", 404),
        "410": (address_of(trashed), 410),
    }


PAGES = [
    *("home", "subject_list", "subject_detail", "question_detail", "question_cite", "about"),
    *("topic_list", "topic_detail", "newest", "404", "410"),
]
WITHOUT_STRUCTURED_DATA = {"question_cite", "about", "topic_list", "topic_detail", "newest"} | {
    "404",
    "410",
}


def sha256(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def policy_of(response):
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("name", PAGES)
def test_page_has_its_status_and_one_of_each_landmark(client, every_page, name):
    page = get(client, *every_page[name])
    assert page.one("html")["lang"] == "en"
    assert page.one("a", **{"class": "skip"})["href"] == "#" + page.one("main")["id"]
    assert page.text("h1")
    assert page.text("title")
    assert len(page.all("header")) == len(page.all("footer")) == 1
    assert page.all("nav", **{"aria-label": "Site"})


@pytest.mark.parametrize("name", PAGES)
def test_page_is_well_formed_with_unique_ids_and_no_level_of_headings_left_out(
    client, every_page, name
):
    page = get(client, *every_page[name])
    assert (page.unbalanced, page.open) == ([], [])
    ids = [element["id"] for element in page.elements if "id" in element]
    assert len(ids) == len(set(ids))
    levels = [int(e["tag"][1]) for e in page.elements if re.fullmatch("h[1-6]", e["tag"])]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_holds_inline_is_known_to_its_policy_by_hash(client, every_page, name):
    response = client.get(every_page[name][0])
    page = Markup(response.content.decode())
    policy = policy_of(response)
    styles = [element["text"] for element in page.all("style")]
    more = {"question_detail": ["answer", "parts"], "about": ["answer"]}
    more["question_cite"] = ["answer", "code"]
    sheets = ["site", *more.get(name, ["lists"])]
    assert styles == [inline.stylesheet(sheet) for sheet in sheets]
    assert {sha256(text) for text in styles} < set(policy["style-src"])
    scripts = {script["type"]: script for script in page.all("script")}
    # Not executed, so the policy has no say in it.
    assert ("application/ld+json" in scripts) is (name not in WITHOUT_STRUCTURED_DATA)
    module, rules = scripts["module"], scripts["speculationrules"]
    assert module["text"] == ""
    assert policy["script-src"] == ["'self'", sha256(rules["text"])]


def test_policy_is_the_same_on_pages_with_and_without_formulas(client):
    plain, formula = make_question(), make_question(answer="So $x$.")
    policies = [policy_of(client.get(address_of(question))) for question in (plain, formula)]
    assert policies[0] == policies[1]
    styles = get(client, address_of(formula)).all("style")
    assert len(styles) == 3
    assert {sha256(element["text"]) for element in styles} < set(policies[1]["style-src"])


@pytest.mark.parametrize("name", PAGES)
def test_page_holds_no_inline_handler_and_no_style_attribute(client, every_page, name):
    page = get(client, *every_page[name])
    inline = [e for e in page.elements for key in e if key == "style" or key.startswith("on")]
    assert inline == []


@pytest.mark.parametrize("name", PAGES)
def test_page_touches_neither_session_nor_cookies(client, every_page, name):
    address, status = every_page[name]
    client.cookies["sessionid"] = "a-visitor-from-the-desk"
    response = client.get(address)
    assert (response.status_code, response.cookies) == (status, {})
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("name", PAGES)
def test_page_refuses_other_methods_with_405(every_page, name, method):
    address, _ = every_page[name]
    client = Client(enforce_csrf_checks=True)
    response = getattr(client, method)(address)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("name", PAGES)
def test_page_answers_head_as_get_without_a_body(client, every_page, name):
    address, status = every_page[name]
    response = client.head(address)
    assert (response.status_code, response.content) == (status, b"")


@pytest.mark.parametrize("debug", [True, False])
def test_unknown_path_gives_the_sites_own_404_with_debug_on_or_off(client, settings, debug):
    settings.DEBUG = debug
    make_subject(slug="music", title="Music")
    page = get(client, "/nothing/here", 404)
    assert page.text("h1") == "This page does not exist"
    assert "/learn/music" in links(page)


def test_server_error_page_needs_neither_database_nor_context(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = fallback.server_error(rf.get("/"))
    assert response.status_code == 500
    assert response.content.decode() == render_to_string("500.html")
    assert "Something went wrong" in response.content.decode()

"""The site in another language: every page's own words, and what marks the content's language."""

import datetime
import json
import re

import pytest
from django.conf import settings as project
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy, override

from learn.models import Question, Tag
from learn.models.tag import INDEXED_FROM
from learn.search.spelling import forget_vocabulary
from scripts import messages
from tests.factories import make_question, make_related, make_subject
from tests.languages import OwnText, remaining_english
from tests.views.markup import Markup, address_of, get

pytestmark = pytest.mark.django_db

ANSWER = (
    "First.\n\n### One\n\n- **Alpha**: a\n- **Beta**: b\n- **Gamma**: c\n\n### Two\n\n"
    "So $x^2$.\n\n```python\nx = 1\n```\n\n### Three\n\n| a | b |\n|---|---|\n| 1 | 2 |"
)


@pytest.fixture
def spanish(settings):
    settings.LANGUAGE_CODE = "es"
    return settings


@pytest.fixture
def pages(db):
    """Name -> (method, address, status) of each kind of page, with all that it can show."""
    forget_vocabulary()
    subject = make_subject(slug="physics", title="Physics", description="About matter.")
    question = make_question(
        subject=subject,
        slug="b",
        title="Why is the sky blue?",
        answer=ANSWER,
        seo_keywords="zinc",
        origin=Question.Origin.REVIEWED,
        reviewer="Ada",
        reviewed_on=datetime.date(2025, 3, 1),
    )
    changed_at = datetime.datetime(2025, 4, 1, tzinfo=datetime.UTC)
    Question.objects.filter(pk=question.pk).update(modified_at=changed_at)
    others = [
        make_question(subject=subject, slug=slug, title=f"Where is {slug}?", seo_keywords="zinc")
        for slug in ("a", "c", "d", "e")
    ]
    make_related(question, make_question(seo_keywords="zinc", title="When is zinc?"))
    Tag.objects.update(count=INDEXED_FROM)
    trashed = make_question(status=Question.Status.TRASHED)
    address, practice = address_of(question), f"{subject.get_absolute_url()}/practice"
    yield {
        "home": ("get", "/", 200),
        "subject_list": ("get", "/learn", 200),
        "subject": ("get", "/learn/physics", 200),
        "question": ("get", address, 200),
        "plain question": ("get", address_of(others[0]), 200),
        "cite": ("get", f"{address}/cite", 200),
        "report": ("get", f"{address}/report", 200),
        "report with errors": ("post", f"{address}/report", 400),
        "helpful": ("get", f"{address}/helpful", 200),
        "thanks": ("get", f"{address}/thanks", 200),
        "practice": ("get", f"{practice}?seed=1", 200),
        "review": ("get", f"{practice}?review={question.uid}", 200),
        "result": ("get", f"{practice}?seed=1&card=6&missed=2", 200),
        "flashcards": ("get", "/learn/physics/flashcards", 200),
        "saved": ("get", "/saved", 200),
        "topics": ("get", "/topics", 200),
        "topic": ("get", "/topics/zinc", 200),
        "newest": ("get", "/newest", 200),
        "about": ("get", "/how-answers-are-made", 200),
        "search": ("get", "/search?q=sky", 200),
        "corrected search": ("get", "/search?q=skyy+blue", 200),
        "empty search": ("get", "/search?q=qqqqq", 200),
        "404": ("get", "/learn/physics/questions/aa", 404),
        "410": ("get", address_of(trashed), 410),
    }
    # The words of these titles mean nothing to other tests.
    forget_vocabulary()


PAGES = [
    *("home", "subject_list", "subject", "question", "plain question", "cite", "report"),
    *("report with errors", "helpful", "thanks", "practice", "review", "result", "flashcards"),
    *("saved", "topics", "topic", "newest", "about", "search", "corrected search"),
    *("empty search", "404", "410"),
]


def fetch(client, page, **headers):
    method, address, status = page
    response = getattr(client, method)(
        address, headers={"Sec-Fetch-Site": "same-origin", **headers}
    )
    assert response.status_code == status
    return response


def test_every_kind_of_page_is_listed(pages):
    assert list(pages) == PAGES


# --- the interface


@pytest.mark.parametrize("name", PAGES)
def test_page_in_spanish_says_it_and_holds_no_english_of_its_own(client, spanish, pages, name):
    html = fetch(client, pages[name]).content.decode()
    root = Markup(html).one("html")
    assert (root["lang"], root.get("dir")) == ("es", None)
    assert remaining_english(html) == []
    assert "Saltar al contenido" in html


def test_english_page_is_seen_as_english(client, pages):
    found = {piece for piece, _ in remaining_english(fetch(client, pages["home"]).content.decode())}
    assert {
        "Skip to the content",
        "Search questions",
        "QuickTakes: study questions, answered",
    } <= found


def test_page_for_a_fault_is_in_spanish(spanish):
    html = render_to_string("500.html")
    assert '<html lang="es">' in html
    assert remaining_english(html) == []


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_the_same_whatever_language_a_browser_asks_for(
    client, settings, pages, name, language
):
    settings.LANGUAGE_CODE = language
    if name == "practice":
        pages[name] = ("get", f"{pages[name][1]}&card=2", 200)
    plain = fetch(client, pages[name])
    client.cookies["django_language"] = "es" if language == "en" else "en"
    asked = fetch(client, pages[name], **{"Accept-Language": "es, en;q=0.5, ar;q=0.1"})
    assert asked.content == plain.content
    for response in (plain, asked):
        assert "Accept-Language" not in response.get("Vary", "")
        assert "Cookie" not in response.get("Vary", "")


def test_dates_of_the_interface_are_written_as_its_language_writes_them(client, spanish, pages):
    page = get(client, pages["question"][1])
    assert "Posted on Feb 06, 2025" in page.text("time", datetime="2025-02-06")
    assert page.text("time", datetime="2025-04-01") == "1 de abril de 2025"
    html = client.get(pages["question"][1]).content.decode()
    assert "Escrita por una máquina, revisada por Ada el 1 de marzo de 2025" in html
    assert "6 de febrero de 2025" in client.get("/newest").content.decode()


# --- the content


def test_page_whose_content_is_in_its_language_bears_no_further_lang(client, settings, pages):
    for language in ("en", "es"):
        settings.LANGUAGE_CODE = settings.CONTENT_LANGUAGE = language
        for page in pages.values():
            html = fetch(client, page).content.decode()
            assert re.findall(r'\b(?:lang|dir)="[^"]*"', html) == [f'lang="{language}"'], page


CONTENT = "Why is the sky blue?"


@pytest.mark.parametrize(
    "name",
    ["question", "subject", "newest", "cite", "report", "helpful", "search", "topic", "404"],
)
def test_content_in_another_language_is_marked(client, spanish, pages, name):
    html = fetch(client, pages[name]).content.decode()
    assert CONTENT.split()[0] in html
    body = html.partition("<body>")[2]
    assert [piece for piece in OwnText(body).pieces if piece == CONTENT or "zinc" in piece] == []


def test_parts_of_a_questions_page_bear_the_language_of_the_content(client, spanish, pages):
    page = get(client, pages["question"][1])
    for tag, attributes in {
        "title": {},
        "h1": {},
        "article": {"id": "answer"},
        "time": {"datetime": "2025-02-06"},
    }.items():
        assert page.one(tag, **attributes)["lang"] == "en", tag
    related = [e for e in page.all("ul") if "related" in e["inside"]]
    assert [e.get("lang") for e in related] == ["en"]
    previous = page.one("a", rel="prev")
    assert previous["lang"] == "en"
    assert [e["text"] for e in page.all("span", lang="es")] == ["Anterior", "Siguiente"]


def test_saved_titles_are_marked_by_the_script_that_shows_them(client, spanish, pages):
    (shown,) = [e for e in get(client, "/saved").all("ul") if "data-list" in e]
    assert shown["data-content-lang"] == "en"
    spanish.CONTENT_LANGUAGE = "es"
    (shown,) = [e for e in get(client, "/saved").all("ul") if "data-list" in e]
    assert "data-content-lang" not in shown


def test_machines_are_told_the_language_of_the_content(client, spanish, pages):
    page = get(client, pages["question"][1])
    assert page.meta("citation_language") == "en"
    assert page.meta("og:locale") is None  # Open Graph supposes American English
    (graph,) = [json.loads(s["text"]) for s in page.all("script", type="application/ld+json")]
    assert graph["@graph"][0]["inLanguage"] == "en"
    feed = client.get("/feed.atom").content.decode()
    assert 'xml:lang="en"' in feed
    assert "<title>QuickTakes: newest answers</title>" in feed
    assert client.get("/feed.json").json()["language"] == "en"
    assert "language = {en}" in client.get(f"{pages['question'][1]}/cite.bib").content.decode()
    spanish.CONTENT_LANGUAGE = "pt-BR"
    page = get(client, pages["question"][1])
    assert page.meta("og:locale") == "pt_BR"
    assert page.meta("citation_language") == page.one("h1")["lang"] == "pt-BR"
    assert client.get("/feed.json").json()["language"] == "pt-BR"


def test_reference_is_in_the_language_of_the_content(client, spanish, pages):
    html = client.get(f"{pages['question'][1]}/cite").content.decode()
    assert "[Machine-written, reviewed by Ada]" in html
    assert "APA (7.ª edición)" in html


# --- from right to left


@pytest.fixture
def arabic(settings):
    """As if it was shipped: Django has its own words in Arabic."""
    settings.LANGUAGES = [*project.LANGUAGES, ("ar", "العربية")]
    settings.LANGUAGE_CODE = "ar"
    return settings


def test_page_from_right_to_left_marks_what_goes_the_other_way(client, arabic, pages):
    page = get(client, pages["question"][1])
    assert page.one("html")["dir"] == "rtl"
    assert page.one("article", id="answer")["dir"] == "ltr"
    assert page.one("h1")["dir"] == "ltr"
    assert page.one("p", **{"class": "address"})["dir"] == "ltr"
    assert page.all("link", href="/static/learn/css/rtl.css")
    cite = get(client, pages["cite"][1])
    assert {e["dir"] for e in cite.all("pre")} == {"ltr"}


def test_content_from_right_to_left_in_an_english_page_is_marked(client, settings, pages):
    settings.CONTENT_LANGUAGE = "he"
    page = get(client, pages["question"][1])
    assert "dir" not in page.one("html")
    article = page.one("article", id="answer")
    assert (article["lang"], article["dir"]) == ("he", "rtl")
    assert page.all("link", href="/static/learn/css/rtl.css")


def test_page_without_right_to_left_loads_no_sheet_for_it(client, spanish, pages):
    assert not get(client, "/").all("link", href="/static/learn/css/rtl.css")


def test_stylesheets_name_no_left_and_right_where_the_language_decides():
    physical = re.compile(
        r"(?<![-\w.])(?:(?:margin|padding|border)-(?:left|right)|left|right)\s*:|float:\s*(?:left|right)"
    )
    for name in ("site", "lists", "study"):
        sheet = (messages.ROOT / f"learn/static/learn/css/{name}.css").read_text()
        assert physical.findall(sheet) == [], name


def test_words_in_spanish_reach_the_share_image_and_the_description(client, spanish):
    with override("es"):
        words = str(project.SITE_DESCRIPTION)
    assert words != "Clear answers to study questions, free to read, subject by subject."
    page = get(client, "/")
    assert page.meta("description") == page.meta("og:image:alt") == words


def test_owners_own_description_stays_as_it_is(client, spanish):
    spanish.SITE_DESCRIPTION = gettext_lazy("Respuestas de Ada.")
    assert get(client, "/").meta("description") == "Respuestas de Ada."
    spanish.SITE_DESCRIPTION = gettext_lazy("")
    assert get(client, "/").meta("description") == ""

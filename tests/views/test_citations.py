import datetime

import pytest
from django.utils import timezone

from learn.models import Question, Redirect
from tests.factories import make_question, make_subject
from tests.records import read_bibtex, read_ris
from tests.views.markup import address_of, assert_moved, get, links

pytestmark = pytest.mark.django_db

ENDINGS = ["/cite", "/cite.bib", "/cite.ris"]
TITLE = 'What does "a < b & c" mean?'


def test_question_page_links_to_the_page_of_its_citations(client):
    question = make_question()
    link = get(client, address_of(question)).one("a", href=f"{address_of(question)}/cite")
    # A page that search engines leave out is not worth their visit.
    assert link["rel"] == "nofollow"


def test_citations_show_each_style_with_title_address_and_files(client, site):
    question = make_question(title=TITLE)
    page = get(client, f"{address_of(question)}/cite")
    url = f"https://site.example{question.path}"
    assert page.text("h1") == "Cite this answer"
    assert [heading["text"] for heading in page.all("h2")] == [
        "APA (7th edition)",
        "MLA (9th edition)",
        "Chicago (17th edition, author-date)",
        "Harvard (Cite Them Right)",
        "BibTeX",
        "RIS",
    ]
    references = [p["text"] for p in page.all("p", **{"class": "reference"})]
    assert references[0] == f"QuickTakes. (2025, February 6). {TITLE} Answers. {url}"
    assert all(url.removeprefix("https://") in reference for reference in references)
    assert [i["text"] for i in page.all("i")] == [TITLE, "Answers", TITLE]
    assert {f"{question.path}{ending}" for ending in ENDINGS[1:]} <= set(links(page))
    assert address_of(question) in links(page)


def test_citations_are_not_for_search_engines(client, site):
    question = make_question()
    page = get(client, f"{address_of(question)}/cite")
    assert page.meta("robots") == "noindex"
    assert page.one("link", rel="canonical")["href"] == f"https://site.example{question.path}/cite"
    assert client.get(f"{address_of(question)}/cite.ris")["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("ending", ENDINGS)
def test_citations_take_one_query_and_leave_no_cookie(client, django_assert_num_queries, ending):
    address = f"{address_of(make_question())}{ending}"
    with django_assert_num_queries(1):
        response = client.get(address)
    assert (response.status_code, response.cookies) == (200, {})


def test_bibtex_is_a_file_that_parses(client, site):
    question = make_question(title=TITLE)
    response = client.get(f"{address_of(question)}/cite.bib")
    assert response["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{question.slug}.bib"'
    fields = read_bibtex(response.content.decode())
    assert (fields["title"], fields["url"]) == (TITLE, f"https://site.example{question.path}")
    assert fields["urldate"] == timezone.localdate().isoformat()


def test_ris_is_a_file_that_parses(client, site):
    question = make_question(title=TITLE)
    response = client.get(f"{address_of(question)}/cite.ris")
    assert response["Content-Type"] == "application/x-research-info-systems; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{question.slug}.ris"'
    tags = read_ris(response.content.decode())
    assert (tags["TI"], tags["PB"], tags["DA"]) == (TITLE, "Answers", "2025/02/06")


@pytest.mark.parametrize(
    ("origin", "note"),
    [
        ({}, None),
        ({"origin": "person"}, None),
        ({"origin": "machine"}, "Machine-written"),
        (
            {"origin": "reviewed", "reviewer": "Ada", "reviewed_on": datetime.date(2026, 3, 1)},
            "Machine-written, reviewed by Ada",
        ),
    ],
)
def test_how_the_answer_came_about_is_noted_where_it_is_stated(client, origin, note):
    tags = read_ris(client.get(f"{address_of(make_question(**origin))}/cite.ris").content.decode())
    assert tags.get("N1") == note


@pytest.mark.parametrize("ending", ENDINGS)
def test_citations_of_a_copy_are_those_of_its_canonical_page(client, ending):
    canonical = make_question()
    copy = make_question(canonical=canonical)
    assert_moved(client.get(address_of(copy) + ending), address_of(canonical) + ending)


@pytest.mark.parametrize("ending", ENDINGS)
def test_citations_at_an_old_address_are_sent_on(client, ending):
    question = make_question()
    Redirect.objects.create(old_path="/learn/old/questions/old", question=question)
    response = client.get(f"/learn/old/questions/old{ending}")
    assert_moved(response, address_of(question) + ending)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(("status", "answer"), [("draft", 404), ("trashed", 410)])
def test_question_that_readers_cannot_see_is_not_cited(client, ending, status, answer):
    question = make_question(status=Question.Status(status), title="A secret?")
    page = get(client, address_of(question) + ending, answer)
    assert "A secret?" not in page.one("html")["text"]


def test_other_spelling_of_the_address_is_sent_on(client):
    question = make_question(subject=make_subject(slug="music"), slug="why")
    assert_moved(client.get("/learn/Music/questions/Why/cite/"), f"{address_of(question)}/cite")

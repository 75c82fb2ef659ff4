import json

import pytest

from tests.factories import make_question, make_subject
from tests.views.markup import get

pytestmark = pytest.mark.django_db


def test_empty_query_shows_the_form_and_the_subjects(client):
    make_subject(title="Geology")
    page = get(client, "/search")
    assert page.all("form")[0]["role"] == "search"
    assert "Geology" in client.get("/search").content.decode()


def test_results_are_marked_listed_and_kept_from_search_engines(client):
    question = make_question(title="What is <granite>?", answer="Granite is a rock.")
    content = client.get("/search?q=granite").content.decode()
    assert '<ol id="results"' in content
    assert "What is &lt;<mark>granite</mark>&gt;?" in content
    assert "<mark>Granite</mark> is a rock." in content
    assert question.get_absolute_url() in content
    assert '<meta name="robots" content="noindex' in content


def test_mistake_is_told(client):
    make_question(title="What is photosynthesis?")
    assert "/search?q=photosynthesis" in client.get("/search?q=photosinthesis").content.decode()


def test_facets_count_and_lead_to_the_subject(client):
    one, _ = make_question(title="Quartz one?"), make_question(title="Quartz two?")
    content = client.get("/search?q=quartz").content.decode()
    assert f"/search?q=quartz&amp;subject={one.subject.slug}" in content
    limited = client.get(f"/search?q=quartz&subject={one.subject.slug}").content.decode()
    assert "Quartz</mark> one?" in limited
    assert "Quartz</mark> two?" not in limited


@pytest.mark.parametrize("address", ["?q=a&page=0", "?q=a&page=99", "?q=a&subject=none", "?page=x"])
def test_page_that_there_is_not_answers_404(client, address):
    assert client.get(f"/search{address}").status_code == 404


def test_long_query_is_cut_and_the_reader_told(client):
    response = client.get("/search", {"q": "x" * 10_000})
    assert response.status_code == 200
    assert "Only the first 300 characters" in response.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_results_make_as_many_queries_for_one_as_for_three(
    client, django_assert_max_num_queries, number
):
    for _ in range(number):
        make_question(title="Marble?")
    # the word's frequency; the titles' words, as it is rare (kept for minutes); keys of the
    # candidates (SQLite: by title, by answer) and their rows; the last key; results; subjects
    with django_assert_max_num_queries(8):
        client.get("/search?q=marble")


def test_suggestions_have_title_address_and_subject(client):
    question = make_question(title="How do glaciers move?", slug="how-do-glaciers-move")
    response = client.get("/search/suggest?q=how do gl")
    assert json.loads(response.content) == {
        "suggestions": [
            {
                "title": "How do glaciers move?",
                "url": question.get_absolute_url(),
                "subject": question.subject.title,
            }
        ]
    }


def test_opensearch_description_names_the_search(client):
    response = client.get("/opensearch.xml")
    assert response["Content-Type"].startswith("application/opensearchdescription+xml")
    assert b"/search?q={searchTerms}" in response.content


def test_404_has_the_search_filled_with_the_slugs_words(client):
    content = client.get("/learn/none/questions/why-is-it-so").content.decode()
    assert 'value="why is it so"' in content

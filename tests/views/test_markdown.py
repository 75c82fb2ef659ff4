import datetime

import pytest
import yaml

from learn.models import Question, Redirect
from learn.rendering import render
from tests.factories import make_question, make_subject
from tests.views.markup import address_of, assert_moved, get

pytestmark = pytest.mark.django_db


def front_matter(text):
    """(fields, body) of a document with front matter."""
    empty, fields, body = text.split("---\n", 2)
    assert empty == ""
    return yaml.safe_load(fields), body


def test_markdown_holds_the_fields_and_the_answer(client, site):
    answer = "It is **so**: $x^2$\n\n---\n\n- one"
    title = 'Who said: "it\'s #1"? — Zoë 😀'
    question = make_question(title=title, answer=answer, subject=make_subject(title="Yes"))
    response = client.get(f"{address_of(question)}.md")
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    fields, body = front_matter(response.content.decode())
    assert fields == {
        "title": title,
        "url": f"https://site.example{address_of(question)}",
        "date": datetime.date(2025, 2, 6),
        "subject": "Yes",
        "author": "QuickTakes",
    }
    assert list(fields) == ["title", "url", "date", "subject", "author"]
    assert render(body.strip()).html == question.answer_html


def test_markdown_says_that_the_page_is_the_canonical_one(client, site):
    question = make_question()
    response = client.get(f"{address_of(question)}.md")
    assert response["Link"] == f'<https://site.example{address_of(question)}>; rel="canonical"'
    assert response["X-Robots-Tag"] == "noindex"


def test_markdown_is_not_sent_again_to_who_has_it(client):
    question = make_question()
    address = f"{address_of(question)}.md"
    etag = client.get(address)["ETag"]
    unchanged = client.get(address, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    question.answer = "Another."
    question.save()
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_markdown_of_a_copy_leads_to_that_of_the_canonical_page(client):
    canonical = make_question()
    copy = make_question(canonical=canonical)
    assert_moved(client.get(f"{address_of(copy)}.md"), f"{address_of(canonical)}.md")


def test_markdown_of_a_moved_page_leads_to_the_new_one(client):
    question = make_question()
    old = "/learn/music/questions/old"
    Redirect.objects.create(old_path=old, question=question, origin=Redirect.Origin.DESK)
    assert_moved(client.get(f"{old}.md"), f"{address_of(question)}.md")


@pytest.mark.parametrize(("status", "answer"), [("trashed", 410), ("draft", 404)])
def test_markdown_of_what_readers_cannot_see_is_not_there(client, status, answer):
    question = make_question(status=Question.Status(status))
    get(client, f"{address_of(question)}.md", answer)


def test_question_page_names_its_markdown(client):
    question = make_question()
    link = get(client, address_of(question)).one("link", rel="alternate")
    assert (link["type"], link["href"]) == ("text/markdown", f"{address_of(question)}.md")


def test_markdown_makes_one_query(client, django_assert_num_queries):
    address = f"{address_of(make_question())}.md"
    with django_assert_num_queries(1):
        client.get(address)

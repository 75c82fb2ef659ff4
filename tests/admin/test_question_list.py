"""The list of questions with many rows: its counts, its pages, its filters."""

import copy
import uuid

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from learn.admin import question_list, question_search
from learn.admin.choices import forget_choices
from learn.models import Author, Question
from tests.admin.builders import list_url, make_question, make_subject

pytestmark = pytest.mark.django_db


def rows(client: Client, query: str = "") -> list[Question]:
    response = client.get(list_url("question", query))
    assert response.status_code == 200
    return list(response.context["cl"].result_list)


def text_of(client: Client, query: str = "") -> str:
    return client.get(list_url("question", query)).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_search_for_words_needs_six_queries_at_most(
    admin_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    for i in range(number):
        make_question(f"osmosis-{i}", answer="A semipermeable wall.")
    rows(admin_client, "?q=semipermeable")
    # Session, user, saved views, the index of words, what the filters leave of it, the page.
    with django_assert_max_num_queries(6):
        assert len(rows(admin_client, "?q=semipermeable")) == number


@pytest.mark.skipif(connection.vendor != "sqlite", reason="counts SQLite's own steps")
@pytest.mark.parametrize("query", ["?", "?status__exact=published&"])
def test_page_300_takes_the_database_little_more_than_page_1(
    admin_client: Client, query: str
) -> None:
    base = make_question(answer="Short.")
    rows = []
    for number in range(15_050):
        row = copy.copy(base)
        row.pk, row.slug, row.uid = None, f"question-{number}", uuid.uuid4()
        rows.append(row)
    Question.objects.bulk_create(rows, batch_size=400)
    first, last = (steps_of(admin_client, f"{query}p={page}") for page in (1, 300))
    # A hundred thousand take about a millisecond.
    assert last - first < 200


def steps_of(client: Client, query: str) -> int:
    """Thousands of instructions of SQLite's virtual machine."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection.connection.set_progress_handler(count, 1_000)
    response = client.get(list_url("question", query))
    connection.connection.set_progress_handler(None, 0)
    assert response.status_code == 200
    return steps


def test_pages_of_a_search_keep_its_order(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_list.QuestionList, "list_per_page", 2)
    titled = make_question("b", title="Vacuole", answer="A vacuole.")
    for slug in ("c", "d", "e"):
        make_question(slug, title=f"Cell {slug}?", answer="Long words, and then a vacuole.")
    pages = [rows(admin_client, f"?q=vacuole&p={number}") for number in (1, 2)]
    assert pages[0][0] == titled
    assert len({question.pk for page in pages for question in page}) == 4


def test_search_that_finds_too_much_says_so(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_search, "FOUND", 2)
    for slug in "abc":
        make_question(slug, answer="A vacuole.")
    text = text_of(admin_client, "?q=vacuole")
    assert "more than 2 questions" in text
    assert "The list leads to 2 of them." in text


def test_more_rows_than_are_listed_are_not_counted(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(question_list, "LISTED", 3)
    monkeypatch.setattr(question_list, "estimated_rows", lambda model: None)
    for number in range(5):
        make_question(f"q-{number}")
    assert "more than 3 questions" in text_of(admin_client)
    monkeypatch.setattr(question_list, "estimated_rows", lambda model: 1_234_567)
    assert "about 1,234,567 questions" in text_of(admin_client)
    # Statistics know nothing of a filter.
    assert "more than 3 questions" in text_of(admin_client, "?status__exact=published")


def test_few_rows_are_counted_exactly(admin_client: Client) -> None:
    make_question("a")
    assert "1 question<" in text_of(admin_client)
    make_question("b")
    assert "2 questions<" in text_of(admin_client)


def test_page_beyond_the_last_one_leads_back_to_the_list(admin_client: Client) -> None:
    make_question()
    response = admin_client.get(list_url("question", "?p=900"))
    assert response.status_code == 302
    assert response["Location"].endswith("?e=1")


def test_title_sorts_by_its_slug_and_other_columns_do_not_sort(admin_client: Client) -> None:
    later, first = make_question("b"), make_question("a")
    later.save()
    assert rows(admin_client, "?o=1") == [first, later]
    assert rows(admin_client, "?o=-1") == [later, first]
    # By the status no index sorts: as it was.
    assert rows(admin_client, "?o=3") == [later, first]


@pytest.mark.parametrize(
    "query", ["?answer__icontains=x", "?seo_keywords__contains=x", "?title__contains=x", "?score=1"]
)
def test_address_that_would_read_the_whole_table_is_refused(
    admin_client: Client, query: str
) -> None:
    assert admin_client.get(list_url("question", query)).status_code == 400


def test_address_may_filter_by_what_an_index_finds(admin_client: Client) -> None:
    question = make_question()
    assert rows(admin_client, f"?slug={question.slug}&seed_id__isnull=1") == [question]


def test_filter_by_author_is_offered_from_two_authors_up(admin_client: Client) -> None:
    question = make_question()
    assert "By author" not in text_of(admin_client)
    Author.objects.create(name="Ada")
    forget_choices()
    assert "By author" in text_of(admin_client)
    assert rows(admin_client, f"?author__id__exact={question.author_id}") == [question]


def test_subject_that_was_renamed_is_offered_so_at_once(admin_client: Client) -> None:
    subject = make_subject("biology")
    make_subject("physics")
    assert "Biology" in text_of(admin_client)
    url = f"/admin/learn/subject/{subject.pk}/change/"
    data = {"title": "Life science", "slug": "biology", "is_listed": "on", "description": ""}
    assert admin_client.post(url, data).status_code == 302
    assert "Life science" in text_of(admin_client)


def test_value_that_no_filter_offers_shows_nothing(admin_client: Client) -> None:
    make_question()
    for query in ("?status__exact=unheard", "?subject__id__exact=999", "?subject__id__exact=x"):
        assert rows(admin_client, query) == []


def test_viewer_sees_list_and_views(client: Client) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_question"))
    client.force_login(viewer)
    question = make_question()
    assert rows(client) == [question]

import pytest
from django.test import Client

from learn.models import Author, Question, Redirect
from tests.admin.builders import list_url, make_question, make_subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def osmosis() -> Question:
    return make_question("what-is-osmosis", title="What is osmosis in a cell?", seed_id=140661)


@pytest.fixture(autouse=True)
def others() -> None:
    make_question("how-do-cells-divide", title="How do cells divide?", seed_id=7)
    make_question("what-is-osmosis", subject=make_subject("zoology"), title="Elsewhere")


def found(client: Client, term: str) -> list[Question]:
    response = client.get(list_url("question"), {"q": term})
    return list(response.context["cl"].result_list)


@pytest.mark.parametrize(
    "address",
    [
        "/learn/biology/questions/what-is-osmosis",
        "https://quicktakes.example/learn/biology/questions/what-is-osmosis",
        "http://127.0.0.1:8000/learn/biology/questions/what-is-osmosis/?page=2#answer",
        " learn/biology/questions/What-Is-Osmosis.html ",
    ],
)
def test_pasted_address_finds_its_question_only(
    admin_client: Client, osmosis: Question, address: str
) -> None:
    assert found(admin_client, address) == [osmosis]


def test_former_address_finds_the_question_it_leads_to(
    admin_client: Client, osmosis: Question
) -> None:
    Redirect.objects.create(old_path="/learn/biology/questions/old", question=osmosis)
    assert found(admin_client, "/learn/biology/questions/old") == [osmosis]


def test_unknown_address_finds_nothing(admin_client: Client, osmosis: Question) -> None:
    assert found(admin_client, "/learn/biology/questions/unknown") == []


def test_id_of_a_file_finds_its_question(admin_client: Client, osmosis: Question) -> None:
    assert found(admin_client, "140661") == [osmosis]


def test_beginning_of_an_id_finds_nothing(admin_client: Client, osmosis: Question) -> None:
    assert found(admin_client, "1406") == []


def test_number_that_is_no_id_is_looked_for_as_a_word(admin_client: Client) -> None:
    question = make_question("battle", title="What happened in 1066?")
    assert found(admin_client, "1066") == [question]


def test_number_too_large_for_an_id_finds_nothing(admin_client: Client) -> None:
    assert found(admin_client, "9" * 40) == []


def test_beginning_of_a_slug_finds_what_begins_so(admin_client: Client) -> None:
    assert [question.slug for question in found(admin_client, "how-do")] == ["how-do-cells-divide"]


def test_middle_of_a_slug_is_looked_for_as_words(admin_client: Client) -> None:
    assert [question.slug for question in found(admin_client, "do-cells")] == [
        "how-do-cells-divide"
    ]


def test_word_with_a_hyphen_that_begins_no_slug_is_looked_for_as_words(
    admin_client: Client,
) -> None:
    question = make_question("cells", title="What is a stem-cell?")
    assert found(admin_client, "stem-cell") == [question]


def test_words_are_all_looked_for_whatever_their_endings(
    admin_client: Client, osmosis: Question
) -> None:
    assert found(admin_client, "CELLS osmosis") == [osmosis]
    assert found(admin_client, "cells osmosis nucleus") == []


def test_words_of_the_answer_find_it_whatever_its_state(admin_client: Client) -> None:
    draft = make_question("a", answer="Water crosses a semipermeable wall.", status="draft")
    assert found(admin_client, "semipermeable") == [draft]


def test_title_counts_for_more_than_the_answer(admin_client: Client) -> None:
    in_answer = make_question("a", title="What crosses it?", answer="A turgid vacuole, at times.")
    in_title = make_question("b", title="What is a vacuole?", answer="A turgid bag of water.")
    # Touched last, and yet second.
    in_answer.save()
    assert found(admin_client, "turgid vacuole") == [in_title, in_answer]


def test_beginning_of_a_word_finds_titles_where_no_such_word_stands(admin_client: Client) -> None:
    question = make_question("a", title="What is photosynthesis?")
    assert found(admin_client, "photosyn") == [question]


def test_name_of_an_author_finds_what_they_signed(admin_client: Client) -> None:
    question = make_question("a")
    question.author = Author.objects.create(name="Ada Lovelace")
    question.save()
    assert found(admin_client, "ada  lovelace") == [question]


def test_trash_is_found_by_its_address_and_in_its_own_view_only(admin_client: Client) -> None:
    trashed = make_question("thrown-away", status=Question.Status.TRASHED)
    assert found(admin_client, "thrown-away") == []
    assert found(admin_client, str(trashed.path)) == [trashed]


def test_broken_address_finds_nothing(admin_client: Client, osmosis: Question) -> None:
    assert found(admin_client, "http://[") == []

import pytest
from django.test import Client

from learn.models import Question, Redirect
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


def test_number_that_is_no_id_is_looked_for_in_titles(admin_client: Client) -> None:
    question = make_question("battle", title="What happened in 1066?")
    assert found(admin_client, "1066") == [question]


def test_number_too_large_for_an_id_finds_nothing(admin_client: Client) -> None:
    assert found(admin_client, "9" * 40) == []


def test_beginning_of_a_slug_finds_what_begins_so(admin_client: Client) -> None:
    assert [question.slug for question in found(admin_client, "how-do")] == ["how-do-cells-divide"]


def test_middle_of_a_slug_finds_nothing(admin_client: Client) -> None:
    assert found(admin_client, "do-cells") == []


def test_word_with_a_hyphen_that_begins_no_slug_is_looked_for_in_titles(
    admin_client: Client,
) -> None:
    question = make_question("cells", title="What is a T-cell?")
    assert found(admin_client, "t-cell") == [question]


def test_words_are_all_looked_for_in_the_title(admin_client: Client, osmosis: Question) -> None:
    assert found(admin_client, "CELL osmosis") == [osmosis]


def test_words_of_the_answer_find_nothing(admin_client: Client, osmosis: Question) -> None:
    assert "two parts" in osmosis.answer
    assert found(admin_client, "parts") == []


def test_broken_address_finds_nothing(admin_client: Client, osmosis: Question) -> None:
    assert found(admin_client, "http://[") == []

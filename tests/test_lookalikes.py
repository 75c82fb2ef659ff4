"""Questions that ask the same in nearly the same words."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from learn.lookalikes import WARNED_FROM, duplicates_to_answer, find_lookalikes
from learn.models import Distinction, Question
from tests.factories import make_question

pytestmark = pytest.mark.django_db

TITLE = "How does osmosis move water through a cell membrane?"


def titles(found):
    return [look.question.title for look in found]


@pytest.fixture
def question():
    make_question(title="What do enzymes in a cell do?")
    make_question(title="How does water freeze?")
    return make_question(title=TITLE)


@pytest.mark.parametrize(
    "typed",
    [
        TITLE,
        "How does water move osmosis through a cell membrane?",
        "how do osmosis moves water through cell membranes",
        "Describe the moving of water by osmosis through a cell membrane.",
    ],
)
def test_same_words_in_another_order_or_form_are_warned_of(question, typed):
    found = find_lookalikes(typed)
    assert titles(found)[0] == TITLE
    assert found[0].is_warned


def test_title_that_shares_some_words_is_similar_but_not_warned_of(question):
    found = find_lookalikes("How does osmosis move water through a plant membrane?")
    assert titles(found) == [TITLE]
    assert not found[0].is_warned


@pytest.mark.parametrize(
    "typed", ["", "?", "Why is the sky blue?", "How does it do?", "\x00(", "a" * 9000]
)
def test_title_that_is_like_none_finds_none(question, typed):
    assert find_lookalikes(typed) == []


def test_drafts_are_found_and_the_trash_and_the_question_itself_are_not(question):
    draft = make_question(title=TITLE, status=Question.Status.DRAFT, publish_at=None)
    make_question(title=TITLE, status=Question.Status.TRASHED)
    assert [found.question for found in find_lookalikes(TITLE)] == [question, draft]
    assert [found.question for found in find_lookalikes(TITLE, question.pk)] == [draft]


def test_how_common_the_words_of_a_distant_title_are_is_not_asked(question):
    near = make_question(title=f"{TITLE.rstrip('?')} slowly?")
    with CaptureQueriesContext(connection) as captured:
        assert titles(find_lookalikes(TITLE)) == [TITLE, near.title]
    statements = " ".join(query["sql"] for query in captured.captured_queries)
    # The candidate shares “cell” with the title, and nothing else.
    assert "enzym" not in statements
    assert "slow" in statements


def test_exact_words_come_before_other_forms_of_them(question):
    make_question(title=TITLE.replace("move", "moving"))
    last = make_question(title=TITLE.replace("osmosis", "Osmosis"))
    assert titles(find_lookalikes(TITLE))[:2] == [TITLE, last.title]


def test_at_most_five_are_found(question):
    for _ in range(7):
        make_question(title=TITLE)
    assert len(find_lookalikes(TITLE)) == 5


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_what_is_found(question, django_assert_max_num_queries, number):
    for _ in range(number):
        make_question(title=TITLE)
    with django_assert_max_num_queries(30):
        assert len(find_lookalikes(TITLE)) == number + 1


def test_answer_given_for_two_questions_counts_for_both(question):
    other = make_question(title=TITLE)
    assert duplicates_to_answer(other) == [question]
    Distinction.objects.create(question=other, other=question, reason="It is about plants.")
    assert duplicates_to_answer(other) == []
    assert duplicates_to_answer(question) == []
    assert duplicates_to_answer(Question(title=TITLE)) == [question, other]
    assert WARNED_FROM == 0.8

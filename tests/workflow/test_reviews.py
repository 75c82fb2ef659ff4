"""Claims taken by several people at the same moment, in transactions of their own."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection

from learn.models import Question, Review
from learn.workflow import reviews
from tests.admin.builders import make_question
from tests.admin.people import make_user


@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="threads cannot share a database in memory; on SQLite transactions take turns anyway",
)
@pytest.mark.django_db(transaction=True)
def test_people_who_ask_at_the_same_moment_get_different_texts() -> None:
    people = [make_user(f"editor-{number}", "editor") for number in range(4)]
    for number in range(8):
        make_question(f"q-{number}", status=Question.Status.IN_REVIEW)
    for _ in range(5):
        Review.objects.update(claimed_by=None, claimed_until=None)
        got = ask_at_once(people)
        assert len(set(got)) == len(people)


def ask_at_once(people: list[User]) -> list[int]:
    """What each of them got."""
    start, got = threading.Barrier(len(people)), []

    def ask(user: User) -> None:
        try:
            start.wait()
            review = reviews.claim_next(user)
            got.append(review.question_id if review else None)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got

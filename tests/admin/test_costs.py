"""What lists and forms of the desk cost: at most 12 queries, for every role, however many rows."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from learn import publishing, schedules
from learn.models import Author, Draft, HelpfulCount, Question, Report, Review, ScheduledUpdate
from tests.admin.builders import (
    add_url,
    change_url,
    list_url,
    make_question,
    make_related,
    moment,
)
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

MOST = 12
ROLES = ("superuser", "author", "editor", "publisher", "administrator")
PAGES = {
    "list": list_url("question"),
    "search": list_url("question", "?q=osmosis"),
    "subject": list_url("question", "?status__exact=published"),
    "add": add_url("question"),
    "desk": "/admin/",
    "queue": "/admin/learn/question/review/",
    "schedule": "/admin/learn/question/schedule/",
    "reports": list_url("report"),
    "redirects": list_url("redirect"),
    "revisions": list_url("revision"),
}


@pytest.fixture(autouse=True)
def known_content_types() -> Iterator[None]:
    """What a process asks for once, whichever test comes first; and nothing that an earlier test
    asked for, of which the cache's minute may be over between two looks."""
    cache.clear()
    ContentType.objects.get_for_models(Question, Review, Report)
    yield
    ContentType.objects.clear_cache()


def person(role: str, question: Question) -> User:
    if role == "superuser":
        return User.objects.create_superuser("ada")
    return make_user("ada", role, question.subject)


def surround(question: Question, user: User, number: int) -> None:
    """Give the question `number` of everything that its form shows."""
    other = Author.objects.create(name="Somebody else")
    HelpfulCount.objects.create(question=question, yes=number, no=1)
    make_related(question, *(f"/learn/biology/questions/related-{n}" for n in range(number)))
    for n in range(number):
        make_question(f"related-{n}")
        Question.objects.filter(pk=make_question(f"copy-{n}").pk).update(canonical=question)
        Report.objects.create(question=question, version=1, kind="wrong", text=f"No {n}.")
        question.tags.add(f"tag {n}")
    Draft.objects.create(
        person=user, question=question, base_version=9, values={"author": str(other.pk)}
    )
    ScheduledUpdate.objects.create(
        question=question, content={"title": "New?"}, apply_at=moment(3), created_by=user
    )
    Review.objects.create(
        question=question, decision="returned", note="Why?", decided_at=moment(0), decided_by=user
    )
    publishing.settle_references()
    assert schedules.pending_update(question)


def cost(client: Client, url: str) -> int:
    """Of a page that was asked for before, as by then the caches know what they know."""
    assert client.get(url).status_code == 200, url
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("status", ["draft", "published"])
@pytest.mark.parametrize("role", ROLES)
def test_form_of_a_question_with_everything_costs_a_dozen_queries(
    role: str, status: str, number: int
) -> None:
    question = make_question(status=status)
    user = person(role, question)
    surround(question, user, number)
    client = client_of(user)
    page = client.get(change_url("question", question.pk)).content.decode()
    assert f"{number} open of {number}" in page
    assert f"{number} yes, 1 no" in page
    assert cost(client, change_url("question", question.pk)) <= MOST


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["superuser", "publisher"])
def test_page_costs_the_same_few_queries_for_one_row_and_for_three(role: str, page: str) -> None:
    question = make_question("osmosis")
    user = person(role, question)
    surround(question, user, 1)
    client = client_of(user)
    first = cost(client, PAGES[page])
    for n in range(2):
        other = make_question(f"osmosis-{n}")
        Report.objects.create(question=other, version=1, kind="wrong", text="No.")
    assert cost(client, PAGES[page]) == first <= MOST

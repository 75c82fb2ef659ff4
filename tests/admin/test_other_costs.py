"""What lists, forms and pages beside the questions' own list and form cost: few queries, and the
same for one row of whatever they show and for three."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from learn import publishing
from learn.models import (
    Author,
    Fault,
    PendingStep,
    Question,
    Redirect,
    Report,
    Revision,
    SavedView,
    SubjectAccess,
    Tag,
    Upload,
)
from tests.admin.builders import change_url, list_url, make_question, make_related, make_subject
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

MOST = 12
# A reader's whole page within the desk; sets of words that are looked for one by one.
MOST_OF = {"preview": 14, "look-alikes": 40}
# The form of an account shows every permission, by model.
MOST_OF_ACCOUNTS = 16


@pytest.fixture(autouse=True)
def known_content_types() -> Iterator[None]:
    """What a process asks for once, whichever test comes first; and nothing that an earlier test
    asked for, of which the cache's minute may be over between two looks."""
    cache.clear()
    ContentType.objects.get_for_models(Question, Report, Redirect, User)
    yield
    ContentType.objects.clear_cache()


@pytest.fixture(params=["superuser", "limited"])
def client(request: pytest.FixtureRequest) -> Client:
    if request.param == "superuser":
        return client_of(User.objects.create_superuser("ada"))
    return client_of(make_user("ada", "administrator", make_subject()))


@pytest.fixture
def superuser_client() -> Client:
    return client_of(User.objects.create_superuser("ada"))


def cost(client: Client, url: str) -> int:
    """Of a page that was asked for before, as by then the caches know what they know; the least of
    two, as a Redis that is slow for once is let rest."""
    assert client.get(url).status_code == 200, url
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        costs.append(len(captured))
    return min(costs)


def fill(first: int, last: int) -> None:
    """Rows `first` to `last` of everything that a list shows, all of biology."""
    for n in range(first, last):
        question = make_question(f"what-is-{n}", seo_keywords=f"keyword {n}")
        publishing.save_question(question)
        person = make_user(f"person-{n}", "author", question.subject)
        Author.objects.create(name=f"Author {n}")
        make_subject(f"subject-{n}")
        Fault.objects.create(question=question, code="no-alt", is_error=True, field="answer")
        Redirect.objects.create(old_path=f"/learn/a/questions/{n}", question=question)
        Report.objects.create(question=question, version=1, kind="wrong", text="No.")
        LogEntry.objects.log_actions(person.pk, [question], CHANGE, "Changed.")
        SavedView.objects.create(name=f"View {n}", query="copy=no", owner=person, is_shared=True)
        Upload.objects.create(
            name=f"{n:020x}-9x9.png",
            source_hash=str(n),
            width=9,
            height=9,
            size=9,
            created_by=person,
        )
        gone = make_question(f"gone-{n}")
        publishing.set_status(
            Question.objects.filter(pk=gone.pk), Question.Status.TRASHED, by=person
        )
    PendingStep.objects.all().delete()
    for step in PendingStep.Step.values[:last]:
        PendingStep.objects.create(step=step)


LISTS = {
    "questions": list_url("question"),
    "trash": list_url("question", "?status__exact=trashed"),
    "subjects": list_url("subject"),
    "authors": list_url("author"),
    "tags": list_url("tag"),
    "redirects": list_url("redirect"),
    "revisions": list_url("revision"),
    "reports": list_url("report"),
    "faults": list_url("fault"),
    "pictures": list_url("upload"),
    "groups": reverse("admin:auth_group_changelist"),
    "users": reverse("admin:auth_user_changelist"),
}
# Of people whose rights end at no subject.
UNLIMITED = {
    "log": reverse("admin:admin_logentry_changelist"),
    "pending steps": list_url("pendingstep"),
    "changes of many": list_url("massedit"),
}


@pytest.mark.parametrize("name", LISTS)
def test_list_costs_the_same_few_queries_for_one_row_and_for_three(
    client: Client, name: str
) -> None:
    if name == "groups" and not User.objects.get(username="ada").is_superuser:
        pytest.skip("groups are the superuser's")
    fill(0, 1)
    first = cost(client, LISTS[name])
    fill(1, 3)
    assert cost(client, LISTS[name]) == first <= MOST


@pytest.mark.parametrize("name", UNLIMITED)
def test_list_of_the_whole_site_costs_the_same_for_one_row_and_for_three(
    superuser_client: Client, name: str
) -> None:
    fill(0, 1)
    first = cost(superuser_client, UNLIMITED[name])
    fill(1, 3)
    assert cost(superuser_client, UNLIMITED[name]) == first <= MOST


def surrounded(number: int) -> Question:
    """A question with `number` of everything that leads to it or that it leads to."""
    question = make_question("osmosis", seo_keywords="osmosis")
    make_related(question, *(f"/learn/biology/questions/r-{n}" for n in range(number)))
    for n in range(number):
        question.answer = f"Text {n}. " + question.answer
        publishing.save_question(question)
        make_question(f"r-{n}", seo_keywords="osmosis")
        Redirect.objects.create(old_path=f"/learn/a/questions/{n}", question=question)
        Report.objects.create(question=question, version=1, kind="wrong", text="No.")
    return question


FORMS: dict[str, Callable[[Question], str]] = {
    "subject": lambda question: change_url("subject", question.subject_id),
    "author": lambda question: change_url("author", question.author_id),
    "tag": lambda question: change_url("tag", Tag.objects.get(key="osmosis").pk),
    "redirect": lambda question: change_url("redirect", Redirect.objects.earliest("pk").pk),
    "report": lambda question: change_url("report", Report.objects.earliest("pk").pk),
    "revision": lambda question: change_url("revision", Revision.objects.earliest("pk").pk),
    "history": lambda question: reverse("admin:learn_question_history", args=[question.pk]),
    "versions": lambda question: f"/admin/learn/question/{question.pk}/versions/",
    "compare": lambda question: f"/admin/learn/question/{question.pk}/compare/?old=1&new=live",
    "preview": lambda question: f"/admin/learn/question/{question.pk}/preview/",
    "look-alikes": lambda question: (
        f"/admin/learn/question/{question.pk}/lookalikes/?title=What+is+r"
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_form_or_page_costs_the_same_for_one_of_what_it_shows_and_for_three(
    client: Client, name: str
) -> None:
    first = cost(client, FORMS[name](surrounded(1)))
    Question.objects.all().delete()
    Tag.objects.all().delete()
    question = surrounded(3)
    assert cost(client, FORMS[name](question)) == first <= MOST_OF.get(name, MOST)


@pytest.mark.parametrize("name", ["user", "group"])
def test_form_of_accounts_costs_the_same_for_one_subject_and_for_three(
    superuser_client: Client, name: str
) -> None:
    person = make_user("grace", "publisher", make_subject("subject-0"))
    things = {"user": person, "group": Group.objects.get(name="publisher")}
    url = reverse(f"admin:auth_{name}_change", args=[things[name].pk])
    first = cost(superuser_client, url)
    subjects = [make_subject(f"subject-{n}") for n in range(3)]
    SubjectAccess.objects.get(user=person).subjects.set(subjects)
    assert cost(superuser_client, url) == first <= MOST_OF_ACCOUNTS


def test_numbers_beside_saved_views_cost_one_bounded_count_each(
    superuser_client: Client,
) -> None:
    url = reverse("admin:learn_question_view_counts")
    fill(0, 1)
    first = cost(superuser_client, url)
    fill(1, 3)
    assert cost(superuser_client, url) == first + 2 <= MOST

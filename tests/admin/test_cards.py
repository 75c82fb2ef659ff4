"""The desk's first page: each card counts, and opens, exactly its own things."""

import csv
import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from learn import publishing, schedules
from learn.desk import charts
from learn.desk.cards import CARDS, COUNTED, count_cards
from learn.models import (
    Draft,
    EmptySearch,
    Fault,
    MissingPage,
    Question,
    Report,
    StoredCount,
    Subject,
)
from learn.workflow.transitions import Action
from tests.admin.builders import make_question, make_subject, moment
from tests.admin.people import client_of, make_user

pytestmark = pytest.mark.django_db

DESK = "/admin/learn/question/desk/"
KEYS = [card.key for card in CARDS]


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def seed(user: User, other: User, subject: Subject | None = None, suffix: str = "") -> None:
    """One of each card's things."""

    def make(name: str, **values: object) -> Question:
        return make_question(f"{name}{suffix}", subject=subject, **values)

    publishing.save_question(make("drafts", status="draft"), by=user)
    typed = make("unsaved")
    Draft.objects.create(person=user, question=typed, values={"title": typed.title})
    faulty = make("faults")
    Fault.objects.create(question=faulty, code="answer-empty", is_error=True, field="answer")
    Fault.objects.create(question=faulty, code="short", is_error=False, field="title")
    returned = make("returned", status="draft")
    publishing.perform(Action.SUBMIT, Question.objects.filter(pk=returned.pk), by=user)
    publishing.request_changes(returned, by=other, note="Why?")
    waiting = make("waiting", status="draft")
    publishing.perform(Action.SUBMIT, Question.objects.filter(pk=waiting.pk), by=other)
    schedules.schedule_update(make("late"), {"answer": "New."}, apply_at=moment(days=-1))
    Report.objects.create(question=make("reported"), version=1, kind="wrong", text="reports")
    aging = make("aging")
    Question.objects.filter(pk=aging.pk).update(updated_at=moment(days=-366))
    MissingPage.objects.create(path=f"/learn/biology/questions/missing{suffix}")
    EmptySearch.objects.create(words=f"searches{suffix}")


@pytest.fixture
def people(db: None) -> tuple[User, User]:
    return make_user("max", "publisher"), make_user("lee", "editor")


def numbers(client: Client) -> dict[str, int]:
    """What the page's cards say."""
    client.get("/admin/")
    user = User.objects.get(pk=client.session["_auth_user_id"])
    return {counted.card.key: counted.number for counted in count_cards(user)}


@pytest.mark.parametrize("key", KEYS)
def test_card_counts_one_and_opens_a_list_with_exactly_that(
    people: tuple[User, User], key: str
) -> None:
    seed(*people)
    client = client_of(people[0])
    page = client.get("/admin/").content.decode()
    assert f'href="{DESK}{key}/"' in page
    assert numbers(client)[key] == 1
    ((_row, cells),) = client.get(f"{DESK}{key}/").context["rows"]
    assert cells[0].text.lower().rstrip("?").endswith(key)


@pytest.mark.parametrize("key", KEYS)
def test_csv_holds_the_same(people: tuple[User, User], key: str) -> None:
    seed(*people)
    response = client_of(people[0]).get(f"{DESK}{key}.csv")
    text = response.getvalue().decode("utf-8-sig")
    header, row = csv.reader(text.splitlines())
    assert len(header) == len(row)
    assert row[0].lower().rstrip("?").endswith(key)
    assert response["Content-Disposition"] == f'attachment; filename="{key}.csv"'


def test_csv_holds_no_formula(people: tuple[User, User]) -> None:
    EmptySearch.objects.create(words="=1+1")
    text = client_of(people[0]).get(f"{DESK}searches.csv").getvalue().decode("utf-8-sig")
    assert "'=1+1" in text


@pytest.mark.parametrize("suffixes", ["a", "abc"])
def test_page_needs_as_many_queries_for_three_of_each_as_for_one(
    people: tuple[User, User], django_assert_num_queries: DjangoAssertNumQueries, suffixes: str
) -> None:
    for suffix in suffixes:
        seed(*people, suffix=f"-{suffix}")
    client = client_of(people[0])
    client.get("/admin/")
    # session, user, its permissions, its subjects, proposed changes, all cards, stored numbers
    # of the charts
    with django_assert_num_queries(7):
        client.get("/admin/")


@pytest.mark.parametrize("suffixes", ["a", "abc"])
@pytest.mark.parametrize("key", KEYS)
def test_list_needs_as_many_queries_for_three_rows_as_for_one(
    people: tuple[User, User],
    django_assert_num_queries: DjangoAssertNumQueries,
    key: str,
    suffixes: str,
) -> None:
    for suffix in suffixes:
        seed(*people, suffix=f"-{suffix}")
    client = client_of(people[0])
    client.get(f"{DESK}{key}/")
    # session, user, its permissions, its subjects for the list or the header, the rows; of
    # what waits the proposed changes too
    with django_assert_num_queries(6 if key == "waiting" else 5):
        client.get(f"{DESK}{key}/")


def test_number_stops_where_counting_would_take_long(people: tuple[User, User]) -> None:
    EmptySearch.objects.bulk_create(
        EmptySearch(words=f"word {number}") for number in range(COUNTED + 5)
    )
    page = client_of(people[0]).get("/admin/").content.decode()
    assert f'<span class="desk-card-number">{COUNTED}+</span>' in page


def test_list_goes_on_over_pages(people: tuple[User, User]) -> None:
    EmptySearch.objects.bulk_create(EmptySearch(words=f"w {number:03}") for number in range(60))
    client = client_of(people[0])
    first = client.get(f"{DESK}searches/")
    assert (len(first.context["rows"]), first.context["next"]) == (50, 2)
    second = client.get(f"{DESK}searches/?page=2")
    assert (len(second.context["rows"]), second.context["next"]) == (10, 0)
    for page in ("3", "0", "201", "x", "99999999999"):
        assert client.get(f"{DESK}searches/?page={page}").status_code == 404


# --- whose they are


def test_drafts_of_others_are_not_mine(people: tuple[User, User]) -> None:
    publishing.save_question(make_question(status="draft"), by=people[1])
    assert numbers(client_of(people[0]))["drafts"] == 0


def test_unsaved_text_of_a_new_answer_leads_to_the_form_that_offers_it(
    people: tuple[User, User],
) -> None:
    Draft.objects.create(person=people[0], values={"title": "New?"})
    Draft.objects.create(person=people[0])
    Draft.objects.create(person=people[1], values={"title": "Theirs?"})
    rows = client_of(people[0]).get(f"{DESK}unsaved/").context["rows"]
    cells = [(cells[0].text, cells[0].address) for _row, cells in rows]
    add = "/admin/learn/question/add/"
    assert cells == [("(no title yet)", add), ("New?", add)]


def test_unsaved_texts_of_subjects_that_were_taken_away_are_not_listed(
    people: tuple[User, User],
) -> None:
    physics, biology = make_subject("physics"), make_subject("biology")
    user = make_user("kim", "editor", biology)
    for number, subject in enumerate((physics, biology)):
        question = make_question(f"q-{number}", subject=subject)
        Draft.objects.create(person=user, question=question, values={"title": subject.title})
    Draft.objects.create(person=user, values={"title": "New"})
    rows = client_of(user).get(f"{DESK}unsaved/").context["rows"]
    assert [cells[0].text for _row, cells in rows] == ["New", "Biology"]


def test_faults_of_what_was_thrown_away_are_not_counted(people: tuple[User, User]) -> None:
    question = make_question(status="trashed")
    Fault.objects.create(question=question, code="answer-empty", is_error=True, field="answer")
    assert numbers(client_of(people[0]))["faults"] == 0


def test_text_that_was_resubmitted_is_no_longer_returned(people: tuple[User, User]) -> None:
    user, other = people
    question = make_question(status="draft")
    chosen = Question.objects.filter(pk=question.pk)
    publishing.perform(Action.SUBMIT, chosen, by=user)
    publishing.request_changes(question, by=other, note="Why?")
    publishing.perform(Action.SUBMIT, chosen, by=user)
    assert numbers(client_of(user))["returned"] == 0
    publishing.perform(Action.WITHDRAW, chosen, by=user)
    assert numbers(client_of(user))["returned"] == 0


def test_nothing_of_other_subjects_is_counted_or_listed(people: tuple[User, User]) -> None:
    seed(*people, subject=make_subject("physics"))
    client = client_of(make_user("kim", "publisher", make_subject("biology")))
    found = numbers(client)
    of_subjects = set(KEYS) - {"missing", "searches"}
    assert {found[key] for key in of_subjects} == {0}
    for key in of_subjects:
        assert client.get(f"{DESK}{key}/").context["rows"] == []


def test_somebody_limited_to_no_subject_sees_empty_cards(people: tuple[User, User]) -> None:
    seed(*people)
    limited = make_user("kim", "publisher", make_subject("physics"))
    limited.subject_access.subjects.clear()
    client = client_of(limited)
    assert client.get("/admin/").status_code == 200
    found = numbers(client)
    assert {found[key] for key in set(KEYS) - {"missing", "searches"}} == {0}
    assert client.get(f"{DESK}aging/").context["rows"] == []
    assert client.get("/admin/learn/question/review/").context["waiting"] == 0


def test_role_without_the_right_has_no_such_card(db: None) -> None:
    client = client_of(make_user("kim", "author"))
    assert "waiting" not in numbers(client)
    assert client.get(f"{DESK}waiting/").status_code == 403
    assert client.get(f"{DESK}waiting.csv").status_code == 403
    assert client.get(f"{DESK}nothing/").status_code == 404


def test_staff_without_rights_sees_no_card_and_no_chart(db: None) -> None:
    make_question()
    page = client_of(make_user("kim")).get("/admin/").content.decode()
    assert "desk-card" not in page.replace("desk-cards.css", "")
    assert "chart-subjects" not in page


# --- striking off


def test_editor_strikes_a_missing_page_off_and_it_is_logged(people: tuple[User, User]) -> None:
    page = MissingPage.objects.create(path="/learn/biology/questions/x")
    response = client_of(people[1]).post(f"{DESK}missing/{page.pk}/done/")
    assert response["Location"] == f"{DESK}missing/"
    assert not MissingPage.objects.exists()
    assert LogEntry.objects.get().object_repr == page.path


def test_author_cannot_strike_off_and_questions_cannot_be(people: tuple[User, User]) -> None:
    page = MissingPage.objects.create(path="/learn/biology/questions/x")
    author = client_of(make_user("kim", "author"))
    assert author.post(f"{DESK}missing/{page.pk}/done/").status_code == 403
    question = make_question()
    Question.objects.update(updated_at=moment(days=-366))
    url = f"{DESK}aging/{question.pk}/done/"
    assert client_of(people[0]).post(url).status_code == 403
    assert MissingPage.objects.exists()


# --- charts


def test_charts_count_what_readers_see_by_week_and_subject(people: tuple[User, User]) -> None:
    now = timezone.now()
    make_question("now", publish_at=now)
    make_question("week-ago", publish_at=now - datetime.timedelta(weeks=1))
    make_question("to-come", publish_at=now + datetime.timedelta(weeks=1))
    make_question("long-ago", subject=make_subject("physics"))
    make_question("draft", status="draft")
    charts.store_counts()
    found = charts.charts()
    assert [bar.number for bar in found.weeks[-3:]] == [0, 1, 1]
    assert len(found.weeks) == charts.WEEKS
    assert [(bar.label, bar.number, bar.width) for bar in found.subjects] == [
        ("Biology", 2, "100.0"),
        ("Physics", 1, "50.0"),
    ]


def test_desk_says_when_charts_will_be_there_instead_of_counting(
    people: tuple[User, User],
) -> None:
    make_question()
    client = client_of(people[0])
    text = client.get("/admin/").content.decode()
    assert "drawn after the next import, or the next run of applyschedule" in text
    assert "chart-weeks" not in text
    assert not StoredCount.objects.exists()
    charts.store_counts()
    assert "chart-weeks" in client.get("/admin/").content.decode()


def test_charts_are_counted_anew_once_an_hour_and_not_by_a_view(people: tuple[User, User]) -> None:
    charts.store_counts()
    make_question(publish_at=timezone.now())
    assert charts.charts().subjects == []
    assert not charts.refresh()
    StoredCount.objects.update(counted_at=moment(days=-1))
    assert charts.refresh()
    assert [bar.number for bar in charts.charts().subjects] == [1]


@pytest.mark.parametrize(("key", "lines"), [("weeks", charts.WEEKS), ("subjects", 1)])
def test_chart_as_csv(people: tuple[User, User], key: str, lines: int) -> None:
    make_question()
    charts.store_counts()
    client = client_of(people[0])
    text = client.get(f"{DESK}{key}.csv").getvalue().decode("utf-8-sig")
    assert len(text.splitlines()) == lines + 1
    assert client_of(make_user("kim")).get(f"{DESK}{key}.csv").status_code in (403, 404)

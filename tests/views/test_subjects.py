import pytest
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learn import publishing
from learn.http import PAGE_SIZE
from learn.models import Question, Subject
from learn.totals import store_totals
from learn.views import subjects
from tests.factories import make_question, make_subject
from tests.views.markup import HOUR, address_of, assert_moved, get, links, rows

pytestmark = pytest.mark.django_db


# --- home


def test_home_lists_listed_subjects_with_counts_by_title(client):
    second = make_subject(title="Zoology")
    first = make_subject(title="Art")
    make_subject(title="Hidden", is_listed=False)
    make_question(subject=second)
    make_question(subject=second, no_index=True)
    store_totals()
    page = get(client, "/")
    assert [e["text"].split() for e in page.all("li")[:2]] == [["Art", "0"], ["Zoology", "1"]]
    assert first.get_absolute_url() in links(page)
    assert "Hidden" not in page.one("main")["text"]


def test_home_shows_the_newest_ten_of_what_lists_show(client):
    subject = make_subject()
    moments = [timezone.now() - n * HOUR for n in range(1, 13)]
    questions = [make_question(subject=subject, publish_at=moment) for moment in moments]
    make_question(subject=make_subject(is_listed=False), publish_at=moments[0])
    make_question(subject=subject, publish_at=moments[0], no_index=True)
    make_question(subject=subject, publish_at=moments[0], canonical=questions[5])
    shown = [link for link in links(get(client, "/")) if "/questions/" in link]
    assert shown == [address_of(question) for question in questions[:10]]


@pytest.mark.parametrize("rows", [1, 3])
def test_home_makes_two_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        make_question()
    # the listed subjects; the newest questions
    with django_assert_num_queries(2):
        get(client, "/")


# --- /learn


def test_subject_list_shows_title_count_and_description_of_listed_subjects(client):
    subject = make_subject(title="Music", description="From scales to symphonies.")
    make_subject(title="Hidden", is_listed=False)
    make_question(subject=subject)
    store_totals()
    page = get(client, "/learn")
    (question,) = Question.objects.all()
    assert page.text("ul", **{"class": "subjects"}) == (
        f"Music 1 question From scales to symphonies. {question.title}"
    )


def test_subject_list_shows_the_newest_three_questions_of_each_subject(client):
    subject, now = make_subject(title="Music"), timezone.now()
    questions = [
        make_question(subject=subject, title=f"Number {n}?", publish_at=now - n * HOUR)
        for n in range(1, 5)
    ]
    for hidden in ({"no_index": True}, {"canonical": questions[0]}, {"status": "draft"}):
        make_question(subject=subject, publish_at=now, **hidden)
    make_subject(title="Empty")
    page = get(client, "/learn")
    shown = [link for link in links(page) if "/questions/" in link]
    assert shown == [address_of(question) for question in questions[:3]]


def test_subject_list_offers_a_field_to_filter_it_only_where_scripts_run(client):
    make_subject()
    page = get(client, "/learn")
    (field,) = [e for e in page.all("p") if e.get("class") == "filter"]
    assert field.keys() >= {"hidden", "data-enhanced"}
    assert page.one("input", id="filter")["data-filter"] == page.one("ul", id="subject-list")["id"]


@pytest.mark.parametrize("rows", [1, 3])
def test_subject_list_makes_three_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        make_question()
    # the listed subjects; the keys of their samples; the samples
    with django_assert_num_queries(3):
        get(client, "/learn")


# --- a subject


def test_subject_shows_its_questions_by_slug_with_their_number_and_summary(client):
    subject = make_subject(title="Music")
    second = make_question(subject=subject, slug="b-flat", title="B flat?")
    first = make_question(subject=subject, slug="b", title="B?", answer="A note with a name.")
    make_question()
    page = get(client, subject.get_absolute_url())
    assert rows(page) == [(address_of(first), "B?"), (address_of(second), "B flat?")]
    assert page.text("h1") == "Music"
    assert page.text("h2", id="questions") == "All questions (2)"
    assert [e["text"] for e in page.all("span", **{"class": "summary"})] == [
        first.summary,
        second.summary,
    ]


def test_subject_leaves_out_what_readers_cannot_see_and_what_is_hidden_from_lists(client):
    subject, now = make_subject(), timezone.now()
    shown = make_question(subject=subject, slug="a")
    due = make_question(
        subject=subject, slug="b", status=Question.Status.SCHEDULED, publish_at=now - HOUR
    )
    make_question(subject=subject, status=Question.Status.SCHEDULED, publish_at=now + HOUR)
    make_question(subject=subject, unpublish_at=now - HOUR)
    make_question(subject=subject, no_index=True)
    for status in set(Question.Status) - set(Question.PUBLIC_STATUSES):
        make_question(subject=subject, status=status)
    page = get(client, subject.get_absolute_url())
    assert [address for address, _ in rows(page)] == [address_of(shown), address_of(due)]
    assert page.text("h2", id="questions") == "All questions (2)"


def test_subject_links_a_copy_straight_to_its_canonical_page(client):
    canonical = make_question()
    copy = make_question(title=canonical.title, canonical=canonical)
    page = get(client, copy.subject.get_absolute_url())
    assert rows(page) == [(address_of(canonical), copy.title)]


def test_subject_links_a_copy_to_itself_while_its_canonical_page_is_not_published(client):
    canonical = make_question(status=Question.Status.UNPUBLISHED)
    copy = make_question(canonical=canonical)
    page = get(client, copy.subject.get_absolute_url())
    assert rows(page) == [(address_of(copy), copy.title)]


def test_subject_without_questions_says_so(client):
    page = get(client, make_subject().get_absolute_url())
    assert "There are no questions here yet." in page.one("main")["text"]


def test_unknown_subject_gives_404(client):
    get(client, "/learn/nothing", 404)


def test_listed_subject_is_canonical_and_open_to_search_engines(client, site):
    subject = make_subject(slug="music", title="Music", description="Scales.")
    page = get(client, subject.get_absolute_url())
    assert page.text("title") == "Music: questions and answers | Answers"
    assert page.one("link", rel="canonical")["href"] == "https://site.example/learn/music"
    assert page.meta("robots") == "max-image-preview:large"
    assert page.meta("description") == "Scales."


def test_unlisted_subject_is_readable_with_noindex_and_canonical(client, site):
    subject = make_subject(slug="music", is_listed=False)
    question = make_question(subject=subject)
    page = get(client, "/learn/music")
    assert page.meta("robots") == "noindex"
    assert page.one("link", rel="canonical")["href"] == "https://site.example/learn/music"
    assert rows(page) == [(address_of(question), question.title)]


@pytest.mark.parametrize("number", [1, 3])
def test_subject_page_makes_three_queries(client, django_assert_num_queries, number):
    subject = make_subject()
    for _ in range(number):
        make_question(subject=subject, canonical=make_question())
    # the subject; how many begin with each letter; the page's questions with their canonical pages
    with django_assert_num_queries(3):
        get(client, subject.get_absolute_url())


# --- a subject's questions in another order


def test_subject_can_be_sorted_by_newest_first(client, site):
    subject = make_subject(slug="music")
    moments = [timezone.now() - n * HOUR for n in (2, 1, 3)]
    second, first, third = (make_question(subject=subject, publish_at=m) for m in moments)
    page = get(client, "/learn/music?sort=newest")
    assert [address for address, _ in rows(page)] == [
        address_of(question) for question in (first, second, third)
    ]


@pytest.mark.parametrize("query", ["sort=newest", "sort=newest&page=2"])
def test_other_order_is_hidden_from_search_engines_for_the_usual_one(
    client, site, long_subject, query
):
    page = get(client, f"/learn/music?{query}")
    assert page.meta("robots") == "noindex"
    assert page.one("link", rel="canonical")["href"] == "https://site.example/learn/music"
    assert [a for a in page.all("a") if "#letter-" in a["href"]] == []


def test_pages_of_another_order_link_each_other(client, long_subject):
    page = get(client, "/learn/music?sort=newest&page=2")
    assert page.one("a", rel="prev")["href"] == "/learn/music?sort=newest"
    assert page.one("a", rel="next")["href"] == "/learn/music?sort=newest&page=3"
    assert_moved(client.get("/learn/music?sort=newest&page=1"), "/learn/music?sort=newest")


def test_link_to_another_order_is_not_for_crawlers(client, long_subject):
    page = get(client, "/learn/music")
    assert page.one("a", href="/learn/music?sort=newest")["rel"] == "nofollow"
    assert "/learn/music" in links(get(client, "/learn/music?sort=newest"))


def test_unknown_order_gives_404(client, long_subject):
    get(client, "/learn/music?sort=oldest", 404)


# --- search within a subject


def test_subject_with_several_pages_has_a_field_to_search_it(client, long_subject):
    page = get(client, "/learn/music")
    everywhere, within = page.all("form", role="search")
    assert (everywhere.get("aria-label"), within["aria-label"]) == (None, "Search in this subject")
    assert page.one("input", name="subject")["value"] == "music"
    assert {e["id"] for e in page.all("input", type="search")} == {"q", "within"}


def test_subject_with_one_page_has_no_field_and_no_orders_of_its_own(client):
    page = get(client, make_question().subject.get_absolute_url())
    assert len(page.all("form", role="search")) == 1
    assert not any("sort=" in link for link in links(page))


def test_page_size_is_fifty():
    assert subjects.PAGE_SIZE == 50


@pytest.mark.parametrize(
    ("address", "slugs"),
    [("/learn/music", "ab"), ("/learn/music?page=2", "cd"), ("/learn/music?page=3", "e")],
)
def test_each_page_of_a_subject_holds_its_part(client, long_subject, address, slugs):
    page = get(client, address)
    assert [question for question, _ in rows(page)] == [
        f"/learn/music/questions/{slug}" for slug in slugs
    ]


def test_second_page_names_its_number_and_is_its_own_canonical(client, site, long_subject):
    page = get(client, "/learn/music?page=2&utm_source=x")
    assert page.text("title") == "Music: questions and answers | Answers – page 2"
    assert page.one("link", rel="canonical")["href"] == "https://site.example/learn/music?page=2"
    assert page.meta("og:url") == "https://site.example/learn/music?page=2"
    assert page.meta("description") == "Scales. (page 2)"


@pytest.mark.parametrize(
    "number", ["0", "4", "-1", "abc", "", "02", "1.0", "+2", "٢", "9" * 5000, "2%00"]
)
def test_page_that_does_not_exist_gives_404(client, long_subject, number):
    get(client, f"/learn/music?page={number}", 404)


def test_first_page_by_number_redirects_to_the_bare_address(client, long_subject):
    assert_moved(client.get("/learn/music?page=1"), "/learn/music")


def test_pager_links_neighbours_and_ends_with_plain_addresses(client, long_subject):
    page = get(client, "/learn/music?page=2")
    assert page.one("a", rel="prev")["href"] == "/learn/music"
    assert page.one("a", rel="next")["href"] == "/learn/music?page=3"
    assert page.text("a", href="/learn/music?page=2", **{"aria-current": "page"}) == "2"


def test_pager_is_left_out_where_there_is_one_page(client):
    page = get(client, make_question().subject.get_absolute_url())
    assert page.all("nav", **{"class": "pager"}) == []


@pytest.mark.parametrize(
    ("number", "last", "pager"),
    [
        (1, 1, []),
        (1, 2, [1, 2]),
        (3, 5, [1, 2, 3, 4, 5]),
        (1, 12, [1, 2, 3, 4, 5, 6, None, 10, None, 12]),
        (2, 12, [1, 2, 3, None, 10, None, 12]),
        (20, 34, [1, None, 10, None, *range(15, 26), None, 30, None, 34]),
        (25, 34, [1, None, 10, None, 20, None, 24, 25, 26, None, 30, None, 34]),
        (40, 40, [1, None, 10, None, 20, None, 30, None, *range(35, 41)]),
    ],
)
def test_pager_holds_ends_neighbours_and_tenth_pages_which_hold_those_around_them(
    number, last, pager
):
    pages = Paginator(range(last), 1)
    assert subjects.pager(pages.page(number)) == pager


def test_letters_lead_to_the_page_and_row_where_each_begins(client, long_subject):
    page = get(client, "/learn/music?page=2")
    letters = {a["text"]: a["href"] for a in page.all("a") if "#letter-" in a["href"]}
    assert letters == {
        "A": "/learn/music#letter-a",
        "B": "/learn/music#letter-b",
        "C": "/learn/music?page=2#letter-c",
        "D": "/learn/music?page=2#letter-d",
        "E": "/learn/music?page=3#letter-e",
    }
    assert [e["id"] for e in page.all("li") if "id" in e] == ["letter-c", "letter-d"]


def test_letters_are_counted_once_until_a_question_of_the_subject_changes(client):
    cache.clear()  # a Redis may know the places of another run's subject
    first = make_question(slug="beta", title="Beta?", answer="One.")
    publishing.save_question(first)
    subject = Subject.objects.get(pk=first.subject_id)
    address = subject.get_absolute_url()

    def counting(queries: CaptureQueriesContext) -> int:
        return sum(query["sql"].startswith('SELECT "learn_question"."slug"') for query in queries)

    with CaptureQueriesContext(connection) as queries:
        get(client, address)
        get(client, address)
    assert counting(queries) == 1
    for number in range(PAGE_SIZE):
        make_question(subject=subject, slug=f"alpha-{number}")
    publishing.save_question(make_question(subject=subject, slug="gamma", title="Gamma?"))
    with CaptureQueriesContext(connection) as queries:
        page = get(client, address)
    assert counting(queries) == 1
    letters = [a["text"] for a in page.all("a") if "#letter-" in a["href"]]
    assert letters == ["A", "B", "G"]


def test_letters_are_those_of_now_where_one_page_went_and_an_older_one_came_back(client):
    """Number and last change of what the list shows are then what they were before."""
    subject = make_subject()
    kept = [make_question(subject=subject, slug=f"m-{number}") for number in range(PAGE_SIZE)]
    first, last = (make_question(subject=subject, slug=f"{letter}-1") for letter in "az")
    for question in (first, last, kept[0]):
        publishing.save_question(question)
    set_status(first, Question.Status.TRASHED)
    assert letters_of(client, subject) == ["M", "Z"]
    set_status(last, Question.Status.TRASHED)
    set_status(first, Question.Status.PUBLISHED)
    assert letters_of(client, subject) == ["A", "M"]


def set_status(question, status):
    publishing.set_status(Question.objects.filter(pk=question.pk), status)


def letters_of(client, subject):
    page = get(client, subject.get_absolute_url())
    return [a["text"] for a in page.all("a") if "#letter-" in a["href"]]


def test_letters_are_left_out_where_there_is_one_page(client):
    page = get(client, make_question().subject.get_absolute_url())
    assert page.all("nav", **{"class": "letters"}) == []


@pytest.mark.parametrize("last", [1, 2, 9, 10, 11, 87, 89, 100, 400])
def test_every_page_is_two_clicks_from_the_first(last):
    pages = Paginator(range(last), 1)
    near = {1, *subjects.pager(pages.page(1))} - {None}
    reached = near.union(*(subjects.pager(pages.page(number)) for number in near)) - {None}
    assert reached == set(range(1, last + 1))


def test_order_that_is_left_empty_is_from_a_to_z(client, long_subject):
    assert rows(get(client, "/learn/music?sort=&page=2")) == rows(
        get(client, "/learn/music?page=2")
    )
    get(client, "/learn/music?sort=oldest", 404)


def test_page_from_a_to_z_is_found_without_counting_the_rows_before_it(client, long_subject):
    with CaptureQueriesContext(connection) as queries:
        get(client, "/learn/music?page=3")
    statements = [query["sql"] for query in queries]
    assert any("LIMIT" in sql for sql in statements)
    assert not any("OFFSET" in sql for sql in statements)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_places_of_a_list_are_read_from_its_index_alone():
    plan = (
        Question.objects.indexable()
        .filter(subject=1)
        .order_by("slug")
        .values_list("slug")
        .explain()
    )
    assert "USING COVERING INDEX question_subject_list (subject_id=?)" in plan
    assert "B-TREE" not in plan


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_newest_questions_of_each_subject_are_read_from_the_end_of_its_index(client):
    make_question()
    with CaptureQueriesContext(connection) as queries:
        client.get("/learn")
    (sql,) = [query["sql"] for query in queries if "published_0" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [row[-1] for row in cursor.fetchall()]
    found = [step for step in steps if step.startswith("SEARCH U0")]
    assert len(found) == 6
    place = "(subject_id=? AND status=? AND no_index=? AND publish_at<?)"
    assert all(f"question_subject_count {place}" in step for step in found)

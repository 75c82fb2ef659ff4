import pytest
from django.test import Client

from learn import redirects
from learn.models import HelpfulCount, Question, Report
from learn.models.path import QuestionPath
from tests.factories import make_question
from tests.views.markup import assert_moved, get

pytestmark = pytest.mark.django_db

OWN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def question(db):
    return make_question(version=3)


@pytest.fixture
def reader():
    return Client(enforce_csrf_checks=True)


def send(reader, question, page="report", headers=OWN, **changes):
    data = {"report": {"kind": "wrong", "text": "It is 4.", "version": "3"}, "helpful": {}}[page]
    return reader.post(f"{question.path}/{page}", data | changes, headers=headers)


def test_report_goes_into_the_queue_with_the_version_that_the_reader_saw(reader, question):
    response = send(reader, question, contact="ada@site.example", version="2")
    assert (response.status_code, response["Location"]) == (303, f"{question.path}/thanks")
    report = Report.objects.get()
    assert (report.question, report.version, report.kind) == (question, 2, "wrong")
    assert (report.text, report.contact, report.state) == ("It is 4.", "ada@site.example", "open")


def test_form_carries_the_present_version(reader, question):
    page = get(reader, f"{question.path}/report")
    assert page.one("input", name="version")["value"] == "3"
    kinds = [element["value"] for element in page.all("input", name="kind")]
    assert kinds == ["wrong", "unclear", "math", "duplicate", "other"]


@pytest.mark.parametrize(("sent", "kept"), [("99", 3), ("0", 1)])
def test_version_stays_within_what_there_was(reader, question, sent, kept):
    send(reader, question, version=sent)
    assert Report.objects.get().version == kept


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": ""}, "Choose what is the matter."),
        ({"kind": "nonsense"}, "Choose what is the matter."),
        ({"text": " "}, "Say in a few words what we should look at."),
        ({"text": "x" * 2001}, "Shorten this to 2000 characters at most; it has 2001."),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"version": "x"}, "Enter a whole number."),
    ],
)
def test_incomplete_report_is_given_back_with_the_reason(reader, question, changes, message):
    response = send(reader, question, contact="ada@site.example", **changes)
    html = response.content.decode()
    assert response.status_code == 400
    assert message in html
    assert 'value="ada@site.example"' in html
    assert not Report.objects.exists()


@pytest.mark.parametrize(("vote", "counts"), [("yes", (1, 0)), ("no", (0, 1))])
def test_vote_is_counted(reader, question, vote, counts):
    response = send(reader, question, "helpful", helpful=vote)
    assert (response.status_code, response["Location"]) == (303, f"{question.path}/thanks")
    count = HelpfulCount.objects.get(question=question)
    assert (count.yes, count.no) == counts


def test_vote_for_nothing_is_refused(reader, question):
    assert send(reader, question, "helpful", helpful="perhaps").status_code == 400
    assert not HelpfulCount.objects.exists()


@pytest.mark.parametrize("page", ["report", "helpful"])
def test_program_that_fills_in_the_trap_is_thanked_and_ignored(reader, question, page):
    response = send(reader, question, page, helpful="yes", website="https://spam.example")
    assert response.status_code == 303
    assert not Report.objects.exists()
    assert not HelpfulCount.objects.exists()


@pytest.mark.parametrize("page", ["report", "helpful"])
def test_sixth_in_an_hour_from_one_address_gets_429(reader, question, page):
    statuses = [send(reader, question, page, helpful="yes").status_code for _ in range(6)]
    assert statuses == [303] * 5 + [429]
    response = send(reader, question, page, helpful="yes")
    assert "please try again in 60 minutes." in response.content.decode()
    assert 3590 < int(response["Retry-After"]) <= 3600


@pytest.mark.parametrize(("page", "name"), [("report", "REPORT"), ("helpful", "HELPFUL")])
def test_limits_are_settings(reader, question, settings, page, name):
    setattr(settings, f"{name}_LIMIT", 1)
    statuses = [send(reader, question, page, helpful="yes").status_code for _ in range(2)]
    assert statuses == [303, 429]


def test_address_comes_from_the_proxys_header_where_one_is_set(reader, question, settings):
    settings.CLIENT_ADDRESS_HEADER = "X-Forwarded-For"
    for number in range(6):
        headers = OWN | {"X-Forwarded-For": f"203.0.113.9, 192.0.2.{number}"}
        assert send(reader, question, headers=headers).status_code == 303
    headers = OWN | {"X-Forwarded-For": "192.0.2.1"}
    statuses = [send(reader, question, headers=headers).status_code for _ in range(5)]
    assert statuses == [303] * 4 + [429]


def test_address_does_not_come_from_a_header_that_visitors_may_set(reader, question):
    headers = [OWN | {"X-Forwarded-For": f"192.0.2.{number}"} for number in range(6)]
    statuses = [send(reader, question, headers=each).status_code for each in headers]
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"}, 403),
        ({"Origin": "http://testserver"}, 303),
        ({"Origin": "http://other.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Referer": "http://testserver/learn"}, 303),
        ({"Referer": "http://testserver.example/learn"}, 403),
        ({}, 403),
    ],
)
def test_only_the_sites_own_form_is_taken(reader, question, headers, status):
    assert send(reader, question, headers=headers).status_code == status
    assert Report.objects.exists() is (status == 303)


@pytest.mark.parametrize("page", ["report", "helpful", "thanks"])
def test_form_page_is_neither_stored_nor_indexed_and_sets_no_cookie(reader, question, page):
    response = reader.get(f"{question.path}/{page}")
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert response.cookies == {}
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("page", ["report", "helpful", "thanks"])
def test_form_page_is_well_formed(reader, question, page):
    markup = get(reader, f"{question.path}/{page}")
    assert (markup.unbalanced, markup.open) == ([], [])
    assert len(markup.all("h1")) == len(markup.all("main")) == 1


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_get_405(reader, question, method):
    response = getattr(reader, method)(f"{question.path}/report")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, POST")


def test_question_that_readers_cannot_see_takes_no_report(reader):
    question = make_question(status=Question.Status.UNPUBLISHED)
    assert send(reader, question).status_code == 404
    assert not Report.objects.exists()


@pytest.mark.parametrize("page", ["report", "helpful"])
def test_moved_page_sends_to_the_form_at_its_new_address(reader, question, page):
    old = QuestionPath("music", "a-former-name")
    redirects.record_move(old, question)
    assert_moved_form(reader.get(f"{old}/{page}"), f"{question.path}/{page}", 301)


def test_moved_page_has_the_report_sent_again_to_its_new_address(reader, question):
    old = QuestionPath("music", "a-former-name")
    redirects.record_move(old, question)
    data = {"kind": "wrong", "text": "It is 4.", "version": "3"}
    response = reader.post(f"{old}/report", data, headers=OWN)
    assert_moved_form(response, f"{question.path}/report", 308)
    assert not Report.objects.exists()


def assert_moved_form(response, address, status):
    assert (response.status_code, response["Location"]) == (status, address)
    assert "no-store" in response["Cache-Control"]


def test_form_of_a_removed_page_says_that_it_is_gone(reader):
    removed = make_question(status=Question.Status.TRASHED)
    assert reader.get(f"{removed.path}/report").status_code == 410


def test_copy_sends_to_the_form_of_its_canonical_page(reader, question):
    copy = make_question(canonical=question)
    response = reader.get(f"{copy.path}/report")
    assert response["Location"] == f"{question.path}/report"
    assert response.status_code == 301


def test_other_spelling_of_the_address_leads_to_the_form(reader, question):
    assert_moved(reader.get(f"{question.path}/report/"), f"{question.path}/report")


@pytest.mark.parametrize(("page", "number"), [("report", 13), ("helpful", 8)])
def test_sending_costs_the_same_however_many_there_are(
    reader, question, django_assert_num_queries, page, number
):
    send(reader, question, page, helpful="yes")
    for _ in range(2):
        with django_assert_num_queries(number):
            assert send(reader, question, page, helpful="yes").status_code == 303

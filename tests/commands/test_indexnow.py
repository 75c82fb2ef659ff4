import datetime
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from learn import indexnow
from learn.models import Question, Redirect
from tests.factories import make_question, make_subject
from tests.views.markup import HOUR, address_of

pytestmark = pytest.mark.django_db

KEY = "0123456789abcdef"
SITE = "https://site.example"


class Endpoint(BaseHTTPRequestHandler):
    """Keeps what it is sent, and answers with what the test has laid out."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, self.headers["Content-Type"], json.loads(body)))
        status, headers = self.server.answers.pop(0) if self.server.answers else (200, {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Keeps the test's output clean."""


@pytest.fixture
def endpoint(site, monkeypatch):
    """A real endpoint on the loopback, which the settings name."""
    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    server.requests, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site.INDEXNOW_KEY = KEY
    site.INDEXNOW_ENDPOINT = f"http://127.0.0.1:{server.server_port}/indexnow"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def dry_run(capsys, *options):
    """The addresses that would be sent."""
    call_command("indexnow", "--dry-run", *options)
    *urls, end = capsys.readouterr().out.splitlines()
    assert end == f"{len(urls):,} addresses; nothing sent"
    return [url.removeprefix(SITE) for url in urls]


def test_pages_are_sent_with_host_key_and_where_the_key_lies(endpoint, client, capsys):
    questions = [make_question(subject=make_subject(slug=slug)) for slug in ("art", "music")]
    call_command("indexnow")
    ((path, content_type, body),) = endpoint.requests
    assert (path, content_type) == ("/indexnow", "application/json; charset=utf-8")
    assert body == {
        "host": "site.example",
        "key": KEY,
        "keyLocation": f"{SITE}/{KEY}.txt",
        "urlList": [SITE + address_of(question) for question in questions],
    }
    assert client.get(f"/{KEY}.txt").content.decode() == KEY
    assert capsys.readouterr().out == "2 of 2 addresses accepted\n"


def test_only_canonical_indexable_pages_are_sent(site, capsys):
    shown = make_question()
    make_question(canonical=shown)
    make_question(no_index=True)
    make_question(subject=make_subject(is_listed=False))
    make_question(status=Question.Status.DRAFT)
    make_question(status=Question.Status.TRASHED)
    assert dry_run(capsys) == [address_of(shown)]


def test_since_names_what_changed_went_or_moved_and_nothing_else(site, capsys):
    now = timezone.now()
    old, edited, fresh, unpublished, trashed, over, hidden = (
        make_question(slug=slug) for slug in "abcdefg"
    )
    before = now - 10 * HOUR
    Question.objects.update(updated_at=before)

    def change(question, **values):
        Question.objects.filter(pk=question.pk).update(**values)

    change(edited, modified_at=now)
    change(fresh, publish_at=now - HOUR / 2)
    change(unpublished, status=Question.Status.UNPUBLISHED, updated_at=now)
    change(trashed, status=Question.Status.TRASHED, updated_at=now)
    change(over, unpublish_at=now - HOUR / 2)
    change(hidden, status=Question.Status.TRASHED, updated_at=now, no_index=True)
    # Never public, so never known.
    change(make_question(status=Question.Status.TRASHED), publish_at=None)
    Redirect.objects.create(old_path="/learn/x/questions/new", question=old)
    Redirect.objects.create(
        old_path="/learn/x/questions/old", question=old, created_at=now - 2 * HOUR
    )
    found = dry_run(capsys, "--since", (now - HOUR).isoformat())
    changed = [edited, fresh, unpublished, trashed, over]
    assert sorted(found) == sorted([*map(address_of, changed), "/learn/x/questions/new"])


def test_address_that_is_changed_in_two_ways_is_sent_once(site, capsys):
    question = make_question()
    trashed = make_question()
    Question.objects.filter(pk=trashed.pk).update(
        status=Question.Status.TRASHED, slug=question.slug, subject=question.subject
    )
    assert dry_run(capsys, "--since", "2000-01-01") == [address_of(question)]


@pytest.mark.parametrize("when", ["2025-02-06", "2025-02-06T00:00", "2025-02-06T00:00:00+00:00"])
def test_since_takes_dates_and_moments(site, capsys, when):
    question = make_question()
    Question.objects.update(updated_at=timezone.now())
    assert dry_run(capsys, "--since", when) == [address_of(question)]
    later = datetime.date(2025, 2, 7).isoformat()
    assert dry_run(capsys, "--since", later) == []


@pytest.mark.parametrize("when", ["yesterday", "2025-02-31", "2025-02-06T25:00"])
def test_since_that_cannot_be_read_is_named(site, when):
    with pytest.raises(CommandError, match=f"--since: “{when}” is neither a date"):
        call_command("indexnow", "--dry-run", "--since", when)


def test_no_request_holds_more_than_the_limit(endpoint, monkeypatch, capsys):
    assert indexnow.BATCH == 10_000
    monkeypatch.setattr(indexnow, "BATCH", 2)
    for _ in range(5):
        make_question()
    call_command("indexnow")
    assert [len(body["urlList"]) for *_, body in endpoint.requests] == [2, 2, 1]
    assert len({url for *_, body in endpoint.requests for url in body["urlList"]}) == 5
    assert capsys.readouterr().out.splitlines()[-1] == "5 of 5 addresses accepted"


def test_key_that_is_still_to_be_checked_is_told(endpoint, capsys):
    make_question()
    endpoint.answers = [(202, {})]
    call_command("indexnow")
    line = "1 of 1 addresses accepted; the key is still to be checked\n"
    assert capsys.readouterr().out == line


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((400, {}), "The request was not understood (400)."),
        (
            (403, {}),
            f"The key was refused (403). It must be readable at {SITE}/{KEY}.txt.",
        ),
        (
            (422, {}),
            "The addresses were refused (422). They must belong to site.example; is SITE_URL "
            "right?",
        ),
        ((429, {}), "Too many requests (429). Try again later."),
        ((429, {"Retry-After": "90"}), "Too many requests (429). Try again after 90 seconds."),
        ((500, {}), "The endpoint answered 500."),
        ((302, {"Location": "/elsewhere"}), "The endpoint answered 302."),
        ((204, {}), "The endpoint answered 204."),
    ],
)
def test_refusal_is_told_with_what_to_do_and_how_much_went_before(
    endpoint, monkeypatch, answer, reason
):
    monkeypatch.setattr(indexnow, "BATCH", 2)
    for _ in range(5):
        make_question()
    endpoint.answers = [(200, {}), answer]
    with pytest.raises(CommandError) as error:
        call_command("indexnow", verbosity=0)
    assert str(error.value) == f"{reason} 2 of 5 addresses were accepted before."
    assert len(endpoint.requests) == 2


def test_endpoint_that_does_not_answer_is_named(endpoint, site):
    make_question()
    endpoint.server_close()
    with pytest.raises(CommandError, match=f"{site.INDEXNOW_ENDPOINT} could not be reached: "):
        call_command("indexnow")


def test_without_a_key_nothing_is_sent(endpoint, site):
    make_question()
    site.INDEXNOW_KEY = ""
    with pytest.raises(CommandError, match="INDEXNOW_KEY is not set, so nothing is sent"):
        call_command("indexnow")
    assert endpoint.requests == []


def test_dry_run_needs_no_key_and_sends_nothing(endpoint, site, capsys):
    question = make_question()
    site.INDEXNOW_KEY = ""
    assert dry_run(capsys) == [address_of(question)]
    assert endpoint.requests == []


def test_nothing_to_send_makes_no_request(endpoint, capsys):
    call_command("indexnow")
    assert (endpoint.requests, capsys.readouterr().out) == ([], "nothing to send\n")

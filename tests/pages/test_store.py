"""What is answered from the store, and how: HTTP, moments, one maker, what proxies are told."""

import datetime
import gzip
import threading
import time
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest
from django.utils import timezone
from django.utils.http import http_date

from learn import publishing
from learn.models import Question
from learn.pages import names, touch, wsgi
from tests.factories import make_question
from tests.pages.conftest import Site

pytestmark = pytest.mark.django_db(transaction=True)


# --- answers


def test_a_page_that_is_asked_for_again_does_not_reach_django(pages: Site, address: str) -> None:
    first, second = pages.get(address), pages.get(address)
    assert pages.asked == [address]
    assert first == second
    assert "What does the pump do?" in first.text


def test_another_process_finds_the_page_in_the_shared_file(pages: Site, address: str) -> None:
    first = pages.get(address)
    assert pages.get(address, application=pages.process()) == first
    assert pages.asked == [address]


def test_head_is_get_without_a_body(pages: Site, address: str) -> None:
    full = pages.get(address)
    assert pages.get(address, method="HEAD") == full._replace(body=b"")
    assert full.headers["Content-Length"] == str(len(full.body))


def test_head_makes_the_whole_page_for_whoever_asks_next(pages: Site, address: str) -> None:
    assert pages.get(address, method="HEAD").body == b""
    assert "What does the pump do?" in pages.get(address).text
    assert pages.asked == [address]


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("gzip;q=0", None),
        ("nonsense;;q=x", None),
    ],
)
def test_the_encoding_is_one_that_the_client_takes(
    accepted: str, encoding: str | None, pages: Site, address: str
) -> None:
    answer = pages.get(address, HTTP_ACCEPT_ENCODING=accepted)
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    unpack: dict[str | None, Any] = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
    assert unpack[encoding](answer.body) == pages.fresh(address).body


def test_each_encoding_has_a_strong_tag_of_its_own(pages: Site, address: str) -> None:
    tags = {
        pages.get(address, HTTP_ACCEPT_ENCODING=coding).headers["ETag"]
        for coding in ("", "gzip", "br")
    }
    assert len(tags) == 3
    assert not any(tag.startswith("W/") for tag in tags)


@pytest.mark.parametrize("mark", ["{}", "W/{}", '"other", {}', "*"])
def test_304_to_whoever_has_just_that_page(mark: str, pages: Site, address: str) -> None:
    first = pages.get(address)
    again = pages.get(address, HTTP_IF_NONE_MATCH=mark.format(first.headers["ETag"]))
    assert (again.status, again.body) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Last-Modified"):
        assert again.headers[name] == first.headers[name]
    assert "Content-Length" not in again.headers


def test_304_by_date_only_where_no_tag_is_given(pages: Site, address: str) -> None:
    date = pages.get(address).headers["Last-Modified"]
    assert pages.get(address, HTTP_IF_MODIFIED_SINCE=date).status == 304
    later = http_date(time.time() + 1_000)
    assert pages.get(address, HTTP_IF_MODIFIED_SINCE=later).status == 304
    assert pages.get(address, HTTP_IF_MODIFIED_SINCE=http_date(1)).status == 200
    assert pages.get(address, HTTP_IF_MODIFIED_SINCE="yesterday").status == 200
    other = {"HTTP_IF_NONE_MATCH": '"other"', "HTTP_IF_MODIFIED_SINCE": date}
    assert pages.get(address, **other).status == 200


def test_a_conditional_request_for_what_is_not_stored_yet_stores_the_page(
    pages: Site, address: str
) -> None:
    tag = pages.get(address).headers["ETag"]
    touch([names.EVERYTHING])
    assert pages.get(address, HTTP_IF_NONE_MATCH=tag).status == 304
    assert pages.get(address).status == 200
    assert len(pages.asked) == 2


def test_marks_of_campaigns_share_one_page_and_numbers_of_lists_do_not(pages: Site) -> None:
    for number in range(51):
        make_question(
            subject=Question.objects.first().subject if number else make_question().subject,  # type: ignore[union-attr]
            slug=f"number-{number}",
        )
    question = Question.objects.select_related("subject").latest("pk")
    listing = f"/learn/{question.subject.slug}"
    pages.get(str(question.path))
    pages.get(f"{question.path}?utm_source=letter")
    one, two = pages.get(listing), pages.get(f"{listing}?utm_source=letter&page=2")
    assert one.body != two.body
    pages.get(f"{listing}?page=2&fbclid=x")
    assert pages.asked == [str(question.path), listing, listing]


@pytest.mark.parametrize(
    "asked",
    [
        "/search?q=pump",
        "/search/suggest?q=pump",
        "/admin/",
        "/preview/none",
        "/learn/none/questions/none",
        "/saved",
        "/learn/none",
    ],
)
def test_what_is_personal_or_no_page_never_enters_the_store(asked: str, pages: Site) -> None:
    for _time in range(2):
        pages.get(asked)
    assert len(pages.asked) == 2


def test_forms_that_are_sent_never_meet_the_store(pages: Site, address: str) -> None:
    pages.get(address)
    assert pages.get(address, method="POST").status == 405
    assert pages.asked == [address] * 2


def test_a_draft_is_not_stored_and_is_seen_when_it_is_published(pages: Site) -> None:
    draft = make_question(status=Question.Status.DRAFT, publish_at=None)
    assert pages.get(str(draft.path)).status == 404
    publishing.set_status(Question.objects.filter(pk=draft.pk), Question.Status.PUBLISHED)
    assert pages.get(str(draft.path)).status == 200


def test_a_host_of_somebody_else_is_refused_though_the_page_is_stored(
    pages: Site, address: str
) -> None:
    pages.get(address)
    assert pages.get(address, HTTP_HOST="evil.example").status == 400


def test_cookies_make_no_difference(pages: Site, address: str) -> None:
    first = pages.get(address)
    assert pages.get(address, HTTP_COOKIE="sessionid=abc; csrftoken=def") == first
    assert "Set-Cookie" not in first.headers
    assert pages.asked == [address]


def test_https_and_http_are_kept_apart(pages: Site, address: str, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 100
    application = pages.process()
    plain = pages.get(address, application=application)
    secure = pages.get(address, application=application, HTTP_X_FORWARDED_PROTO="https")
    assert len(pages.asked) == 2
    assert "Strict-Transport-Security" not in plain.headers
    assert secure.status == 200


def test_nobody_but_a_proxy_is_told_what_is_for_nginx(pages: Site, address: str) -> None:
    for _made_and_stored in range(2):
        assert "X-Accel-Expires" not in pages.get(address).headers
        proxied = pages.get(address, HTTP_X_FORWARDED_PROTO="http")
        assert "X-Accel-Expires" in proxied.headers


def test_nginx_may_keep_a_page_until_the_end_of_the_second_in_which_it_is_given(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number of seconds would be counted in whole ones, to almost two."""
    now = time.time()
    for later in (0, 7):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        for conditions in ({}, {"HTTP_IF_NONE_MATCH": "*"}):
            conditions["HTTP_X_FORWARDED_PROTO"] = "http"
            answer = pages.get(address, **conditions)
            assert answer.headers["X-Accel-Expires"] == f"@{int(now) + later}"


# --- time


def test_a_page_that_links_to_what_comes_is_made_anew_at_that_moment(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = Question.objects.get()
    coming = timezone.now() + datetime.timedelta(hours=1)
    make_question(
        subject=question.subject,
        slug="pump-later",
        title="Is it later?",
        publish_at=coming,
        status=Question.Status.SCHEDULED,
    )
    subject = question.subject.get_absolute_url()
    assert "Is it later?" not in pages.get(address).text + pages.get(subject).text
    moment = coming + datetime.timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(time, "time", moment.timestamp)
    assert "Is it later?" in pages.get(address).text
    assert "Is it later?" in pages.get(subject).text


def test_a_page_that_ends_is_gone_at_that_moment(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = timezone.now() + datetime.timedelta(hours=1)
    path = str(make_question(unpublish_at=ending).path)
    assert pages.get(path).status == 200
    moment = ending + datetime.timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(time, "time", moment.timestamp)
    assert pages.get(path).status == 404


def test_after_the_clock_was_set_back_the_moments_of_the_past_count_again(
    pages: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    path = str(make_question(publish_at=now - datetime.timedelta(hours=1)).path)
    assert pages.get(path).status == 200
    before = now - datetime.timedelta(hours=2)
    monkeypatch.setattr(timezone, "now", lambda: before)
    monkeypatch.setattr(time, "time", before.timestamp)
    assert pages.get(path).status == 404
    monkeypatch.undo()
    assert pages.get(path).status == 200


# --- one maker


def test_of_many_requests_for_a_page_one_makes_it(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    django, made = pages.django, threading.Event()

    def slow(environ: Any, start_response: Any) -> Any:
        made.wait(5)
        return django(environ, start_response)

    monkeypatch.setattr(pages, "django", slow)
    others = [pages.application, pages.application, pages.process()]
    answers: list[Any] = []

    def ask(application: Any) -> None:
        answers.append(pages.get(address, application=application))

    threads = [threading.Thread(target=ask, args=[one]) for one in others]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    made.set()
    for thread in threads:
        thread.join(20)
    assert [answer.status for answer in answers] == [200] * 3
    assert pages.asked == [address]


def test_page_that_another_made_just_before_the_lease_is_taken_from_there(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look into the store, where it was not yet, and the lease that is free again."""
    lease, other = pages.store.lease, pages.process()

    def lease_after_the_other(key: str) -> bool:
        monkeypatch.setattr(pages.store, "lease", lease)
        assert pages.get(address, application=other).status == 200
        return lease(key)

    monkeypatch.setattr(pages.store, "lease", lease_after_the_other)
    assert pages.get(address).status == 200
    assert pages.asked == [address]


def test_a_maker_that_died_holds_the_others_up_for_the_lease_only(
    pages: Site, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wsgi, "LEASE", 0.1)
    pages.store.lease(
        pages.application._key(
            {  # type: ignore[arg-type]
                "PATH_INFO": address,
                "REQUEST_METHOD": "GET",
                "HTTP_HOST": "127.0.0.1",
                "wsgi.url_scheme": "http",
            }
        )
    )
    assert pages.get(address).status == 200


def test_a_failure_of_the_maker_lets_the_next_one_try(pages: Site, address: str) -> None:
    def broken(environ: Any, start_response: Any) -> Any:
        raise RuntimeError

    django = pages.django
    pages.django = broken
    with pytest.raises(RuntimeError):
        pages.get(address)
    pages.django = django
    assert pages.get(address).status == 200

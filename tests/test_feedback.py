from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from learn import feedback
from learn.models import HelpfulCount, RateLimit, Report
from tests.factories import make_question

pytestmark = pytest.mark.django_db

ADDRESS = "192.0.2.7"


def send_report(question, address=ADDRESS):
    return feedback.report(
        question, kind="wrong", text="It is 4.", contact="", version=1, address=address
    )


def test_votes_are_counted_apart():
    question = make_question()
    for helpful in (True, True, False):
        feedback.vote(question, helpful=helpful, address=ADDRESS)
    count = HelpfulCount.objects.get()
    assert (count.question, count.yes, count.no) == (question, 2, 1)


@pytest.mark.parametrize("action", ["report", "vote"])
def test_sixth_in_an_hour_is_refused_and_leaves_nothing(action):
    question = make_question()

    def send():
        if action == "report":
            send_report(question)
        else:
            feedback.vote(question, helpful=True, address=ADDRESS)

    for _ in range(5):
        send()
    with pytest.raises(feedback.TooMany):
        send()
    kept = Report.objects.count() + sum(HelpfulCount.objects.values_list("yes", flat=True))
    assert kept == 5


def test_votes_do_not_use_up_reports():
    question = make_question()
    for _ in range(5):
        feedback.vote(question, helpful=True, address=ADDRESS)
    assert send_report(question).pk


def test_another_address_has_an_hour_of_its_own():
    question = make_question()
    for _ in range(5):
        send_report(question)
    assert send_report(question, address="192.0.2.8").pk


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        ("unix", "unix", True),
    ],
)
def test_ipv6_addresses_count_by_their_network(one, other, together):
    question = make_question()
    for _ in range(5):
        send_report(question, address=one)
    if together:
        with pytest.raises(feedback.TooMany):
            send_report(question, address=other)
    else:
        assert send_report(question, address=other).pk


def test_hour_slides():
    """Four old ones that are over and one that is not leave room for four."""
    question = make_question()
    for _ in range(5):
        send_report(question)
    limit = RateLimit.objects.get()
    limit.moments = [moment - 3601 for moment in limit.moments[:4]] + limit.moments[4:]
    limit.save()
    for _ in range(4):
        send_report(question)
    with pytest.raises(feedback.TooMany):
        send_report(question)


def test_address_is_not_stored():
    send_report(make_question())
    limit = RateLimit.objects.get()
    assert ADDRESS not in f"{limit.key} {limit.moments}"
    assert len(limit.key) == 32


def test_what_is_over_is_removed_with_the_next():
    question = make_question()
    send_report(question)
    old = timezone.now() - timedelta(hours=1, seconds=1)
    RateLimit.objects.update(last_at=old)
    send_report(question, address="192.0.2.8")
    assert RateLimit.objects.filter(last_at__lte=old).count() == 0
    assert RateLimit.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"kind": "?"}, {"state": "?"}, {"version": 0}])
def test_impossible_report_is_refused_by_the_database(wrong):
    values = {"question": make_question(), "version": 1, "kind": "wrong", "text": "No.", **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(**values)


@pytest.mark.django_db(transaction=True)
def test_limit_holds_when_all_come_at_once():
    """Eight threads with one report each: five get through, whatever their order."""
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite lives in memory, where writers cannot wait for each other")
    question = make_question()

    def send(number):
        try:
            send_report(question)
        except feedback.TooMany:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        sent = list(threads.map(send, range(8)))
    assert sent.count(True) == Report.objects.count() == 5

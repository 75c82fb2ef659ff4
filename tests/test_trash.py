"""The trash: who and when, and its end."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from learn import publishing
from learn.models import Question, Redirect, Revision, TrashedQuestion
from tests.factories import make_question

pytestmark = pytest.mark.django_db

Status = Question.Status


@pytest.fixture
def ada() -> User:
    return User.objects.create(username="ada")


def trash(question: Question, by: User | None = None, *, days_ago: int = 0) -> None:
    publishing.set_status(Question.objects.filter(pk=question.pk), Status.TRASHED, by=by)
    TrashedQuestion.objects.filter(question=question).update(
        trashed_at=timezone.now() - datetime.timedelta(days=days_ago)
    )


def test_who_and_when_are_kept_whichever_way_it_went(ada: User) -> None:
    by_status, by_form = make_question(), make_question()
    publishing.set_status(Question.objects.filter(pk=by_status.pk), Status.TRASHED, by=ada)
    by_form.status = Status.TRASHED
    publishing.save_question(by_form, by=ada)
    assert {entry.trashed_by for entry in TrashedQuestion.objects.all()} == {ada}
    assert TrashedQuestion.objects.count() == 2
    publishing.set_status(Question.objects.all(), Status.UNPUBLISHED)
    assert not TrashedQuestion.objects.exists()


def test_what_lay_long_enough_is_purged_with_all_that_hangs_on_it(ada: User) -> None:
    old, young, live = (make_question() for _ in range(3))
    publishing.record_revision(old)
    Redirect.objects.create(old_path="/learn/a/questions/b", question=old)
    trash(old, ada, days_ago=31)
    trash(young, ada, days_ago=29)
    assert publishing.purge_trash() == 1
    assert set(Question.objects.all()) == {young, live}
    assert not Revision.objects.exists()
    assert not Redirect.objects.exists()


def test_number_of_days_is_a_setting(settings) -> None:
    trash(make_question(), days_ago=3)
    settings.TRASH_DAYS = 4
    assert publishing.purge_trash() == 0
    settings.TRASH_DAYS = 2
    assert publishing.purge_trash() == 1


def test_what_was_trashed_before_anybody_noted_it_goes_by_its_last_change() -> None:
    old, young = (make_question(status=Status.TRASHED) for _ in range(2))
    Question.objects.filter(pk=old.pk).update(
        updated_at=timezone.now() - datetime.timedelta(days=40)
    )
    assert publishing.purge_trash() == 1
    assert list(Question.objects.all()) == [young]


def test_command_says_how_many_and_deletes_nothing_in_a_dry_run(capsys) -> None:
    trash(make_question(), days_ago=40)
    call_command("purgetrash", dry_run=True)
    assert capsys.readouterr().out == "1 questions would be deleted for good\n"
    assert Question.objects.count() == 1
    call_command("purgetrash", days=0)
    assert Question.objects.count() == 0

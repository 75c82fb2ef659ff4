import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from learn.models import Question
from tests.factories import make_question

pytestmark = pytest.mark.django_db


def test_account_editor_may_do_everything_with_content_and_sees_people_and_acts() -> None:
    make_question()  # there is content, so none is loaded
    call_command("loadsample")
    editor = User.objects.get(username="editor")
    for permission in (
        "learn.publish_question",
        "learn.review_question",
        "learn.change_published_question",
        "learn.delete_subject",
        "learn.change_tag",
        "auth.change_user",
        "admin.view_logentry",
    ):
        assert editor.has_perm(permission), permission
    assert not editor.is_superuser


def test_second_run_leaves_the_account_alone(capsys: pytest.CaptureFixture[str]) -> None:
    make_question()
    call_command("loadsample")
    password = User.objects.get().password
    capsys.readouterr()
    call_command("loadsample")
    assert User.objects.get().password == password
    assert capsys.readouterr().out == ""


def test_sample_content_is_loaded_into_an_empty_database_with_its_related_questions() -> None:
    call_command("loadsample")
    unrelated = Question.objects.filter(canonical=None, similar_questions=None)
    assert Question.objects.exists()
    assert not unrelated.exists()

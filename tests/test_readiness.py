"""What stands in the way of publishing a stored question."""

import pytest

from learn.models import Distinction, Question
from learn.readiness import obstacle
from tests.factories import make_question

pytestmark = pytest.mark.django_db

TITLE = "How does osmosis move water through a membrane?"
FAULTY = "Yes.\n\n![](/media/x.png)"
DRAFT = {"status": Question.Status.DRAFT, "publish_at": None}


def test_good_draft_has_nothing_in_its_way():
    assert obstacle(make_question(**DRAFT)) == ""


def test_error_of_the_checklist_is_named_unless_readers_see_it_already():
    assert obstacle(make_question(answer=FAULTY, **DRAFT)) == "Picture without a description"
    unpublished = make_question(answer=FAULTY, status=Question.Status.UNPUBLISHED)
    assert obstacle(unpublished) == "Picture without a description"
    assert obstacle(make_question(answer=FAULTY)) == ""


def test_question_that_asks_the_same_is_named_until_the_difference_is_said():
    other = make_question(title=TITLE)
    draft = make_question(title=TITLE, **DRAFT)
    assert obstacle(draft) == f"asks nearly the same as “{TITLE}”"
    Distinction.objects.create(question=draft, other=other, reason="Plants.")
    assert obstacle(draft) == ""
    assert obstacle(make_question(title=TITLE, status=Question.Status.UNPUBLISHED)) == ""

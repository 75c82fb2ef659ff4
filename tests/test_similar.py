import pytest

from learn import publishing
from learn.models import SimilarQuestion
from learn.seeds.exporter import seed_of
from learn.similar import relate_questions
from tests.factories import make_question, make_related
from tests.links import links_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def glaciers():
    titles = ("How do glaciers carve valleys?", "Which valleys did glaciers carve?")
    return [make_question(title=t, answer=f"Moraine and ice. {t}") for t in titles]


def related_to(question):
    return [link.pk for link in links_of(question).related]


def test_questions_are_filled_once_and_again_after_an_edit(glaciers):
    assert relate_questions() == 2
    assert relate_questions() == 0
    assert relate_questions(every=True) == 2
    assert related_to(glaciers[0]) == [glaciers[1].pk]


def test_question_with_nothing_near_is_not_looked_at_twice():
    question = make_question()
    relate_questions()
    assert SimilarQuestion.objects.get(question=question).target is None
    assert related_to(question) == []
    assert relate_questions() == 0


def test_files_own_come_first_and_nothing_twice(glaciers):
    own = make_question()
    make_related(glaciers[0], own, glaciers[1], own, glaciers[0])
    relate_questions()
    assert related_to(glaciers[0]) == [own.pk, glaciers[1].pk]


def test_what_is_filled_is_not_exported(glaciers):
    before = seed_of(glaciers[0])
    relate_questions()
    assert seed_of(glaciers[0]) == before


def test_published_question_has_its_own_filled(glaciers):
    question = make_question(title="Valleys of glaciers?", answer="Moraine.")
    question.answer = "Moraine, ice and glaciers that carve valleys."
    publishing.save_question(question)
    assert set(related_to(question)) == {glacier.pk for glacier in glaciers}

import pytest

from learn.models import Question
from learn.studysets import make_card, practice_round, saved_set, subject_set, topic_set
from tests.factories import make_question, make_subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def music(db):
    return make_subject(slug="music", title="Music")


def test_subject_has_the_questions_that_lists_show_without_copies(music):
    kept = make_question(subject=music)
    make_question(subject=music, canonical=kept)
    make_question(subject=music, no_index=True)
    make_question(subject=music, status=Question.Status.DRAFT)
    make_question()
    study_set = subject_set("music")
    assert list(study_set.questions) == [kept]
    assert (study_set.title, study_set.address) == ("Music", "/learn/music")


def test_unknown_subject_or_topic_has_none(db):
    assert subject_set("none") is topic_set("none") is None


@pytest.mark.parametrize(("number", "exists"), [(4, False), (5, True)])
def test_topic_has_pages_from_five_questions_up(music, number, exists):
    for _ in range(number):
        make_question(subject=music, seo_keywords="Minor scales")
    study_set = topic_set("minor-scales")
    assert (study_set is not None) is exists
    if study_set:
        assert (study_set.title, study_set.address) == ("Minor scales", "/topics/minor-scales")
        assert study_set.questions.count() == 5


def test_topic_leaves_out_what_readers_are_not_listed(music):
    hidden = make_subject(is_listed=False)
    for _ in range(4):
        make_question(subject=music, seo_keywords="scales")
    make_question(subject=hidden, seo_keywords="scales")
    make_question(subject=music, seo_keywords="scales", status=Question.Status.TRASHED)
    assert topic_set("scales") is None


def test_saved_questions_are_those_that_readers_can_see(music):
    kept, gone = make_question(), make_question(status=Question.Status.TRASHED)
    make_question()
    assert list(saved_set([kept.uid, gone.uid]).questions) == [kept]


def test_round_is_the_same_for_a_seed_and_another_for_another(music):
    for _ in range(30):
        make_question(subject=music)
    questions = subject_set("music").questions
    rounds = {tuple(practice_round(questions, seed)) for seed in (1, 1, 2, 3)}
    assert len(rounds) == 3
    assert all(len(set(keys)) == 10 for keys in rounds)


def test_round_of_a_small_set_has_every_question_once(music):
    keys = {make_question(subject=music).pk for _ in range(3)}
    assert set(practice_round(subject_set("music").questions, 1)) == keys


def test_card_has_the_summary_and_the_bold_leads():
    question = make_question(
        answer="There are three.\n\n1. **Major & minor:** two.\n2. **Modal**: one.\n- **Blues.** x"
    )
    card = make_card(question)
    assert card.points == ("Major & minor", "Modal", "Blues")
    assert card.text == f"{question.summary}\nMajor & minor\nModal\nBlues"


@pytest.mark.parametrize(
    "answer", ["1. **One**: a.\n2. **Two**: b.", "- **$x$**: a\n- **$y$**: b\n- **$z$**: c"]
)
def test_card_without_three_leads_that_are_text_has_the_summary_alone(answer):
    card = make_card(make_question(answer=f"A sentence that is long enough.\n\n{answer}"))
    assert card.points == ()


def test_card_has_at_most_seven_points():
    answer = "".join(f"- **Point {number}**: text\n" for number in range(9))
    assert len(make_card(make_question(answer=answer)).points) == 7

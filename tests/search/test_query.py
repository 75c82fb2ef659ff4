import pytest
from django.db import transaction
from django.utils import timezone

from learn import publishing, search
from learn.models import Question
from tests.factories import make_question, make_subject

pytestmark = pytest.mark.django_db

HOSTILE = [
    '"', "'", "*", "a* OR", "NEAR(a b, 2)", "title:x", "a AND", "(((", "-a", "a & !b | <->", ":*",
    "\x00", "a\x00b", "\u202e\u200f", "😀", "x" * 10_000, "word " * 2_000, "%s %(a)s", "\\", "é",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _no_words_kept():
    search.forget_vocabulary()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_searched_without_a_fault(text):
    make_question(title="A title of words")
    search.search(text)
    search.suggest(text)


def test_question_is_found_by_title_and_by_answer():
    question = make_question(title="Why do magnets attract?", answer="Because of ferromagnetism.")
    make_question()
    assert search.search("magnet attraction").ids[0] == question.pk
    assert search.search("ferromagnetism").ids == [question.pk]


def test_description_and_keywords_are_not_searched():
    make_question(seo_description="Zeppelins.", seo_keywords="zeppelin")
    assert search.search("zeppelin").ids == []


def test_mistyped_word_finds_its_page_and_says_so():
    question = make_question(title="What is photosynthesis?")
    found = search.search("photosinthesis")
    assert (found.ids, found.corrected) == ([question.pk], "photosynthesis")


def test_only_what_readers_can_be_shown_is_found():
    shown = make_question(title="Granite?", subject=make_subject(is_listed=False))
    make_question(title="Granite?", status=Question.Status.DRAFT)
    make_question(title="Granite?", publish_at=timezone.now() + timezone.timedelta(days=1))
    make_question(title="Granite?", canonical=shown)
    assert search.search("granite").ids == [shown.pk]
    assert search.suggest("gran") == [shown]


def test_edit_is_found_at_once_and_the_old_text_no_more():
    question = make_question(title="Basalt?")
    question.title = "Obsidian?"
    publishing.save_question(question)
    assert search.search("obsidian").ids == [question.pk]
    assert search.search("basalt").ids == []


def test_writes_by_whatever_hand_leave_the_index_in_step():
    question, other = make_question(title="Basalt?"), make_question()
    Question.objects.filter(pk=question.pk).update(title="Obsidian?")
    other.delete()
    assert search.search("obsidian").ids == [question.pk]
    assert search.index_differences() == 0


def test_write_that_is_rolled_back_leaves_the_index_in_step():
    with transaction.atomic():
        make_question(title="Basalt?")
        transaction.set_rollback(True)
    assert search.search("basalt").ids == []
    assert search.index_differences() == 0


def test_subject_limits_what_is_found_and_not_what_is_counted():
    one, two = make_question(title="Quartz one?"), make_question(title="Quartz two?")
    found = search.search("quartz", one.subject.slug)
    assert found.ids == [one.pk]
    assert found.subjects == {one.subject.slug: 1, two.subject.slug: 1}


def test_suggestions_begin_with_what_was_typed_or_have_its_words():
    first = make_question(title="How do glaciers move?", slug="how-do-glaciers-move")
    second = make_question(
        title="Why and how do glaciers melt?", slug="why-and-how-do-glaciers-melt"
    )
    assert search.suggest("how do glac") == [first, second]
    assert search.suggest("how do glaciors me") == [second]


def test_similar_questions_share_telling_words_and_are_no_copies():
    question = make_question(title="How do glaciers carve valleys?", answer="Ice and moraine.")
    near = make_question(title="Which valleys did glaciers carve?", answer="Those with moraine.")
    make_question(title="How do banks lend?", answer="Money and interest.")
    assert search.similar_to(question, 6) == [near.pk]

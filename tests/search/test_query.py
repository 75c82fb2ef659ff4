import pytest
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learn import publishing, search
from learn.models import Question
from tests.factories import make_question, make_subject

pytestmark = pytest.mark.django_db

HOSTILE = [
    '"', "'", "*", "a* OR", "NEAR(a b, 2)", "title:x", "a AND", "(((", "-a", "a & !b | <->", ":*",
    "\x00", "a\x00b", "\u202e\u200f", "😀", "x" * 10_000, "word " * 2_000, "%s %(a)s", "\\", "é",
]  # fmt: skip


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


def test_mistake_becomes_the_word_that_titles_have_beside_the_others():
    spleen = make_question(title="How do lymph nodes and the spleen work?")
    for _ in range(3):
        make_question(title="Why do we sleep?")
    found = search.search("nodes sleen")
    assert (found.ids[0], found.corrected) == (spleen.pk, "nodes spleen")


def test_word_that_hardly_any_page_has_is_changed_only_where_a_title_has_all():
    role = make_question(title="What role does probability play in genetics?")
    make_question(answer="The RLE scheme.")
    assert search.search("rle probability genetics").corrected == "role probability genetics"
    assert search.search("rle probability genetics").ids[0] == role.pk
    assert search.search("rle scheme").corrected == ""


def test_word_of_a_title_is_no_mistake_however_rare():
    make_question(title="What is RLE?")
    make_question(title="What role does probability play?")
    assert search.search("rle probability").corrected == ""


def test_answer_that_prints_the_words_bold_stands_before_one_that_mentions_them():
    mention = "A word on the carbon cycle. " + "More of it. " * 5
    make_question(title="One?", answer=mention)
    bold = make_question(
        title="Another?", answer=mention.replace("carbon cycle", "**carbon cycle**")
    )
    assert search.search("carbon cycle").ids[0] == bold.pk


def test_letters_that_the_database_does_not_know_are_looked_for_without_a_fault():
    # Of scripts that are younger than the tables of some SQLite or PostgreSQL.
    make_question(title="A title of words")
    search.suggest("title \U0001e100\U0001e101")
    search.search("\U0001e100x\U00010d00")


def test_only_what_readers_can_be_shown_is_found():
    shown = make_question(title="Granite?", subject=make_subject(is_listed=False))
    make_question(title="Granite?", status=Question.Status.DRAFT)
    make_question(title="Granite?", publish_at=timezone.now() + timezone.timedelta(days=1))
    make_question(title="Granite?", canonical=shown)
    assert search.search("granite").ids == [shown.pk]
    assert search.suggest("gran") == [shown]


def test_page_that_became_due_after_an_earlier_search_is_found():
    make_question(title="Granite?")
    search.search("granite")
    due = make_question(title="Granite, once more?", publish_at=timezone.now())
    assert due.pk in search.search("granite").ids


def test_page_with_two_words_of_four_stands_before_those_with_one():
    pair = make_question(title="Basalt and gneiss?")
    for word in ("Marble", "Slate"):
        make_question(title=f"{word}?")
    assert search.search("slate gneiss marble basalt").ids[0] == pair.pk


def test_candidates_of_several_relaxed_searches_are_read_in_one_statement():
    make_question(title="Basalt, gneiss and marble?")
    make_question(title="Basalt and gneiss?")
    make_question(title="Marble and slate?")
    with CaptureQueriesContext(connection) as queries:
        found = search.search("basalt gneiss marble slate").ids
    assert len(found) == 3
    assert sum("answer" in query["sql"] for query in queries) == 1


def test_word_that_the_database_leaves_out_does_not_keep_a_page_from_being_found():
    # "Until" is one of PostgreSQL's stop words and not of this site's.
    question = make_question(title="Basalt cools?")
    assert search.search("basalt until cools").ids == [question.pk]
    assert search.search("until basalt gneiss marble slate").ids == [question.pk]


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


def test_questions_of_an_import_are_found_and_later_ones_are_indexed_again():
    with transaction.atomic(), search.indexing_together([]):
        pass
    question = make_question(title="Basalt?")
    assert search.search("basalt").ids == [question.pk]
    assert search.index_differences() == 0


def test_index_that_a_migration_took_away_is_made_again_after_migrating():
    question = make_question(title="Basalt?")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER learn_search_update")
        else:
            cursor.execute("DROP TABLE learn_searchdocument CASCADE")
            cursor.execute("DROP TRIGGER learn_search_rows ON learn_question")
    Question.objects.filter(pk=question.pk).update(title="Obsidian?")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert search.index_differences() == 0
    assert search.search("obsidian").ids == [question.pk]


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

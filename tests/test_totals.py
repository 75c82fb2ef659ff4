"""The stored numbers of subjects and of files of the sitemap, after every kind of write."""

import datetime
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from learn import publishing, schedules
from learn.models import Question, SitemapPart, Subject, Tag
from learn.models.sitemap_part import part_of
from learn.seeds.importer import load_seeds
from learn.seeds.options import Options
from learn.totals import date_topics, follow_changes, miscounted_subjects, store_totals
from tests.factories import make_question, make_subject
from tests.seeds.builders import seed_file, sources
from tests.views.markup import HOUR

pytestmark = pytest.mark.django_db

Status = Question.Status


def counts() -> dict[str, int]:
    assert miscounted_subjects() == {}
    return dict(Subject.objects.order_by("slug").values_list("slug", "question_count"))


def moment_of(question: Question) -> datetime.datetime:
    return SitemapPart.objects.get(number=part_of(question.pk)).changed_at


@pytest.fixture
def music() -> Subject:
    return make_subject(slug="music")


@pytest.fixture
def saved(music: Subject) -> list[Question]:
    """Three questions of music, as the desk saves them."""
    questions = [make_question(subject=music) for _ in range(3)]
    for question in questions:
        publishing.save_question(question)
    return questions


# --- numbers


def test_import_and_prune_are_counted() -> None:
    load_seeds(sources(seed_file("a", title="A?"), seed_file("b", title="B?")))
    assert list(counts().values()) == [2]
    load_seeds(sources(seed_file("a", title="A?")), Options(prune=True, force=True))
    assert list(counts().values()) == [1]
    part = SitemapPart.objects.get()
    assert Subject.objects.get().changed_at == part.changed_at


def test_what_lists_do_not_show_does_not_count(music: Subject) -> None:
    now = timezone.now()
    shown = make_question(subject=music)
    make_question(subject=music, canonical=shown)
    make_question(subject=music, no_index=True)
    make_question(subject=music, status=Status.DRAFT)
    make_question(subject=music, publish_at=now + HOUR)
    make_question(subject=music, unpublish_at=now - HOUR)
    assert store_totals().subjects == 1
    assert counts() == {"music": 2}
    assert store_totals().subjects == 0


def test_change_of_state_is_counted_and_so_is_its_undo(saved: list[Question]) -> None:
    question = saved[0]
    states = {question.pk: {name: getattr(question, name) for name in publishing.STATE_FIELDS}}
    publishing.set_status(Question.objects.filter(pk=question.pk), Status.UNPUBLISHED)
    assert counts() == {"music": 2}
    publishing.put_back_states(states)
    assert counts() == {"music": 3}


def test_move_to_another_subject_is_counted_in_both(saved: list[Question]) -> None:
    art = make_subject(slug="art")
    saved[0].subject = art
    publishing.save_question(saved[0])
    assert counts() == {"art": 1, "music": 2}
    moved = [Question.objects.get(pk=question.pk) for question in saved[1:]]
    for question in moved:
        question.subject = art
    publishing.save_questions(moved, reason="many")
    assert counts() == {"art": 3, "music": 0}


def test_what_appears_and_ends_by_time_is_counted_by_the_schedule(saved: list[Question]) -> None:
    now = timezone.now()
    come, gone, _stays = saved
    Question.objects.filter(pk=come.pk).update(status=Status.SCHEDULED, publish_at=now + HOUR)
    store_totals()
    assert counts() == {"music": 2}
    Question.objects.filter(pk=come.pk).update(publish_at=now)
    Question.objects.filter(pk=gone.pk).update(unpublish_at=now)
    schedules.apply_schedule()
    assert counts() == {"music": 2}
    assert Subject.objects.get().changed_at == now


def test_one_change_leaves_the_numbers_of_other_subjects_alone(saved: list[Question]) -> None:
    other = make_subject(slug="other", question_count=7)
    publishing.save_question(saved[0])
    other.refresh_from_db()
    assert other.question_count == 7


@pytest.mark.parametrize("number", [1, 3])
def test_changes_cost_the_same_queries_however_many(
    saved: list[Question], django_assert_num_queries, number: int
) -> None:
    some = Question.objects.filter(pk__in=[question.pk for question in saved[:number]])
    # the subjects, locked; the questions, where they count; the subject written; the file, new or
    # older; the moments of topics
    with django_assert_num_queries(8):
        follow_changes([some])


# --- moments


def test_edit_moves_the_moments_on_and_what_goes_does_not_move_them_back(
    saved: list[Question],
) -> None:
    first = saved[0]
    first.answer = "Another text."
    publishing.save_question(first)
    assert moment_of(first) == first.modified_at
    assert Subject.objects.get().changed_at == first.modified_at
    publishing.set_status(Question.objects.filter(pk=first.pk), Status.UNPUBLISHED)
    assert moment_of(first) == first.modified_at
    store_totals()
    assert Subject.objects.get().changed_at == max(q.modified_at for q in saved[1:])


def test_file_of_the_sitemap_goes_with_its_last_page(saved: list[Question]) -> None:
    subject = Subject.objects.get()
    subject.is_listed = False
    subject.save()
    publishing.settle_references()
    assert not SitemapPart.objects.exists()
    assert counts() == {"music": 3}


def test_moment_of_a_topic_is_known_by_night_follows_edits_and_is_forgotten_by_an_import(
    music: Subject,
) -> None:
    questions = [make_question(subject=music, seo_keywords="zinc") for _ in range(20)]
    store_totals()
    assert Tag.objects.get().changed_at is None
    call_command("counttopics", verbosity=0)
    assert Tag.objects.get().changed_at == max(q.modified_at for q in questions)
    questions[0].answer = "Another text."
    publishing.save_question(questions[0])
    assert Tag.objects.get().changed_at == questions[0].modified_at
    load_seeds(sources(seed_file("a")))
    assert Tag.objects.get(name="zinc").changed_at is None
    date_topics()
    assert Tag.objects.get(name="zinc").changed_at == questions[0].modified_at


def test_topic_too_small_for_the_sitemap_has_no_moment(music: Subject) -> None:
    make_question(subject=music, seo_keywords="zinc")
    Tag.objects.update(count=1, changed_at=timezone.now())
    date_topics()
    assert Tag.objects.get().changed_at is None


# --- the command, the migration


def test_command_mends_what_its_check_finds(saved: list[Question]) -> None:
    Subject.objects.update(question_count=9)
    with pytest.raises(CommandError, match="1 subjects have a wrong number"):
        call_command("counttopics", "--check")
    call_command("counttopics", verbosity=0)
    call_command("counttopics", "--check", verbosity=0)


def test_migration_fills_in_what_an_import_would_store(music: Subject) -> None:
    make_question(subject=music)
    make_question(subject=music, no_index=True)
    make_question(subject=make_subject(slug="hidden", is_listed=False))
    fill = import_module("learn.migrations.0015_fill_stored_totals").fill
    fill(apps, None)
    filled = stored()
    assert counts() == {"hidden": 1, "music": 1}
    store_totals()
    assert filled == stored()


def stored() -> list[dict[str, Any]]:
    subjects = Subject.objects.order_by("pk").values("pk", "question_count", "changed_at")
    return [*subjects, *SitemapPart.objects.values()]

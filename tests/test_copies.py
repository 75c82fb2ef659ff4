import datetime

import pytest
from django.utils import timezone

from learn.copies import choose_canonicals
from learn.models import Question, Redirect, Subject
from learn.seeds.importer import load_seeds
from tests.seeds.builders import seed_file, sources

pytestmark = pytest.mark.django_db


def load_copies(*subjects: str, slug: str = "same") -> None:
    load_seeds(
        sources(
            *(seed_file(slug, subject=name, title="Same?", answer="Same.") for name in subjects)
        )
    )


def canonical_subjects() -> dict[str, str | None]:
    rows = Question.objects.values_list("subject__slug", "canonical__subject__slug")
    return dict(rows)


def test_first_path_is_canonical_among_equals() -> None:
    load_copies("physics", "biology")
    assert canonical_subjects() == {"biology": None, "physics": "biology"}


def test_listed_subject_comes_before_an_unlisted_one() -> None:
    Subject.objects.create(slug="biology", title="Biology", is_listed=False)
    load_copies("biology", "physics")
    assert canonical_subjects() == {"biology": "physics", "physics": None}


def test_target_of_a_move_comes_before_the_first_path() -> None:
    load_copies("biology", "physics")
    Redirect.objects.create(
        old_path="/learn/biology/questions/same",
        question=Question.objects.get(subject__slug="physics"),
        origin=Redirect.Origin.MOVED,
    )
    choose_canonicals()
    assert canonical_subjects() == {"biology": "physics", "physics": None}


def test_redirect_made_at_the_desk_does_not_make_a_page_canonical() -> None:
    load_copies("biology", "physics")
    Redirect.objects.create(
        old_path="/learn/physics/questions/older",
        question=Question.objects.get(subject__slug="physics"),
        origin=Redirect.Origin.DESK,
    )
    assert choose_canonicals() == 0


def test_choice_does_not_depend_on_the_order_of_loading() -> None:
    load_copies("physics")
    load_copies("biology")
    load_copies("art")
    assert canonical_subjects() == {"art": None, "biology": "art", "physics": "art"}


def test_one_slug_with_different_answers_is_no_copy() -> None:
    load_seeds(sources(seed_file("same"), seed_file("same", subject="physics", answer="Other.")))
    assert canonical_subjects() == {"biology": None, "physics": None}


def test_page_whose_file_changed_is_no_copy_any_more() -> None:
    load_copies("biology", "physics", "zoology")
    load_seeds(sources(seed_file("same", subject="biology", title="Same?", answer="Other.")))
    assert canonical_subjects() == {"biology": None, "physics": None, "zoology": "physics"}


def test_unpublished_page_is_neither_canonical_nor_a_copy() -> None:
    load_copies("biology", "physics", "zoology")
    Question.objects.filter(subject__slug="biology").update(status=Question.Status.UNPUBLISHED)
    choose_canonicals()
    assert canonical_subjects() == {"biology": None, "physics": None, "zoology": "physics"}


def test_page_that_is_not_yet_public_does_not_lead() -> None:
    load_copies("biology", "physics")
    later = timezone.now() + datetime.timedelta(days=1)
    Question.objects.filter(subject__slug="biology").update(publish_at=later)
    choose_canonicals()
    assert canonical_subjects() == {"biology": None, "physics": None}


def test_detached_page_stands_on_its_own() -> None:
    load_copies("biology", "physics", "zoology")
    Question.objects.filter(subject__slug="biology").update(is_detached=True)
    choose_canonicals()
    assert canonical_subjects() == {"biology": None, "physics": None, "zoology": "physics"}


def test_no_copy_leads_to_a_copy() -> None:
    load_copies("biology", "physics", "zoology")
    load_copies("art")
    assert not Question.objects.filter(canonical__canonical__isnull=False).exists()


def test_settled_choice_writes_nothing() -> None:
    load_copies("biology", "physics")
    assert choose_canonicals() == 0

"""Drafts: whose they are, and what overwrites them."""

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from learn.drafts import (
    DraftState,
    SupersededError,
    discard_draft,
    drafts_of,
    forget_saved,
    save_draft,
)
from learn.models import Draft, Question
from tests.factories import make_question

pytestmark = pytest.mark.django_db

Save = Callable[..., Draft]


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create(username="ada")


@pytest.fixture
def question(db: None) -> Question:
    return make_question()


@pytest.fixture
def save(person: User, question: Question) -> Save:
    def save(
        text: str,
        uid: uuid.UUID,
        replaces: Draft | None = None,
        about: Question | None = question,
        by: User = person,
    ) -> Draft:
        return save_draft(
            by,
            about,
            uid=uid,
            replaces=DraftState(replaces.uid, replaces.version) if replaces else None,
            base_version=1,
            values={"answer": text},
        )

    return save


def texts() -> list[str]:
    return [draft.values["answer"] for draft in Draft.objects.order_by("pk")]


def test_form_writes_its_own_draft_over_and_over(save: Save) -> None:
    uid = uuid.uuid4()
    save("one", uid)
    assert save("two", uid).version == 2
    assert texts() == ["two"]


def test_another_form_of_the_same_question_does_not_overwrite_the_draft(save: Save) -> None:
    save("first tab", uuid.uuid4())
    with pytest.raises(SupersededError):
        save("second tab", uuid.uuid4())
    assert texts() == ["first tab"]


def test_form_that_took_the_drafts_text_goes_on_with_it(save: Save) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    draft = save("killed", first)
    save("killed, restored", second, replaces=draft)
    assert texts() == ["killed, restored"]
    with pytest.raises(SupersededError):
        save("from the first after all", first)


def test_draft_that_was_written_since_it_was_taken_is_not_overwritten(save: Save) -> None:
    first = uuid.uuid4()
    taken = save("one", first)
    save("two", first)
    with pytest.raises(SupersededError):
        save("one, restored", uuid.uuid4(), replaces=taken)
    assert texts() == ["two"]


def test_new_answers_have_as_many_drafts_as_forms(save: Save) -> None:
    save("one", uuid.uuid4(), about=None)
    first = save("two", uuid.uuid4(), about=None)
    save("two, restored", uuid.uuid4(), replaces=first, about=None)
    assert texts() == ["one", "two, restored"]


def test_two_people_have_a_draft_each(save: Save, person: User, question: Question) -> None:
    other = User.objects.create(username="ben")
    save("ada's", uuid.uuid4())
    save("ben's", uuid.uuid4(), by=other)
    assert [draft.values["answer"] for draft in drafts_of(other, question)] == ["ben's"]


def test_uid_of_somebody_elses_draft_opens_nothing(save: Save, person: User) -> None:
    other = User.objects.create(username="ben")
    draft = save("ada's", uuid.uuid4(), about=None)
    assert discard_draft(other, DraftState(draft.uid, draft.version))
    forget_saved(other, draft.uid)
    save("ben's", draft.uid, about=None, by=other)
    assert texts() == ["ada's", "ben's"]


def test_form_of_one_question_writes_no_draft_of_another(save: Save) -> None:
    uid = uuid.uuid4()
    save("one", uid)
    with pytest.raises(SupersededError):
        save("two", uid, about=make_question())
    assert texts() == ["one"]


def test_discarding_spares_what_was_written_since(save: Save, person: User) -> None:
    uid = uuid.uuid4()
    seen = save("one", uid)
    seen = DraftState(seen.uid, seen.version)
    save("two", uid)
    assert not discard_draft(person, seen)
    assert texts() == ["two"]
    assert discard_draft(person, DraftState(uid, 2))
    assert texts() == []


def test_saved_form_takes_its_own_draft_only(save: Save, person: User) -> None:
    saved, other = uuid.uuid4(), uuid.uuid4()
    save("saved", saved, about=None)
    save("not yet", other, about=None)
    forget_saved(person, saved)
    assert texts() == ["not yet"]

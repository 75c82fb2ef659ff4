"""What can be studied together: a subject's questions, or a topic's; and cards made of them."""

import random
import uuid
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from learn.models import Question, Subject, Tag
from learn.models.question_queries import QuestionQuerySet
from learn.rendering.outline import key_points

# A topic with fewer questions has no pages of its own.
TOPIC_MIN_QUESTIONS = 5
# So many cards make a round of practice.
ROUND_LENGTH = 10

# Long columns that no card shows.
UNUSED_COLUMNS = ("answer", "seo_description", "seo_keywords", "seed_source", "extra_front_matter")


@dataclass(frozen=True, slots=True)
class StudySet:
    """Questions that are studied together; `address` is the page that lists them."""

    title: str
    address: str
    questions: QuestionQuerySet
    subject: Subject | None = None
    topic: Tag | None = None

    def page(self, name: str) -> str:
        return f"{self.address}/{name}"


@dataclass(frozen=True, slots=True)
class Card:
    """A question and what to remember of its answer: a sentence, then points if there are any."""

    question: Question
    points: tuple[str, ...]

    @property
    def text(self) -> str:
        """The back as plain text, equal to what a page shows of it."""
        return "\n".join([self.question.summary, *self.points])


def subject_set(slug: str) -> StudySet | None:
    subject = Subject.objects.filter(slug=slug).first()
    if subject is None:
        return None
    questions = _questions().filter(subject=subject).order_by("slug")
    return StudySet(subject.title, subject.get_absolute_url(), questions, subject)


def topic_set(slug: str) -> StudySet | None:
    """A topic's questions; None where it has too few for pages of its own."""
    tag = Tag.objects.filter(slug=slug).first()
    if tag is None:
        return None
    questions = _questions().filter(subject__is_listed=True, tagged_items__tag=tag)
    if questions[:TOPIC_MIN_QUESTIONS].count() < TOPIC_MIN_QUESTIONS:
        return None
    return StudySet(tag.name, f"/topics/{tag.slug}", questions.order_by("slug", "pk"), topic=tag)


def saved_set(uids: list[uuid.UUID]) -> StudySet:
    """The questions that a reader has saved, those that are still there."""
    questions = Question.objects.published().filter(canonical=None, uid__in=uids)
    return StudySet(_("Saved"), reverse("learn:saved"), questions.order_by("slug", "pk"))


def _questions() -> QuestionQuerySet:
    return Question.objects.indexable().filter(canonical=None)


def for_cards(questions: QuestionQuerySet) -> QuestionQuerySet:
    return questions.select_related("subject").defer(*UNUSED_COLUMNS)


def practice_round(questions: QuestionQuerySet, seed: int) -> list[int]:
    """The primary keys of a round: the same for the same seed while the questions are the same."""
    keys = list(questions.values_list("pk", flat=True))
    return random.Random(seed).sample(keys, min(ROUND_LENGTH, len(keys)))


def make_card(question: Question) -> Card:
    return Card(question, key_points(question.answer_html))

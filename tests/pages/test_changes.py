"""Whatever is done to the content: no page is given from the store that Django would make
otherwise; and what is not concerned stays stored."""

import datetime
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from learn import publishing, rerender, schedules, similar
from learn.models import Author, Question, RelatedQuestion, ScheduledUpdate, Subject, Tag
from learn.models.sitemap_part import part_of
from learn.models.tag import INDEXED_FROM
from learn.pages import touch_author, touch_subject
from learn.seeds.importer import load_seeds
from learn.seeds.subjects import load_subjects
from tests.factories import make_question, make_related, make_subject
from tests.pages.conftest import Site
from tests.seeds.builders import seed_file, sources

pytestmark = pytest.mark.django_db(transaction=True)

Status = Question.Status
SOON = datetime.timedelta(hours=1)


class Content:
    """Two subjects, a topic, references, a copy, a draft: something of everything pages show."""

    def __init__(self) -> None:
        self.person = User.objects.create_superuser("editor")
        self.botany = make_subject(slug="botany", title="Botany")
        self.zoology = make_subject(slug="zoology", title="Zoology")
        self.hidden = make_subject(slug="alchemy", title="Alchemy", is_listed=False)
        self.plants = [
            make_question(
                subject=self.botany,
                slug=f"plant-{letter}",
                title=f"Plant {letter}?",
                answer=f"The plant {letter} grows.",
                seo_keywords="green, Garden" if letter != "f" else "green",
            )
            for letter in "abcdef"
        ]
        self.animals = [
            make_question(
                subject=self.zoology,
                slug=f"animal-{letter}",
                title=f"Animal {letter}?",
                answer=f"The animal {letter} runs.",
                seo_keywords="fur",
            )
            for letter in "abc"
        ]
        self.copy = make_question(
            subject=self.hidden,
            slug="plant-a",
            title=self.plants[0].title,
            question=self.plants[0].question,
            answer=self.plants[0].answer,
        )
        self.draft = make_question(
            subject=self.botany,
            slug="plant-cc",
            title="Plant cc?",
            answer="It is not known yet.",
            status=Status.DRAFT,
            publish_at=None,
            seo_keywords="Garden",
        )
        make_related(self.animals[0], self.plants[1], self.copy, self.draft)
        RelatedQuestion.objects.create(
            question=self.animals[1],
            position=1,
            title="later",
            url="/learn/botany/questions/plant-new",
        )
        publishing.settle_references()

    def addresses(self) -> list[str]:
        questions = [str(question.path) for question in Question.objects.select_related("subject")]
        subjects = [f"/learn/{slug}" for slug in Subject.objects.values_list("slug", flat=True)]
        topics = [f"/topics/{slug}" for slug in Tag.objects.values_list("slug", flat=True)]
        parts = set(map(part_of, Question.objects.values_list("pk", flat=True)))
        sitemaps = [f"sitemap{of}" for of in ("", "-pages", "-topics", "-subject-botany")]
        return [
            "/",
            "/learn",
            "/newest",
            "/topics",
            "/feed.atom",
            "/feed.json",
            "/llms.txt",
            *(f"/{name}.xml" for name in sitemaps),
            *(f"/sitemap-questions.xml?page={number}" for number in parts),
            *questions,
            *(f"{address}.md" for address in questions),
            *subjects,
            *(f"{address}?sort=newest" for address in subjects),
            *(f"{address}/feed.atom" for address in subjects),
            *(f"{address}/flashcards" for address in subjects + topics),
            *topics,
            "/learn/botany/questions/plant-new",
            "/learn/botany/questions/plant-aa",
        ]


@pytest.fixture
def content(pages: Site) -> Content:
    return Content()


def edit(question: Question, content: Content, **values: object) -> None:
    question = Question.objects.get(pk=question.pk)
    for name, value in values.items():
        setattr(question, name, value)
    publishing.save_question(question, by=content.person)


def perform(action: str, question: Question) -> None:
    publishing.set_status(Question.objects.filter(pk=question.pk), action)


def schedule(content: Content) -> None:
    question = content.plants[1]
    schedules.schedule_update(question, {"title": "Plant later?"}, apply_at=timezone.now() + SOON)
    ScheduledUpdate.objects.update(apply_at=timezone.now())
    schedules.apply_schedule()


def create(content: Content) -> None:
    question = Question(
        subject=content.botany,
        author=Author.objects.get(),
        slug="plant-new",
        date=datetime.date(2025, 2, 6),
        title="Plant new?",
        article_title="Plant new?",
        question="Plant new?",
        answer="It is new.",
        status=Status.PUBLISHED,
        seo_keywords="green",
    )
    publishing.save_question(question, by=content.person)


def rename_subject(content: Content) -> None:
    Subject.objects.filter(pk=content.botany.pk).update(title="Plants", is_listed=False)
    touch_subject(content.botany.pk)
    publishing.settle_references()


def rename_author(content: Content) -> None:
    author = Author.objects.get()
    Author.objects.update(name="Someone")
    touch_author(author.pk)


def load_files_of_a_new_topic(content: Content) -> None:
    seo = {"title": "T", "page_description": "D", "page_keywords": "Soil"}
    files = [seed_file(f"soil-{n}", subject="botany", seo=seo) for n in range(INDEXED_FROM)]
    load_seeds(sources(*files))


OPERATIONS: dict[str, Callable[[Content], object]] = {
    "edit an answer": lambda c: edit(c.plants[1], c, answer="It is tall."),
    "edit a title": lambda c: edit(c.plants[1], c, title="Which plant?"),
    "edit keywords": lambda c: edit(c.plants[1], c, seo_keywords="fur, green"),
    "edit what copies repeat": lambda c: edit(c.plants[0], c, title="Which first plant?"),
    "move to another address": lambda c: edit(c.plants[1], c, slug="plant-z"),
    "move to another subject": lambda c: edit(c.plants[1], c, subject=c.zoology),
    "hide from lists": lambda c: edit(c.plants[2], c, no_index=True),
    "another author": lambda c: edit(
        c.plants[2], c, author=Author.objects.get_or_create(name="Another")[0]
    ),
    "create": create,
    "load files of a new topic": load_files_of_a_new_topic,
    "publish a draft": lambda c: perform(Status.PUBLISHED, c.draft),
    "unpublish": lambda c: perform(Status.UNPUBLISHED, c.plants[1]),
    "unpublish what copies repeat": lambda c: perform(Status.UNPUBLISHED, c.plants[0]),
    "trash": lambda c: perform(Status.TRASHED, c.plants[3]),
    "below the size of a topic": lambda c: perform(Status.TRASHED, c.plants[0]),
    "merge": lambda c: publishing.merge(c.plants[1], c.plants[2], by=c.person),
    "edit many": lambda c: publishing.save_questions(
        [renamed(question) for question in c.plants[:3]], by=c.person, reason="many"
    ),
    "apply a scheduled update": schedule,
    "alias of a tag": lambda c: publishing.set_alias(
        Tag.objects.get(key="fur"), Tag.objects.get(key="green")
    ),
    "rename a tag": lambda c: publishing.rename_tag(Tag.objects.get(key="green"), "GREEN"),
    "another keyword for a tag": lambda c: publishing.rename_tag(
        Tag.objects.get(key="green"), "leafy"
    ),
    "subject": rename_subject,
    "list of subjects": lambda c: load_subjects(
        [{"slug": "zoology", "title": "Beasts", "is_listed": "true"}]
    ),
    "author": rename_author,
    "relate": lambda c: similar.relate_questions(every=True),
    "render again": lambda c: rerender.render_again(every=True),
    "prune": lambda c: publishing.prune([c.plants[1].pk]),
    "put back a state": lambda c: publishing.put_back_states(
        {
            c.draft.pk: {
                "status": Status.PUBLISHED,
                "publish_at": timezone.now(),
                "unpublish_at": None,
                "pruned_at": None,
            }
        }
    ),
}


def renamed(question: Question) -> Question:
    question = Question.objects.select_related("subject", "author").get(pk=question.pk)
    question.title = f"{question.title} Many?"
    return question


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_page_is_older_than_the_change(name: str, content: Content, pages: Site) -> None:
    before = {address: pages.get(address) for address in content.addresses()}
    assert {before[a].status for a in ("/", "/learn", "/learn/botany", "/topics/green")} == {200}
    OPERATIONS[name](content)
    changed = 0
    for address in {*before, *content.addresses()}:
        now, fresh = pages.get(address), pages.fresh(address)
        assert (now.status, now.body) == (fresh.status, fresh.body), address
        changed += address in before and before[address].body != now.body
    assert changed or name in ("render again", "relate")

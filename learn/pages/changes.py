"""Which pages a change makes stale, by name."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from learn.bulk import chunked
from learn.models import Question, TaggedQuestion
from learn.pages import names
from learn.pages.journal import touch

# Of so many questions the new neighbours are looked up; of more, all pages of the subject count.
FEW = 50
# Of more than so many questions it would cost more to say what they concern than to make all anew.
MOST_QUESTIONS = 1_000
# What a link to a question shows, and what decides whether there is one.
OF_LINKS = (
    "subject",
    "slug",
    "title",
    "status",
    "publish_at",
    "unpublish_at",
    "no_index",
    "canonical",
)


class State(NamedTuple):
    """What others show of a question."""

    subject: int
    is_public: bool
    link: tuple[object, ...]


@contextmanager
def changing(questions: Collection[int]) -> Iterator[set[int]]:
    """Make stale, at the end of the block, what shows the questions (ids) before or after it.

    To be used around statements that change rows, tags or states, inside their transaction; those
    that it creates are added to the set that it is given. What readers see neither before nor
    after makes nothing stale.
    """
    ids = set(questions)
    if len(ids) > MOST_QUESTIONS:
        yield ids
        touch([names.EVERYTHING])
        return
    before, tags = _states(ids), _tags(ids)
    yield ids
    after = _states(ids | before.keys())
    touch(_concerned(before, after, tags | _tags(ids)))


def touch_created(questions: Iterable[Question]) -> None:
    """Make stale what will show many new questions. Their topics follow with their numbers."""
    found: set[str] = set()
    for question in questions:
        if question.status in Question.PUBLIC_STATUSES:
            found |= {
                names.listing(question.subject_id),
                names.order(question.subject_id),
                names.SITE,
            }
    touch(found)


def touch_subject(subject: int) -> None:
    """Make stale what shows the subject's name, description or address."""
    touch([names.subject(subject), names.listing(subject), names.SITE])


def touch_author(author: int) -> None:
    touch([names.author(author)])


def touch_tags(tags: Iterable[int], *, is_link_changed: bool = True) -> None:
    """Make stale what lists the topics' questions; where their names, addresses or whether they
    have a page may have changed, also what links to them."""
    found = {names.TOPICS}
    for tag in tags:
        found.add(names.topic(tag))
        if is_link_changed:
            found.add(names.keyword(tag))
    touch(found if len(found) > 1 else ())


def touch_pages(questions: Iterable[int]) -> None:
    """Make stale the questions' own pages, of which only what they link to has changed."""
    touch(map(names.page, questions))


def _states(questions: Collection[int]) -> dict[int, State]:
    """Of the questions and of those that lead to them, which share their links."""
    found = {}
    for chunk in chunked(questions):
        rows = Question.objects.order_by().values_list("pk", *OF_LINKS)
        # One after the other: together, no index would serve.
        for part in (rows.filter(pk__in=chunk), rows.filter(canonical__in=chunk)):
            for pk, *link in part:
                subject, status = link[0], link[3]
                found[pk] = State(subject, status in Question.PUBLIC_STATUSES, tuple(link))
    return found


def _tags(questions: Collection[int]) -> set[int]:
    return {
        tag
        for chunk in chunked(questions)
        for tag in TaggedQuestion.objects.filter(content_object__in=chunk).values_list(
            "tag", flat=True
        )
    }


def _concerned(before: dict[int, State], after: dict[int, State], tags: Iterable[int]) -> set[str]:
    found: set[str] = set()
    moved = []
    for pk in before.keys() | after.keys():
        old, new = before.get(pk), after.get(pk)
        seen = [state for state in (old, new) if state is not None and state.is_public]
        if not seen:
            continue
        found |= {names.SITE, names.page(pk)}
        found.update(names.listing(state.subject) for state in seen)
        if old is None or new is None or old.link != new.link:
            found.add(names.link(pk))
            if new is not None and new.is_public:
                moved.append((pk, new.subject))
    if found:
        found.update(map(names.topic, tags))
    # What linked to it bears its name. What does from now on does not yet.
    if len(moved) > FEW:
        found.update(names.order(subject) for _pk, subject in moved)
    elif moved:
        pages = Question.objects.filter(pk__in=[pk for pk, _subject in moved]).with_neighbours()
        columns = ("previous_id", "next_id")
        for neighbours in pages.order_by().values_list(*columns):
            found.update(names.page(pk) for pk in neighbours if pk is not None)
    return found

"""Topics: the questions that share a tag, and the stored number of them."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from learn.bulk import chunked, update_rows
from learn.models import Question, Subject, Tag, TaggedQuestion
from learn.models.question import QuestionQuerySet
from learn.pages import touch_tags

# From so many tags on one pass over all of them costs less than look-ups.
ALL_FROM = 5_000


def topic_questions(tag: Tag) -> QuestionQuerySet:
    """What the topic's page lists: canonical pages, by slug."""
    tagged = TaggedQuestion.objects.filter(tag=tag).values("content_object")
    return Question.objects.canonical_pages().filter(pk__in=tagged).order_by("slug", "pk")


def count_questions(tag_ids: Iterable[int] | None = None) -> int:
    """Store how many questions each tag's page lists; returns how many tags changed.

    `tag_ids` limits the work to these tags; None means all.
    """
    ids = None if tag_ids is None else set(tag_ids)
    if ids is None or len(ids) >= ALL_FROM:
        return _store_all_counts()
    return sum(map(_store_counts, chunked(sorted(ids))))


def miscounted_tags() -> dict[int, tuple[int, int]]:
    """Tag -> (stored, true) number of questions, where these differ."""
    stored = dict(Tag.objects.filter(count__gt=0).values_list("pk", "count"))
    counted = {row["tag"]: row["number"] for row in _counted(None)}
    return {
        tag: (stored.get(tag, 0), counted.get(tag, 0))
        for tag in stored.keys() | counted.keys()
        if stored.get(tag, 0) != counted.get(tag, 0)
    }


def tags_of(questions: QuerySet[Question]) -> set[int]:
    """The ids of the tags of these questions."""
    tagged = TaggedQuestion.objects.filter(content_object__in=questions.order_by().values("pk"))
    return set(tagged.values_list("tag", flat=True))


def _counted(tag_ids: list[int] | None) -> QuerySet[TaggedQuestion, dict[str, int]]:
    """Each of the tags with the number of its canonical pages, if it has any."""
    tagged = TaggedQuestion.objects.order_by()
    if tag_ids is None:
        # The canonical pages, said so that SQLite answers from an index instead of all rows; and
        # what is left out, which is little, instead of them, so that it goes tag by tag.
        listed = Subject.objects.filter(is_listed=True).values("pk")
        shown = Question.objects.indexable().not_redirected().filter(subject__in=listed)
        hidden = Question.objects.order_by().exclude(pk__in=shown.values("pk"))
        tagged = tagged.exclude(content_object__in=hidden.values("pk"))
    else:
        # Page by page: SQLite takes seventeen times as long for a list of all their pages first.
        shown = Question.objects.canonical_pages().filter(pk=OuterRef("content_object"))
        tagged = tagged.filter(Exists(shown), tag__in=tag_ids)
    return tagged.values("tag").annotate(number=Count("*"))


def _store_counts(tag_ids: list[int]) -> int:
    """Of a few tags, which are counted once: the largest may have half of the site's questions."""
    with transaction.atomic(savepoint=False):
        # Who counts the same tags waits here and then sees what this transaction wrote. New rows
        # that refer to the tags do not: two would wait for each other at their ends.
        named = Tag.objects.filter(pk__in=tag_ids).order_by("pk").select_for_update(no_key=True)
        stored = dict(named.values_list("pk", "count"))
        counted = {row["tag"]: row["number"] for row in _counted(tag_ids)}
        changed = [tag for tag, number in stored.items() if number != counted.get(tag, 0)]
        update_rows(Tag, ("count",), ((counted.get(tag, 0), tag) for tag in changed))
        touch_tags(changed)
        return len(changed)


def _store_all_counts() -> int:
    """Two statements, not one for each tag: an import counts a hundred thousand."""
    counted = _counted(None)
    sql, params = counted.query.sql_with_params()
    table = connection.ops.quote_name(Tag._meta.db_table)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        empty = Tag.objects.filter(count__gt=0).exclude(pk__in=counted.values("tag"))
        changed = list(empty.values_list("pk", flat=True))
        if changed:
            empty.update(count=0)
        cursor.execute(
            f"UPDATE {table} SET count = counted.number FROM ({sql}) AS counted"
            f" WHERE counted.tag = {table}.id AND counted.number <> {table}.count"
            f" RETURNING {table}.id",
            params,
        )
        changed += [pk for (pk,) in cursor.fetchall()]
        touch_tags(changed)
        return len(changed)

"""Topics: the questions that share a tag, and the stored number of them."""

from collections.abc import Mapping

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from learn.bulk import chunked, update_rows
from learn.models import CountedQuestion, Question, Tag, TaggedQuestion
from learn.models.question_queries import QuestionQuerySet
from learn.pages import touch_tags


def topic_questions(tag: Tag) -> QuestionQuerySet:
    """What the topic's page lists: canonical pages, by slug."""
    tagged = TaggedQuestion.objects.filter(tag=tag).values("content_object")
    return Question.objects.canonical_pages().filter(pk__in=tagged).order_by("slug", "pk")


def miscounted_tags() -> dict[int, tuple[int, int]]:
    """Tag -> (stored, true) number of questions, where these differ."""
    pages = Question.objects.canonical_pages().order_by()
    is_page = Exists(pages.filter(pk=OuterRef("content_object")))
    stored = dict(Tag.objects.filter(count__gt=0).values_list("pk", "count"))
    counted = {row["tag"]: row["number"] for row in _counted(is_page)}
    return {
        tag: (stored.get(tag, 0), counted.get(tag, 0))
        for tag in stored.keys() | counted.keys()
        if stored.get(tag, 0) != counted.get(tag, 0)
    }


def add_to_counts(tags: Mapping[int, int]) -> None:
    """Add to the stored numbers of these tags, in the caller's transaction. Whoever writes the
    same ones takes turns."""
    changes = {tag: number for tag, number in tags.items() if number}
    for chunk in chunked(sorted(changes)):
        named = Tag.objects.filter(pk__in=chunk).order_by("pk").select_for_update(no_key=True)
        stored = named.values_list("pk", "count")
        # What was miscounted before may not keep anybody from writing.
        update_rows(Tag, ("count",), [(max(n + changes[pk], 0), pk) for pk, n in stored])
        touch_tags(chunk)


def store_counts() -> int:
    """Of all tags, by what counts (`learn.counting`); returns how many had another number.

    Two statements, not one for each tag: an import counts a hundred thousand.
    """
    noted = CountedQuestion.objects.filter(question=OuterRef("content_object"), in_topics=True)
    is_counted = Exists(noted)
    counted = _counted(is_counted)
    sql, params = counted.query.sql_with_params()
    table = connection.ops.quote_name(Tag._meta.db_table)
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        bearing = TaggedQuestion.objects.filter(is_counted, tag=OuterRef("pk"))
        empty = Tag.objects.filter(~Exists(bearing), count__gt=0)
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


def _counted(is_counted: Exists) -> QuerySet[TaggedQuestion, dict[str, int]]:
    """Each tag with the number of those of its questions that are counted, if there are any."""
    tagged = TaggedQuestion.objects.order_by().filter(is_counted)
    return tagged.values("tag").annotate(number=Count("*"))

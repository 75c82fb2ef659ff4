"""Writes what is planned for a batch of files, inside the batch's transaction."""

from collections.abc import Iterable

from django.utils.translation import gettext

from learn.bulk import (
    chunked,
    insert_objects,
    insert_rows,
    last_id,
    new_ids,
    stored_as,
    update_objects,
)
from learn.models import Question, RelatedQuestion, Subject
from learn.pages import FEW, changing, touch_created
from learn.publishing import record_revision
from learn.search import indexing_together
from learn.seeds.plan import Plan
from learn.seeds.seed import Seed
from learn.tagging import TagWriter
from learn.totals import follow_tags


def write_plan(plan: Plan, tags: TagWriter) -> None:
    """Write the rows with their tags and related articles, and revisions of what is replaced."""
    for question in plan.replaced:
        record_revision(
            Question.objects.get(pk=question.pk), reason=gettext("before the seed file was taken")
        )
    created = [question for question, _ in plan.created]
    updated = [question for question, _ in plan.updated]
    with changing({question.pk for question in updated + plan.settled}) as changed:
        insert_questions(created)
        update_objects(Question, updated + plan.settled)
        tags.write({q.pk: q.seo_keywords for q in created}, are_new=True, counted=_listed(created))
        former_tags = tags.write({q.pk: q.seo_keywords for q in updated})
        for chunk in chunked(question.pk for question in updated):
            RelatedQuestion.objects.filter(question__in=chunk).delete()
        write_related([*plan.created, *plan.updated])
        if len(created) > FEW:
            touch_created(created)
        else:
            changed.update(question.pk for question in created)
    follow_tags(former_tags)


def insert_questions(questions: list[Question]) -> None:
    """Insert the questions and tell them their primary keys."""
    if not questions:
        return
    with indexing_together(questions):
        before = last_id(Question)
        insert_objects(Question, questions)
        ids, uid_of = new_ids(Question, "uid", before), stored_as(Question, "uid")
        for question in questions:
            question.pk = ids[uid_of(question.uid)]


def _listed(created: list[Question]) -> list[int]:
    """Which of these new questions topics list; `finish_steps` then counts them all."""
    listed = set(Subject.objects.listed().values_list("pk", flat=True)) if created else set()
    return [
        question.pk
        for question in created
        if question.subject_id in listed and question.is_published and not question.no_index
    ]


def write_related(questions: Iterable[tuple[Question, Seed]]) -> None:
    """Insert the related articles as written; resolve_related finds what they mean."""
    insert_rows(
        RelatedQuestion,
        ("question_id", "position", "seed_id", "title", "subject", "url"),
        (
            (question.pk, position, item.seed_id, item.title, item.subject, item.url)
            for question, seed in questions
            for position, item in enumerate(seed.related, start=1)
        ),
    )

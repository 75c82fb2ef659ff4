"""Every change of a question's content or state that people make, and what follows from it."""

import uuid
from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from learn.bulk import chunked
from learn.copies import choose_canonicals
from learn.models import Question, Revision
from learn.models.question import first_uid
from learn.redirects import record_move
from learn.related import resolve_related
from learn.tagging import TagWriter

# One text in every real file: while they are equal they change together.
TITLES = ("title", "article_title", "question")
# What a copy shares with its canonical page.
SHARED_FIELDS = (*TITLES, "answer")


def save_question(
    question: Question, *, by: AbstractBaseUser | None = None, reason: str = ""
) -> None:
    """Save a question that was created or edited at the desk. Effects, in order:

    the content as it was becomes a revision, if its version has none yet; titles that were
    equal stay equal; the row is written with a new version; an old public address redirects;
    tags follow the keywords; title and answer write through to its copies; the new content
    becomes a revision; references and canonical pages are settled. All in one transaction.
    """
    with transaction.atomic():
        before = (
            Question.objects.select_for_update(of=("self",))
            .select_related("subject", "author")
            .filter(pk=question.pk)
            .first()
        )
        if before is None:
            _set_free_uid(question)
        else:
            record_revision(before, reason="before an edit")
            _unite_titles(before, question)
            question.version = before.version + 1
        _complete_state(question)
        question.save()
        if before is not None:
            if before.path != question.path and before.is_published:
                record_move(before.path, question)
            # Back at an address of its own it needs no redirect from there.
            question.redirects.filter(old_path=str(question.path)).delete()
            _write_through(before, question, by=by)
        TagWriter().write({question.pk: question.seo_keywords})
        record_revision(question, by=by, reason=reason)
        settle_references()


def settle_references() -> None:
    """After a change of addresses, texts or states: references and canonical pages."""
    resolve_related()
    choose_canonicals()


def _set_free_uid(question: Question) -> None:
    """The uid of the first address, unless an older question (in the trash, renamed) has it."""
    uid = first_uid(question.path)
    question.uid = uuid.uuid4() if Question.objects.filter(uid=uid).exists() else uid


def _unite_titles(before: Question, question: Question) -> None:
    if len({getattr(before, name) for name in TITLES}) > 1:
        return
    changed = {getattr(question, name) for name in TITLES} - {before.title}
    if len(changed) == 1:
        for name in TITLES:
            setattr(question, name, next(iter(changed)))


def _complete_state(question: Question) -> None:
    """A state needs its moment: what is public and has none is published now."""
    if question.status in Question.PUBLIC_STATUSES and question.publish_at is None:
        question.publish_at = timezone.now()


def _write_through(before: Question, question: Question, *, by: AbstractBaseUser | None) -> None:
    """Copies hold their canonical page's title and answer, whoever edits that."""
    changed = [name for name in SHARED_FIELDS if getattr(before, name) != getattr(question, name)]
    if not changed:
        return
    for copy in question.copies.select_related("subject", "author"):
        record_revision(copy, reason="before an edit of its canonical page")
        for name in changed:
            setattr(copy, name, getattr(question, name))
        copy.version += 1
        copy.save()
        record_revision(copy, by=by, reason=f"edit of {question.path}")


def record_revision(
    question: Question, *, by: AbstractBaseUser | None = None, reason: str = ""
) -> None:
    """Keep the question's content as the revision of its version, unless there is one."""
    Revision.objects.get_or_create(
        question=question,
        number=question.version,
        defaults={"content": question.snapshot(), "created_by": by, "reason": reason},
    )


def set_status(questions: QuerySet[Question], status: str) -> int:
    """Bring questions into a state; returns how many changed. In one transaction.

    What becomes public and has no moment of publication is published now.
    """
    now = timezone.now()
    with transaction.atomic():
        changing = questions.exclude(status=status)
        if status in Question.PUBLIC_STATUSES:
            changing.filter(publish_at=None).update(publish_at=now)
        changed = changing.update(status=status, updated_at=now, pruned_at=None)
        settle_references()
    return changed


def prune(question_ids: Iterable[int]) -> None:
    """Unpublish imported questions whose files are gone; the file's return undoes it."""
    now = timezone.now()
    for chunk in chunked(question_ids):
        Question.objects.filter(pk__in=chunk).update(
            status=Question.Status.UNPUBLISHED, pruned_at=now, updated_at=now
        )


def republish_pruned(question_ids: Iterable[int]) -> None:
    """Publish again what only a missing file had unpublished."""
    for chunk in chunked(question_ids):
        Question.objects.filter(
            pk__in=chunk, status=Question.Status.UNPUBLISHED, pruned_at__isnull=False
        ).update(status=Question.Status.PUBLISHED, pruned_at=None, updated_at=timezone.now())

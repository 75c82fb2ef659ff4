"""Changes of a question's state, by what the table of transitions allows, and what follows."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from learn.bulk import chunked
from learn.models import Question, Review
from learn.pages import changing
from learn.publishing.effects import note_trash, settle_copies
from learn.readiness import obstacle
from learn.workflow.reviews import follow_status, open_reviews
from learn.workflow.rights import known_to, limit
from learn.workflow.transitions import Action, Transition, needs_another, transitions_of

# The actions that show a text to readers: what is not ready is left out.
PUBLISHING = (Action.APPROVE, Action.PUBLISH, Action.SCHEDULE)
# What a change of state changes.
STATE_FIELDS = ("status", "publish_at", "unpublish_at", "pruned_at")
# Questions that are deleted, with all that hangs on them, in one transaction.
PURGED_TOGETHER = 200
# How many questions change their status in one statement.
PIECE = 10_000


def perform(
    action: str, questions: QuerySet[Question], *, by: User | None = None
) -> list[Question]:
    """Take the action with those of the questions whose state allows it, and return these.

    `by` needs the permission of the table of transitions, and may do nothing in subjects that
    are not theirs; without `by` it is the site itself that acts. Kept in the log of acts.
    """
    with transaction.atomic():
        steps = plan(action, questions, by=by)
        for target, found in steps.items():
            # In large pieces, as each settles references and canonical pages anew.
            for pks in chunked((question.pk for question in found), PIECE):
                set_status(Question.objects.filter(pk__in=pks), target, by=by)
            if by is not None:
                message = _("Status: %s") % Question.Status(target).label
                LogEntry.objects.log_actions(by.pk, found, CHANGE, message)
        return [question for found in steps.values() for question in found]


def plan(
    action: str, questions: QuerySet[Question], *, by: User | None = None
) -> dict[str, list[Question]]:
    """State -> the questions that the action would bring into it, locked until the transaction
    ends; what its state, its subject or `by`'s permissions forbid is left out."""
    chosen = limit(questions, by) if by else questions
    ids = list(chosen.order_by().values_list("pk", flat=True))
    steps: dict[str, list[Question]] = {}
    for status, transition in transitions_of(action, by).items():
        for question in _eligible(action, status, ids, by):
            steps.setdefault(_target(transition, question), []).append(question)
    return steps


def request_changes(
    question: Question, *, by: User, note: str, line: int | None = None
) -> Review | None:
    """Give a text in review back to whoever handed it in, as a draft with a note.

    The note may be about a line of the answer (the first is 1). None if `by` may not, or if the
    question is no longer in review.
    """
    with transaction.atomic():
        open_reviews([question.pk])
        if not perform(Action.REQUEST_CHANGES, Question.objects.filter(pk=question.pk), by=by):
            transaction.set_rollback(True)
            return None
        rounds = Review.objects.filter(question=question).select_related("submitted_by")
        review = rounds.latest("pk")
        return_review(review, question.answer, by=by, note=note, line=line)
        return review


def return_review(
    review: Review, answer: str, *, by: User, note: str, line: int | None = None
) -> None:
    """End a round with a note, about a line of `answer` if there is such a line."""
    lines = answer.split("\n")
    review.decision, review.note = Review.Decision.RETURNED, note
    review.decided_by, review.decided_at = by, timezone.now()
    if line is not None and 0 < line <= len(lines):
        review.line, review.line_text = line, lines[line - 1]
    review.save()


def _target(transition: Transition, question: Question) -> str:
    is_to_come = question.publish_at is not None and question.publish_at > timezone.now()
    return transition.to_come if transition.to_come and is_to_come else transition.to


def _eligible(action: str, status: str, ids: Iterable[int], by: User | None) -> Iterable[Question]:
    questions = Question.objects.filter(status=status).select_related("subject")
    if action == Action.SCHEDULE:
        questions = questions.filter(publish_at__gt=timezone.now())
    if action == Action.RESTORE:
        ids = _restorable(ids)
    if by is not None and needs_another(by, status, action):
        questions = questions.exclude(reviews__submitted_by=by, reviews__decision="")
    # Locked, so that of two decisions at the same moment the second finds a state that is decided.
    questions = questions.locked().order_by("pk")
    for chunk in chunked(ids):
        for question in questions.filter(pk__in=chunk).defer("answer_html", "seed_source"):
            # The site itself republishes as it finds; people are held to the checklist.
            if by is None or action not in PUBLISHING or not obstacle(question, among=known_to(by)):
                yield question


def _restorable(ids: Iterable[int]) -> list[int]:
    """Of the trash, one question for each address that no other question has now."""
    trashed = Question.Status.TRASHED
    holder = Question.objects.exclude(status=trashed).filter(
        subject=OuterRef("subject"), slug=OuterRef("slug")
    )
    free = [
        row
        for chunk in chunked(ids)
        for row in Question.objects.filter(~Exists(holder), status=trashed, pk__in=chunk)
        .order_by()
        .values_list("updated_at", "pk", "subject", "slug")
    ]
    # The one that was thrown away last overwrites the others.
    latest = {(subject, slug): pk for _moment, pk, subject, slug in sorted(free)}
    return list(latest.values())


def set_status(questions: QuerySet[Question], status: str, *, by: User | None = None) -> int:
    """Bring questions into a state; returns how many changed. In one transaction.

    What is published has its moment now, if it had none or one still to come; a moment of
    unpublication that has passed is forgotten; that readers saw the question is not. The review
    queue follows. Nothing is asked: `perform` knows what is allowed to whom.
    """
    now = timezone.now()
    with transaction.atomic():
        others = questions.exclude(status=status)
        hashes: set[str] = set()
        former: dict[str, list[int]] = {}
        columns = ("pk", "status", "content_hash")
        for pk, before, content in others.order_by().values_list(*columns):
            former.setdefault(before, []).append(pk)
            hashes.add(content)
        ids = [pk for pks in former.values() for pk in pks]
        note_trash(ids, status, by)
        with changing(ids):
            others.filter(
                first_public_at=None,
                status__in=(*Question.PUBLIC_STATUSES, Question.Status.UNPUBLISHED),
                publish_at__lte=now,
            ).update(first_public_at=F("publish_at"))
            if status == Question.Status.PUBLISHED:
                others.filter(unpublish_at__lte=now).update(unpublish_at=None)
                others.filter(Q(publish_at=None) | Q(publish_at__gt=now)).update(publish_at=now)
            changed = others.update(status=status, updated_at=now, pruned_at=None)
        settle_copies(hashes)
        for before, pks in former.items():
            follow_status(pks, before, status, by=by)
    return changed


def put_back_states(states: Mapping[int, Mapping[str, Any]]) -> None:
    """Undo set_status(): each question (by id) has these values of STATE_FIELDS again.

    The caller has seen to it that their addresses are free.
    """
    with transaction.atomic():
        questions = list(Question.objects.filter(pk__in=states).locked().order_by("pk"))
        former = {question.pk: question.status for question in questions}
        for question in questions:
            question.note_first_public(question)
            for name in STATE_FIELDS:
                setattr(question, name, states[question.pk][name])
            question.updated_at = timezone.now()
        with changing(former.keys()):
            Question.objects.bulk_update(
                questions, [*STATE_FIELDS, "first_public_at", "updated_at"], batch_size=100
            )
        for status in {question.status for question in questions}:
            pks = [question.pk for question in questions if question.status == status]
            note_trash(pks, status, None)
        settle_copies({question.content_hash for question in questions})
        for question in questions:
            follow_status([question.pk], former[question.pk], question.status)


def purge_trash(days: int | None = None, *, dry_run: bool = False) -> int:
    """Delete for good what has been in the trash for `days` (by default settings.TRASH_DAYS);
    returns how many. Their addresses are unknown from then on."""
    until = timezone.now() - datetime.timedelta(days=settings.TRASH_DAYS if days is None else days)
    trashed = Question.objects.filter(status=Question.Status.TRASHED)
    # Of what an older version of the site threw away nobody noted when.
    unnoted = Q(trashed=None, updated_at__lt=until)
    due = trashed.filter(Q(trashed__trashed_at__lt=until) | unnoted)
    if dry_run:
        return due.count()
    purged = 0
    for chunk in chunked(list(due.order_by("pk").values_list("pk", flat=True)), PURGED_TOGETHER):
        with transaction.atomic():
            # One that was restored meanwhile stays.
            going = list(due.filter(pk__in=chunk).select_for_update(of=("self",)).values_list("pk"))
            Question.objects.filter(pk__in=[pk for (pk,) in going]).delete()
            purged += len(going)
    return purged


def prune(question_ids: Iterable[int]) -> None:
    """Unpublish imported questions whose files are gone; the file's return undoes it."""
    now = timezone.now()
    for chunk in chunked(question_ids):
        with changing(chunk):
            Question.objects.filter(pk__in=chunk).update(
                status=Question.Status.UNPUBLISHED, pruned_at=now, updated_at=now
            )


def republish_pruned(question_ids: Iterable[int]) -> None:
    """Publish again what only a missing file had unpublished."""
    for chunk in chunked(question_ids):
        pruned = Question.objects.filter(
            pk__in=chunk, status=Question.Status.UNPUBLISHED, pruned_at__isnull=False
        )
        with changing(chunk):
            pruned.update(
                status=Question.Status.PUBLISHED, pruned_at=None, updated_at=timezone.now()
            )

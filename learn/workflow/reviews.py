"""The review queue: what waits, who has claimed it, what was decided."""

import datetime
from collections.abc import Collection

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils import timezone

from learn.bulk import chunked
from learn.models import Proposal, Question, Review
from learn.workflow.rights import limit, subject_ids
from learn.workflow.transitions import needs_another_for

Status = Question.Status
Decision = Review.Decision

CLAIM = datetime.timedelta(minutes=15)
# The header's number stands on every page of the desk.
CACHE_KEY = "in_review_by_subject"
CACHE_SECONDS = 60
# Of live questions with a proposed change; the oldest come first.
PROPOSALS = 500


def in_review() -> QuerySet[Question]:
    """New texts in review, and live questions of which a change is proposed.

    The proposals' questions are asked for first: within one statement, no index would serve.
    """
    proposed = Proposal.objects.filter(state=Proposal.State.OPEN).values_list("question")
    ids = [pk for (pk,) in proposed[:PROPOSALS]]
    return Question.objects.filter(
        Q(status=Status.IN_REVIEW) | Q(pk__in=ids, status__in=Question.PUBLIC_STATUSES)
    )


def waiting(user: User) -> QuerySet[Question]:
    """The questions in review that the user may decide on and nobody else has claimed."""
    if not user.has_perm("learn.review_question"):
        return Question.objects.none()
    theirs = Review.objects.filter(
        Q(claimed_until__gt=timezone.now()) & ~Q(claimed_by=user), decision=Decision.OPEN
    )
    if needs_another_for(user):
        own = Review.objects.filter(decision=Decision.OPEN, submitted_by=user)
        theirs = theirs | own
    return limit(in_review(), user).exclude(Exists(theirs.filter(question=OuterRef("pk"))))


def waiting_by_subject(user: User) -> dict[int, int]:
    """Subject -> how many of its questions wait for the user."""
    counted = waiting(user).order_by().values_list("subject").annotate(Count("pk"))
    return dict(counted)


def count_in_review(user: User) -> int:
    """How many questions of the user's subjects are in review, claimed ones too.

    At most a minute old; every act of the desk brings it up to date.
    """
    counts: dict[int, int] | None = cache.get(CACHE_KEY)
    if counts is None:
        counts = dict(in_review().order_by().values_list("subject").annotate(Count("pk")))
        cache.set(CACHE_KEY, counts, CACHE_SECONDS)
    allowed = subject_ids(user)
    return sum(n for subject, n in counts.items() if allowed is None or subject in allowed)


def open_reviews(question_ids: Collection[int], *, by: User | None = None) -> None:
    """A place in the queue for each of the questions, which have just come into review."""
    for chunk in chunked(question_ids):
        Review.objects.bulk_create(
            [Review(question_id=pk, submitted_by=by) for pk in chunk], ignore_conflicts=True
        )


def close_reviews(question_ids: Collection[int], decision: str, *, by: User | None = None) -> None:
    """The questions' places in the queue are decided on, or given up."""
    for chunk in chunked(question_ids):
        Review.objects.filter(question__in=chunk, decision=Decision.OPEN).update(
            decision=decision, decided_by=by, decided_at=timezone.now()
        )


def follow_status(
    question_ids: Collection[int], before: str, after: str, *, by: User | None = None
) -> None:
    """What a change of state means for the queue."""
    if Status.IN_REVIEW in (before, after):
        forget_count()
    if after == Status.IN_REVIEW != before:
        open_reviews(question_ids, by=by)
    elif before == Status.IN_REVIEW != after:
        public = after in Question.PUBLIC_STATUSES
        close_reviews(question_ids, Decision.APPROVED if public else Decision.WITHDRAWN, by=by)


def forget_count() -> None:
    """Let the header count anew, once the change that is being made is certain."""
    transaction.on_commit(lambda: cache.delete(CACHE_KEY))


def claim_next(
    user: User, *, subject_id: int | None = None, skipped: Collection[int] = ()
) -> Review | None:
    """The oldest text that waits, claimed by the user for 15 minutes; what they hold comes first.

    Two who ask at once get different ones: on PostgreSQL the row that one of them holds is
    locked and skipped by the other, on SQLite their transactions follow each other.
    """
    with transaction.atomic():
        _fill_queue()
        questions = waiting(user)
        if subject_id is not None:
            questions = questions.filter(subject=subject_id)
        review = (
            _claimable(user)
            .filter(question__in=questions.values("pk"))
            .exclude(question__in=skipped)
            .select_for_update(skip_locked=True, of=("self",))
            .annotate(is_mine=Case(When(claimed_by=user, then=Value(0)), default=Value(1)))
            .order_by("is_mine", "submitted_at", "pk")
            .first()
        )
        if review is not None:
            _claim(review, user)
        return review


def claim(question: Question, user: User) -> Review:
    """The question's open review, claimed by the user unless somebody else has claimed it or
    has to decide."""
    with transaction.atomic():
        rounds = Review.objects.select_related("submitted_by", "claimed_by")
        rounds = rounds.filter(question=question, decision=Decision.OPEN)
        review = rounds.select_for_update(of=("self",)).first()
        if review is None:
            open_reviews([question.pk])
            review = rounds.select_for_update(of=("self",)).get()
        is_own = review.submitted_by_id == user.pk and needs_another_for(user)
        if not is_own and not review.is_claimed_by_another(user.pk):
            _claim(review, user)
        return review


def release(question: Question, user: User) -> None:
    """Give a claimed text back to the others."""
    Review.objects.filter(question=question, decision=Decision.OPEN, claimed_by=user).update(
        claimed_by=None, claimed_until=None
    )


def with_open_review(questions: QuerySet[Question]) -> QuerySet[Question]:
    """In the queue's order, each with its subject and, as a list, its `open_review`."""
    rounds = Review.objects.filter(decision=Decision.OPEN)
    first = rounds.filter(question=OuterRef("pk")).values("submitted_at")[:1]
    return (
        questions.select_related("subject")
        .only("title", "slug", "updated_at", "subject__title", "subject__slug")
        .annotate(submitted_at=Subquery(first))
        .order_by(F("submitted_at").asc(nulls_last=True), "pk")
        .prefetch_related(
            Prefetch(
                "reviews",
                rounds.select_related("submitted_by", "claimed_by"),
                to_attr="open_review",
            )
        )
    )


def last_return(question: Question) -> Review | None:
    """The round that ended with a note, if it was the last one."""
    last = Review.objects.filter(question=question).select_related("decided_by").order_by("-pk")
    review = last.first()
    return review if review and review.decision == Decision.RETURNED else None


def _claim(review: Review, user: User) -> None:
    review.claimed_by, review.claimed_until = user, timezone.now() + CLAIM
    review.save(update_fields=["claimed_by", "claimed_until"])


def _claimable(user: User) -> QuerySet[Review]:
    """Asked of the very rows that are locked: PostgreSQL looks at these again after it waited."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=timezone.now()) | Q(claimed_by=user)
    return Review.objects.filter(free, decision=Decision.OPEN)


def _fill_queue() -> None:
    """A place for what came into review without one, written by an import or by hand."""
    placed = Review.objects.filter(question=OuterRef("pk"), decision=Decision.OPEN)
    missing = Question.objects.filter(~Exists(placed), status=Status.IN_REVIEW)
    open_reviews(list(missing.values_list("pk", flat=True)))

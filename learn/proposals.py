"""Changes of live questions that wait for a reviewer instead of a moment."""

from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from learn import publishing
from learn.models import Proposal, Question, Review
from learn.schedules import fill, refuse_impossible
from learn.workflow import reviews
from learn.workflow.rights import may_work_in
from learn.workflow.transitions import AnyUser, needs_another_for

State = Proposal.State


class Taken(Exception):
    """Somebody else's change of the question is in review."""


def may_propose(user: AnyUser, question: Question) -> bool:
    return (
        question.status in Question.PUBLIC_STATUSES
        and user.has_perm("learn.change_question")
        and user.has_perm("learn.submit_question")
        and may_work_in(user, question.subject_id)
    )


def open_proposal(question: Question) -> Proposal | None:
    """The change that is in review, if readers can see the page or will."""
    if question.status not in Question.PUBLIC_STATUSES:
        return None
    found = Proposal.objects.filter(question=question.pk, state=State.OPEN)
    return found.select_related("created_by").first()


def returned_proposal(question: Question, user: User) -> Proposal | None:
    """The user's change that came back and was neither proposed anew nor given up."""
    found = Proposal.objects.filter(question=question.pk, state=State.RETURNED, created_by=user)
    return found.order_by("-pk").first()


def propose(question: Question, content: dict[str, Any], *, by: User, reason: str) -> Proposal:
    """Hand a change in; raises Taken while another one is in review."""
    with transaction.atomic():
        locked = Question.objects.locked().only("pk").get(pk=question.pk)
        if Proposal.objects.filter(question=locked, state=State.OPEN).exists():
            raise Taken
        Proposal.objects.filter(question=locked, state=State.RETURNED, created_by=by).update(
            state=State.DROPPED
        )
        proposal = Proposal.objects.create(
            question=question, content=content, created_by=by, reason=reason
        )
        # A place that an earlier act has left behind would be somebody else's.
        reviews.close_reviews([question.pk], Review.Decision.WITHDRAWN)
        reviews.open_reviews([question.pk], by=by)
        _keep(question, by, _("Change proposed"))
        return proposal


def approve(proposal: Proposal, *, by: User) -> None:
    """Write the change into the live page; raises UpdateFailed where it cannot be."""
    with transaction.atomic():
        question = Question.objects.locked().get(pk=proposal.question_id)
        fill(question, proposal.content)
        refuse_impossible(question)
        reason = proposal.reason or _("proposed change")
        publishing.save_question(question, by=proposal.created_by, reason=reason)
        _settle(proposal, State.APPLIED)
        reviews.close_reviews([question.pk], Review.Decision.APPROVED, by=by)
        _keep(question, by, _("Proposed change approved"))


def give_back(proposal: Proposal, *, by: User, note: str, line: int | None = None) -> Review:
    """Give the change back to whoever proposed it, with a note, perhaps about a line."""
    with transaction.atomic():
        _settle(proposal, State.RETURNED)
        rounds = Review.objects.select_related("submitted_by", "question")
        review = rounds.get(question=proposal.question_id, decision=Review.Decision.OPEN)
        answer = proposal.content.get("answer", review.question.answer)
        publishing.return_review(review, answer, by=by, note=note, line=line)
        _keep(review.question, by, _("Proposed change returned"))
        return review


def withdraw(proposal: Proposal, *, by: User) -> None:
    """Take one's own change back out of review, or give up one that came back."""
    with transaction.atomic():
        if proposal.state == State.OPEN:
            reviews.close_reviews([proposal.question_id], Review.Decision.WITHDRAWN, by=by)
        _settle(proposal, State.DROPPED)
        _keep(proposal.question, by, _("Proposed change withdrawn"))


def may_decide(user: User, proposal: Proposal) -> bool:
    """Whether the user may decide on the change, which may be their own."""
    return proposal.created_by_id != user.pk or not needs_another_for(user)


def _settle(proposal: Proposal, state: str) -> None:
    proposal.state = state
    proposal.save(update_fields=["state"])


def _keep(question: Question, by: User, message: str) -> None:
    reviews.forget_count()
    LogEntry.objects.log_actions(by.pk, [question], CHANGE, message)

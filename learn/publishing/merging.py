"""Questions that ask the same: one stands for both, or somebody says how they differ."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from learn.models import Distinction, Question, RelatedQuestion
from learn.models.tag import fold_keyword, split_keywords
from learn.pages import touch_pages
from learn.publishing.saving import record_revision, save_question
from learn.publishing.states import set_status
from learn.redirects import record_move


class MergeRefused(ValueError):
    """These two cannot be merged; the message says why."""


def merge(question: Question, into: Question, *, by: User) -> None:
    """Let `into` stand for `question` too, in one transaction: it gets the keywords that it lacks,
    the addresses (if readers knew them) and the references of others; the question goes to the
    trash with its revisions."""
    with transaction.atomic():
        rows = Question.objects.locked().select_related("subject", "author")
        found = {row.pk: row for row in rows.filter(pk__in=[question.pk, into.pk]).order_by("pk")}
        question, into = found[question.pk], found[into.pk]
        if question.pk == into.pk:
            raise MergeRefused(_("A question cannot be merged into itself."))
        if Question.Status.TRASHED in (question.status, into.status):
            raise MergeRefused(_("One of the two is in the trash."))
        record_revision(question, by=by, reason=_("before it was merged into %s") % str(into.path))
        set_status(Question.objects.filter(pk=question.pk), Question.Status.TRASHED)
        into.seo_keywords = _joined_keywords(into.seo_keywords, question.seo_keywords)
        save_question(into, by=by, reason=_("took over %s") % str(question.path))
        question.redirects.update(question=into)
        if question.may_be_known:
            record_move(question.path, into)
        into.redirects.filter(old_path=str(into.path)).delete()
        references = RelatedQuestion.objects.filter(target=question).exclude(question=into)
        touch_pages(references.values_list("question", flat=True))
        references.update(target=into)


def _joined_keywords(own: str, further: str) -> str:
    """The keywords of both, each tag once."""
    known = set(map(fold_keyword, split_keywords(own)))
    added = [word for word in split_keywords(further) if fold_keyword(word) not in known]
    return ", ".join([own.strip().rstrip(","), *added] if own.strip() else added)


def distinguish(question: Question, others: Iterable[Question], *, reason: str, by: User) -> None:
    """Keep why the question is another one than these, which are called nearly the same."""
    for other in others:
        Distinction.objects.update_or_create(
            question=question, other=other, defaults={"reason": reason, "created_by": by}
        )

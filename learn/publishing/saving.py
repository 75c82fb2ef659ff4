"""A question's content is written, one or many, and what follows from it."""

import uuid
from collections.abc import Callable, Iterable, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from learn.bulk import update_objects
from learn.faults import store_faults
from learn.models import Question, Redirect, RelatedQuestion, Revision
from learn.models.path import QuestionPath, first_uid
from learn.pages import changing
from learn.publishing.effects import note_trash, settle_copies
from learn.redirects import record_move
from learn.related import resolve_related
from learn.similar import fill_similar
from learn.tagging import TagWriter
from learn.workflow.reviews import follow_status

# One text in every real file: while they are equal they change together.
TITLES = ("title", "article_title", "question")
# What a copy shares with its canonical page.
SHARED_FIELDS = (*TITLES, "answer")


def save_question(
    question: Question,
    *,
    by: User | None = None,
    reason: str = "",
    save_related: Callable[[], None] = lambda: None,
) -> None:
    """Save a question that was created or edited at the desk. Effects, in order:

    the content as it was becomes a revision, if its version has none yet; titles that were
    equal stay equal, unless they were edited themselves; the row is written with a new version;
    `save_related` writes its related questions; an address that readers may know redirects; tags
    follow the keywords; title and answer write through to its copies; the new content becomes a
    revision; references, canonical pages and the counts of topics are settled; what a new text
    leads to is found, and what the checklist says of it; the review queue follows the state. All
    in one transaction.
    """
    with transaction.atomic():
        before = (
            Question.objects.locked()
            .select_related("subject", "author")
            .filter(pk=question.pk)
            .first()
        )
        if before is None:
            _set_free_uid(question)
        else:
            record_revision(before, reason=_("before an edit"))
            _follow_version(before, question)
        with changing([before.pk] if before else []) as changed:
            _complete_state(question)
            question.save()
            changed.add(question.pk)
            save_related()
            if (before is not None and before.status) != question.status:
                note_trash([question.pk], question.status, by)
            if before is not None:
                _follow_address(before, question)
                _write_through(before, question, by=by)
            former_tags = TagWriter().write({question.pk: question.seo_keywords})
        record_revision(question, by=by, reason=reason)
        resolve_related(RelatedQuestion.objects.filter(question=question))
        resolve_related(RelatedQuestion.objects.filter(url=str(question.path)))
        hashes = {version.content_hash for version in (before, question) if version}
        former_subjects = [before.subject_id] if before else []
        settle_copies(hashes, former_tags=former_tags, former_subjects=former_subjects)
        if before is None or before.content_hash != question.content_hash:
            fill_similar(question)
        store_faults([question])
        former = before.status if before else Question.Status.DRAFT
        follow_status([question.pk], former, question.status, by=by)


def save_questions(questions: Sequence[Question], *, by: User | None = None, reason: str) -> None:
    """What save_question() does, for many that exist already, in few statements and in one
    transaction. Their related questions stay as they are.

    What their new texts lead to is left to `relatequestions`, as after an import.
    """
    with transaction.atomic():
        pks = [question.pk for question in questions]
        befores = (
            Question.objects.locked()
            .select_related("subject", "author")
            .prefetch_related("related_questions")
            .filter(pk__in=pks)
            .order_by("pk")
            .in_bulk()
        )
        pairs = [(befores[question.pk], question) for question in questions]
        _record_revisions(befores.values(), reason=_("before an edit"))
        for before, question in pairs:
            _follow_version(before, question)
            _complete_state(question)
            question.derive()
            question.updated_at = timezone.now()
        with changing(pks):
            update_objects(Question, questions)
            _follow_addresses(pairs)
            repeated = set(
                Question.objects.filter(canonical__in=pks).values_list("canonical", flat=True)
            )
            for before, question in pairs:
                if question.pk in repeated:
                    _write_through(before, question, by=by)
            former_tags = TagWriter().write({q.pk: q.seo_keywords for q in questions})
        prefetch_related_objects(questions, "author", "related_questions")
        _record_revisions(questions, by=by, reason=reason)
        paths = [str(question.path) for question in questions]
        resolve_related(RelatedQuestion.objects.filter(question__in=pks))
        resolve_related(RelatedQuestion.objects.filter(url__in=paths))
        hashes = {version.content_hash for pair in pairs for version in pair}
        former_subjects = {before.subject_id for before, _question in pairs}
        settle_copies(hashes, former_tags=former_tags, former_subjects=former_subjects)
        store_faults(questions)


def _set_free_uid(question: Question) -> None:
    """The uid of the first address, unless an older question (in the trash, renamed) has it."""
    uid = first_uid(question.path)
    question.uid = uuid.uuid4() if Question.objects.filter(uid=uid).exists() else uid


def _follow_version(before: Question, question: Question) -> None:
    """What an edit entails within the row itself."""
    unite_titles(before, question)
    question.version = before.version + 1
    question.note_first_public(before)
    if before.subject_id != question.subject_id and before.subject_label == question.subject_label:
        # The file's spelling of the subject that it had.
        question.subject_label = ""


def unite_titles(before: Question, question: Question) -> None:
    """What was the title's text follows the title, unless it was edited itself."""
    for name in TITLES[1:]:
        if getattr(before, name) == getattr(question, name) == before.title:
            setattr(question, name, question.title)


def _follow_address(before: Question, question: Question) -> None:
    if before.path != question.path and before.may_be_known and not _is_taken(before.path):
        record_move(before.path, question)
    # Back at an address of its own it needs no redirect from there.
    question.redirects.filter(old_path=str(question.path)).delete()


def _is_taken(path: QuestionPath) -> bool:
    """Whether another question has the address by now, as one that left the trash finds it."""
    return Question.objects.exclude(status=Question.Status.TRASHED).at(path).exists()


def _follow_addresses(pairs: Sequence[tuple[Question, Question]]) -> None:
    """_follow_address() for many: most have stayed where they are, and nothing leads there."""
    paths = {question.pk: str(question.path) for _before, question in pairs}
    leading = Redirect.objects.filter(question__in=paths, old_path__in=paths.values())
    circular = {redirect.question_id for redirect in leading}
    for before, question in pairs:
        if before.path != question.path or question.pk in circular:
            _follow_address(before, question)


def _complete_state(question: Question) -> None:
    """A state needs its moment: what is public and has none is published now."""
    if question.status in Question.PUBLIC_STATUSES and question.publish_at is None:
        question.publish_at = timezone.now()


def _write_through(before: Question, question: Question, *, by: User | None) -> None:
    """Copies hold their canonical page's title and answer, whoever edits that."""
    changed = [name for name in SHARED_FIELDS if getattr(before, name) != getattr(question, name)]
    if not changed:
        return
    for copy in question.copies.select_related("subject", "author"):
        record_revision(copy, reason=_("before an edit of its canonical page"))
        for name in changed:
            setattr(copy, name, getattr(question, name))
        copy.version += 1
        copy.save()
        record_revision(copy, by=by, reason=_("edit of %s") % str(question.path))


def record_revision(question: Question, *, by: User | None = None, reason: str = "") -> None:
    """Keep the question's content as the revision of its version, unless there is one."""
    Revision.objects.get_or_create(
        question=question,
        number=question.version,
        defaults={"content": question.snapshot(), "created_by": by, "reason": reason},
    )


def _record_revisions(
    questions: Iterable[Question], *, by: User | None = None, reason: str
) -> None:
    """record_revision() for many."""
    Revision.objects.bulk_create(
        [
            Revision(
                question=question,
                number=question.version,
                content=question.snapshot(),
                created_by=by,
                reason=reason,
            )
            for question in questions
        ],
        ignore_conflicts=True,
    )

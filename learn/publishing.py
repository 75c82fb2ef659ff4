"""Every change of a question's content or state that people make, and what follows from it."""

import uuid
from collections.abc import Callable, Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from learn.bulk import chunked
from learn.copies import choose_canonicals
from learn.models import Question, RelatedQuestion, Revision, Tag
from learn.models.path import first_uid
from learn.redirects import record_move
from learn.related import resolve_related
from learn.similar import fill_similar
from learn.tagging import TagWriter
from learn.topics import count_questions, tags_of

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
    `save_related` writes its related questions; an old public address redirects; tags follow
    the keywords; title and answer write through to its copies; the new content becomes a
    revision; references, canonical pages and the counts of topics are settled; what a new text
    leads to is found. All in one transaction.
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
            record_revision(before, reason=_("before an edit"))
            _unite_titles(before, question)
            question.version = before.version + 1
            if before.subject_id != question.subject_id:
                # The file's spelling of the subject that it had.
                question.subject_label = ""
        _complete_state(question)
        question.save()
        save_related()
        if before is not None:
            _follow_address(before, question)
            _write_through(before, question, by=by)
        old_tags = tags_of(Question.objects.filter(pk=question.pk))
        TagWriter().write({question.pk: question.seo_keywords})
        record_revision(question, by=by, reason=reason)
        resolve_related(RelatedQuestion.objects.filter(question=question))
        resolve_related(RelatedQuestion.objects.filter(url=str(question.path)))
        hashes = {version.content_hash for version in (before, question) if version}
        _settle_copies(hashes, old_tags)
        if before is None or before.content_hash != question.content_hash:
            fill_similar(question)


def settle_references() -> None:
    """After a change that concerns many pages (of a subject, of redirects): all references,
    canonical pages and counts of topics anew."""
    resolve_related()
    choose_canonicals()
    count_questions()


def _settle_copies(hashes: set[str], further_tags: Iterable[int] = ()) -> None:
    """Canonical pages of these contents anew, and the counts of the topics that this concerns."""
    concerned = Question.objects.filter(
        Q(content_hash__in=hashes) | Q(canonical__content_hash__in=hashes)
    )
    tags = tags_of(concerned).union(further_tags)
    choose_canonicals(hashes)
    count_questions(tags)


def _set_free_uid(question: Question) -> None:
    """The uid of the first address, unless an older question (in the trash, renamed) has it."""
    uid = first_uid(question.path)
    question.uid = uuid.uuid4() if Question.objects.filter(uid=uid).exists() else uid


def _unite_titles(before: Question, question: Question) -> None:
    """What was the title's text follows the title, unless it was edited itself."""
    for name in TITLES[1:]:
        if getattr(before, name) == getattr(question, name) == before.title:
            setattr(question, name, question.title)


def _follow_address(before: Question, question: Question) -> None:
    if before.path != question.path and before.is_published:
        record_move(before.path, question)
    # Back at an address of its own it needs no redirect from there.
    question.redirects.filter(old_path=str(question.path)).delete()


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


def set_status(questions: QuerySet[Question], status: str) -> int:
    """Bring questions into a state; returns how many changed. In one transaction.

    What is published has its moment now, if it had none or one still to come; a moment of
    unpublication that has passed is forgotten.
    """
    now = timezone.now()
    with transaction.atomic():
        changing = questions.exclude(status=status)
        hashes = set(changing.values_list("content_hash", flat=True))
        if status == Question.Status.PUBLISHED:
            changing.filter(unpublish_at__lte=now).update(unpublish_at=None)
            changing.filter(Q(publish_at=None) | Q(publish_at__gt=now)).update(publish_at=now)
        changed = changing.update(status=status, updated_at=now, pruned_at=None)
        _settle_copies(hashes)
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


def set_alias(tag: Tag, stands_for: Tag | None) -> None:
    """Let a tag stand for another one, or (None) for itself again. In one transaction.

    The questions with its keyword bear the other tag instead; what stood for it stands for the
    other one too, so that an alias never leads to an alias.
    """
    with transaction.atomic():
        former = [tag.pk, *([tag.alias_of_id] if tag.alias_of_id else [])]
        target = stands_for.alias_of or stands_for if stands_for else None
        tag.alias_of = None if target == tag else target
        tag.save()
        if tag.alias_of is not None:
            tag.aliases.update(alias_of=tag.alias_of)
        bearers = Question.objects.filter(tagged_items__tag__in=former).distinct()
        keywords = dict(bearers.values_list("pk", "seo_keywords"))
        TagWriter().write(keywords)
        count_questions({*former, *([tag.alias_of_id] if tag.alias_of_id else [])})

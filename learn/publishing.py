"""Every change of a question's content or state that people make, and what follows from it."""

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from learn.bulk import chunked, update_objects
from learn.copies import choose_canonicals
from learn.faults import store_faults
from learn.models import (
    Distinction,
    Question,
    Redirect,
    RelatedQuestion,
    Review,
    Revision,
    Tag,
    TrashedQuestion,
)
from learn.models.path import first_uid
from learn.models.tag import fold_keyword, split_keywords
from learn.readiness import obstacle
from learn.redirects import record_move
from learn.related import resolve_related
from learn.similar import fill_similar
from learn.tagging import TagWriter
from learn.topics import count_questions, tags_of
from learn.workflow.reviews import follow_status, open_reviews
from learn.workflow.rights import limit
from learn.workflow.transitions import Action, Transition, needs_another, transitions_of

# One text in every real file: while they are equal they change together.
TITLES = ("title", "article_title", "question")
# What a copy shares with its canonical page.
SHARED_FIELDS = (*TITLES, "answer")
# The actions that show a text to readers: what is not ready is left out.
PUBLISHING = (Action.APPROVE, Action.PUBLISH, Action.SCHEDULE)
# What a change of state changes.
STATE_FIELDS = ("status", "publish_at", "unpublish_at", "pruned_at")
# Questions that are deleted, with all that hangs on them, in one transaction.
PURGED_TOGETHER = 200
# How many questions change their status in one statement.
PIECE = 10_000


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
            Question.objects.select_for_update(of=("self",))
            .select_related("subject", "author")
            .filter(pk=question.pk)
            .first()
        )
        if before is None:
            _set_free_uid(question)
        else:
            record_revision(before, reason=_("before an edit"))
            _follow_version(before, question)
        _complete_state(question)
        question.save()
        save_related()
        if (before is not None and before.status) != question.status:
            _note_trash([question.pk], question.status, by)
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
            Question.objects.select_for_update(of=("self",))
            .select_related("subject", "author")
            .prefetch_related("related_questions")
            .in_bulk(pks)
        )
        pairs = [(befores[question.pk], question) for question in questions]
        _record_revisions(befores.values(), reason=_("before an edit"))
        for before, question in pairs:
            _follow_version(before, question)
            _complete_state(question)
            question.derive()
            question.updated_at = timezone.now()
        update_objects(Question, questions)
        _follow_addresses(pairs)
        repeated = set(
            Question.objects.filter(canonical__in=pks).values_list("canonical", flat=True)
        )
        for before, question in pairs:
            if question.pk in repeated:
                _write_through(before, question, by=by)
        old_tags = tags_of(Question.objects.filter(pk__in=pks))
        TagWriter().write({question.pk: question.seo_keywords for question in questions})
        prefetch_related_objects(questions, "author", "related_questions")
        _record_revisions(questions, by=by, reason=reason)
        paths = [str(question.path) for question in questions]
        resolve_related(RelatedQuestion.objects.filter(question__in=pks))
        resolve_related(RelatedQuestion.objects.filter(url__in=paths))
        _settle_copies({version.content_hash for pair in pairs for version in pair}, old_tags)
        store_faults(questions)


def settle_references() -> None:
    """After a change that concerns many pages (of a subject, of redirects): all references,
    canonical pages and counts of topics anew."""
    resolve_related()
    choose_canonicals()
    count_questions()


def _settle_copies(hashes: set[str], further_tags: Iterable[int] = ()) -> None:
    """Canonical pages of these contents anew, and the counts of the topics that this concerns."""
    alike = Question.objects.filter(content_hash__in=hashes)
    # Asked for one after the other: together, no index would serve.
    copies = Question.objects.filter(canonical__in=alike.values("pk"))
    tags = tags_of(alike).union(tags_of(copies), further_tags)
    choose_canonicals(hashes)
    count_questions(tags)


def _set_free_uid(question: Question) -> None:
    """The uid of the first address, unless an older question (in the trash, renamed) has it."""
    uid = first_uid(question.path)
    question.uid = uuid.uuid4() if Question.objects.filter(uid=uid).exists() else uid


def _follow_version(before: Question, question: Question) -> None:
    """What an edit entails within the row itself."""
    unite_titles(before, question)
    question.version = before.version + 1
    if before.subject_id != question.subject_id and before.subject_label == question.subject_label:
        # The file's spelling of the subject that it had.
        question.subject_label = ""


def unite_titles(before: Question, question: Question) -> None:
    """What was the title's text follows the title, unless it was edited itself."""
    for name in TITLES[1:]:
        if getattr(before, name) == getattr(question, name) == before.title:
            setattr(question, name, question.title)


def _follow_address(before: Question, question: Question) -> None:
    if before.path != question.path and _was_public(before):
        record_move(before.path, question)
    # Back at an address of its own it needs no redirect from there.
    question.redirects.filter(old_path=str(question.path)).delete()


def _follow_addresses(pairs: Sequence[tuple[Question, Question]]) -> None:
    """_follow_address() for many: most have stayed where they are, and nothing leads there."""
    paths = {question.pk: str(question.path) for _before, question in pairs}
    leading = Redirect.objects.filter(question__in=paths, old_path__in=paths.values())
    circular = {redirect.question_id for redirect in leading}
    for before, question in pairs:
        if before.path != question.path or question.pk in circular:
            _follow_address(before, question)


def _was_public(question: Question) -> bool:
    """Whether readers may know the address: it is public, or was until it was taken back."""
    kept_back = (Question.Status.DRAFT, Question.Status.IN_REVIEW, Question.Status.TRASHED)
    return (
        question.status not in kept_back
        and question.publish_at is not None
        and question.publish_at <= timezone.now()
    )


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


def perform(
    action: str, questions: QuerySet[Question], *, by: User | None = None
) -> list[Question]:
    """Take the action with those of the questions whose state allows it, and return these.

    `by` needs the permission of the table of transitions, and may do nothing in subjects that
    are not theirs; without `by` it is the site itself that acts. Kept in the log of acts.
    """
    with transaction.atomic():
        steps = plan(action, questions, by=by)
        for target, changing in steps.items():
            # In large pieces, as each settles references and canonical pages anew.
            for pks in chunked((question.pk for question in changing), PIECE):
                set_status(Question.objects.filter(pk__in=pks), target, by=by)
            if by is not None:
                message = _("Status: %s") % Question.Status(target).label
                LogEntry.objects.log_actions(by.pk, changing, CHANGE, message)
        return [question for changing in steps.values() for question in changing]


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
    questions = questions.select_for_update(of=("self",)).order_by("pk")
    for chunk in chunked(ids):
        for question in questions.filter(pk__in=chunk).defer("answer_html", "seed_source"):
            # The site itself republishes as it finds; people are held to the checklist.
            if by is None or action not in PUBLISHING or not obstacle(question):
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
    unpublication that has passed is forgotten. The review queue follows. Nothing is asked:
    `perform` knows what is allowed to whom.
    """
    now = timezone.now()
    with transaction.atomic():
        changing = questions.exclude(status=status)
        hashes = set(changing.values_list("content_hash", flat=True))
        _note_trash(changing.order_by().values_list("pk", flat=True), status, by)
        former: dict[str, list[int]] = {}
        for pk, before in changing.order_by().values_list("pk", "status"):
            former.setdefault(before, []).append(pk)
        if status == Question.Status.PUBLISHED:
            changing.filter(unpublish_at__lte=now).update(unpublish_at=None)
            changing.filter(Q(publish_at=None) | Q(publish_at__gt=now)).update(publish_at=now)
        changed = changing.update(status=status, updated_at=now, pruned_at=None)
        _settle_copies(hashes)
        for before, pks in former.items():
            follow_status(pks, before, status, by=by)
    return changed


def _note_trash(question_ids: Iterable[int], status: str, by: User | None) -> None:
    """Who threw away what comes into the trash; nothing about what leaves it."""
    for chunk in chunked(list(question_ids)):
        TrashedQuestion.objects.filter(question__in=chunk).delete()
        if status == Question.Status.TRASHED:
            TrashedQuestion.objects.bulk_create(
                TrashedQuestion(question_id=pk, trashed_by=by) for pk in chunk
            )


def put_back_states(states: Mapping[int, Mapping[str, Any]]) -> None:
    """Undo set_status(): each question (by id) has these values of STATE_FIELDS again.

    The caller has seen to it that their addresses are free.
    """
    with transaction.atomic():
        questions = list(Question.objects.filter(pk__in=states).select_for_update())
        former = {question.pk: question.status for question in questions}
        for question in questions:
            for name in STATE_FIELDS:
                setattr(question, name, states[question.pk][name])
            question.updated_at = timezone.now()
        Question.objects.bulk_update(questions, [*STATE_FIELDS, "updated_at"], batch_size=100)
        for status in {question.status for question in questions}:
            pks = [question.pk for question in questions if question.status == status]
            _note_trash(pks, status, None)
        _settle_copies({question.content_hash for question in questions})
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
        Question.objects.filter(pk__in=chunk).update(
            status=Question.Status.UNPUBLISHED, pruned_at=now, updated_at=now
        )


def republish_pruned(question_ids: Iterable[int]) -> None:
    """Publish again what only a missing file had unpublished."""
    for chunk in chunked(question_ids):
        Question.objects.filter(
            pk__in=chunk, status=Question.Status.UNPUBLISHED, pruned_at__isnull=False
        ).update(status=Question.Status.PUBLISHED, pruned_at=None, updated_at=timezone.now())


class MergeRefused(ValueError):
    """These two cannot be merged; the message says why."""


def merge(question: Question, into: Question, *, by: User) -> None:
    """Let `into` stand for `question` too, in one transaction: it gets the keywords that it lacks,
    the addresses (if readers knew them) and the references of others; the question goes to the
    trash with its revisions."""
    with transaction.atomic():
        rows = Question.objects.select_for_update(of=("self",)).select_related("subject", "author")
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
        if question.publish_at is not None and question.publish_at <= timezone.now():
            record_move(question.path, into)
        into.redirects.filter(old_path=str(into.path)).delete()
        RelatedQuestion.objects.filter(target=question).exclude(question=into).update(target=into)


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


def rename_tag(tag: Tag, name: str) -> Tag:
    """Let the tag bear another name; returns the tag that bears it then. In one transaction.

    Another spelling of one keyword stays one tag. Another keyword is another tag, which is made
    if there is none, and which the old one stands for from then on: its address redirects, and
    no question's keywords change. If there is one already, the two become one.
    """
    with transaction.atomic():
        key = fold_keyword(name)
        if key == tag.key:
            tag.name = name
            tag.save()
            return tag
        target, _is_new = Tag.objects.get_or_create(key=key, defaults={"name": name})
        if target.alias_of_id is not None:
            # A name that the tag had before; it is the one that counts again.
            set_alias(target, None)
        set_alias(tag, target)
        return target


def merge_tags(tags: Iterable[Tag], into: Tag) -> None:
    """Let these tags stand for another one. In one transaction."""
    with transaction.atomic():
        for tag in tags:
            if tag != into:
                set_alias(tag, into)

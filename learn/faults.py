"""The checklist with what it needs of the database, and the stored report of what it finds."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import resolve

from learn.bulk import chunked
from learn.checklist import Content, Finding, Target, check, internal_addresses
from learn.models import Fault, Question, Redirect, Subject, Tag, Upload
from learn.models.fault import DETAIL_MAX_LENGTH
from learn.models.path import QuestionPath
from learn.models.question import DESCRIPTION_START, DESCRIPTION_START_LENGTH
from learn.redirects import find_by_slug

CHUNK = 500
# Enough to say that there are many.
TWINS_COUNTED = 100

CHECKED_FIELDS = ("title", "answer", "seo_title", "seo_description")


def findings_of(question: Question) -> list[Finding]:
    """What the checklist says of a question as it stands in memory, saved or not."""
    targets = find_targets(internal_addresses(question.answer, settings.SITE_URL))
    return check(_content(question, count_twins(question), targets))


def _content(question: Question, twins: int, targets: Mapping[str, Target]) -> Content:
    return Content(
        title=question.title,
        answer=question.answer,
        seo_title=question.seo_title,
        seo_description=question.seo_description,
        twins=twins,
        targets=targets,
        site=settings.SITE_URL,
    )


def blocking(findings: Iterable[Finding], stored: Question | None) -> list[Finding]:
    """The errors for which the question cannot be published; those of a page that readers see
    already do not count: what was published with them stays."""
    errors = [finding for finding in findings if finding.is_error]
    if errors and stored is not None and stored.status in Question.PUBLIC_STATUSES:
        known = Counter(f.identity for f in findings_of(stored) if f.is_error)
        fresh = []
        for error in errors:
            known[error.identity] -= 1
            if known[error.identity] < 0:
                fresh.append(error)
        return fresh
    return errors


def count_twins(question: Question) -> int:
    """How many other pages have the same description, copies left out; counted to a limit."""
    description = question.seo_description
    if not description.strip() or question.canonical_id is not None:
        return 0
    # Compared whole only here: asked for both, SQLite would not use the index.
    alike = Question.objects.alias(start=DESCRIPTION_START).filter(
        start=description[:DESCRIPTION_START_LENGTH]
    )
    others = _described(alike).exclude(pk=question.pk)
    rows = others.values_list("seo_description", flat=True)[:TWINS_COUNTED]
    return sum(row == description for row in rows)


def _described(questions: QuerySet[Question]) -> QuerySet[Question]:
    return questions.filter(canonical=None).exclude(status=Question.Status.TRASHED).order_by()


# --- links


def find_targets(addresses: Iterable[str]) -> dict[str, Target]:
    """What is at each of these addresses of the site."""
    wanted = set(addresses)
    if not wanted:
        return {}
    places = {address: _Place(address) for address in wanted}
    pages = _states(place.path for place in places.values() if place.path)
    subjects = set(Subject.objects.values_list("slug", flat=True))
    topics = {place.topic for place in places.values() if place.topic}
    open_topics = set(
        Tag.objects.with_page().filter(slug__in=topics).values_list("slug", flat=True)
    )
    wanted_pictures = {place.picture for place in places.values() if place.picture}
    pictures = set(
        Upload.objects.filter(name__in=wanted_pictures).values_list("name", flat=True)
        if wanted_pictures
        else ()
    )
    known = _Known(pages, subjects, open_topics, pictures)
    return {address: place.target(known) for address, place in places.items()}


class _Known(NamedTuple):
    """What there is on the site, of what is asked for."""

    pages: dict[QuestionPath, Target]
    subjects: set[str]
    topics: set[str]
    pictures: set[str]


class _Place:
    """An address, taken apart as the site's addresses are."""

    def __init__(self, address: str) -> None:
        tidy = address.lower().rstrip("/").removesuffix(".html") or "/"
        self.is_tidy = tidy == address
        match = resolve(tidy)
        self.app, self.name = match.app_name, match.url_name
        subject, slug = match.kwargs.get("subject"), match.kwargs.get("slug")
        self.path = QuestionPath(subject, slug) if subject and slug else None
        self.subject = subject
        self.picture = match.kwargs.get("name") if self.name == "picture" else None
        self.topic = match.kwargs.get("topic") or (slug if not subject else None)

    def target(self, known: _Known) -> Target:
        if self.app != "learn" or self.name == "not_found":
            found = Target.MISSING
        elif self.path:
            found = known.pages.get(self.path, Target.MISSING)
        elif self.subject:
            found = Target.OPEN if self.subject in known.subjects else Target.MISSING
        elif self.topic and str(self.name).startswith("topic"):
            found = Target.OPEN if self.topic in known.topics else Target.MISSING
        elif self.picture:
            found = Target.OPEN if self.picture in known.pictures else Target.MISSING
        else:
            found = Target.OPEN
        return Target.MOVED if found is Target.OPEN and not self.is_tidy else found


def _states(paths: Iterable[QuestionPath]) -> dict[QuestionPath, Target]:
    wanted = set(paths)
    found: dict[QuestionPath, Target] = {}
    for slugs in chunked({path.slug for path in wanted}):
        rows = Question.objects.exclude(status=Question.Status.TRASHED).filter(slug__in=slugs)
        rows = rows.select_related("subject").only(
            "slug", "status", "publish_at", "unpublish_at", "subject__slug"
        )
        for question in rows:
            found[question.path] = Target.OPEN if question.is_published else Target.HIDDEN
    missing = {str(path): path for path in wanted - found.keys()}
    for addresses in chunked(missing):
        redirects = Redirect.objects.filter(old_path__in=addresses).select_related("question")
        for redirect in redirects.defer("question__answer", "question__answer_html"):
            state = Target.MOVED if redirect.question.is_published else Target.HIDDEN
            found[missing[redirect.old_path]] = state
    for path in wanted - found.keys():
        found[path] = Target.MOVED if find_by_slug(path.slug) else Target.MISSING
    return found


# --- the stored report


def store_faults(questions: Sequence[Question]) -> int:
    """Replace what is stored of these questions by what is found now; returns how many faults."""
    twins = {question.pk: count_twins(question) for question in questions}
    return _store(questions, twins)


def store_all_faults(progress: Callable[[int], None] = lambda count: None) -> int:
    """Check every question but the trash; some hundred to a transaction, safe to interrupt."""
    twins = _all_twins()
    questions = (
        Question.objects.exclude(status=Question.Status.TRASHED)
        .only(*CHECKED_FIELDS, "canonical")
        .order_by("pk")
    )
    Fault.objects.filter(question__status=Question.Status.TRASHED).delete()
    total = after = 0
    while chunk := list(questions.filter(pk__gt=after)[:CHUNK]):
        counts = {
            question.pk: min(twins.get(question.seo_description, 1) - 1, TWINS_COUNTED)
            for question in chunk
            if question.canonical_id is None
        }
        total += _store(chunk, counts)
        after = chunk[-1].pk
        progress(len(chunk))
    return total


def _all_twins() -> dict[str, int]:
    repeated = (
        _described(Question.objects.exclude(seo_description=""))
        .values("seo_description")
        .annotate(number=Count("*"))
        .filter(number__gt=1)
    )
    return dict(repeated.values_list("seo_description", "number"))


def _store(questions: Sequence[Question], twins: dict[int, int]) -> int:
    links = [internal_addresses(question.answer, settings.SITE_URL) for question in questions]
    targets = find_targets(address for found in links for address in found)
    faults = []
    for question in questions:
        content = _content(question, twins.get(question.pk, 0), targets)
        faults += [
            Fault(
                question_id=question.pk,
                code=finding.code,
                is_error=finding.is_error,
                line=finding.line,
                field=finding.field,
                detail=finding.detail[:DETAIL_MAX_LENGTH],
            )
            for finding in check(content)
        ]
    with transaction.atomic():
        Fault.objects.filter(question__in=[question.pk for question in questions]).delete()
        Fault.objects.bulk_create(faults, batch_size=CHUNK)
    return len(faults)


def faults_by_subject() -> list[tuple[Subject, int, int]]:
    """(subject, errors, warnings) of the stored report, the most errors first."""
    counts = {
        row["question__subject"]: (row["errors"], row["warnings"])
        for row in Fault.objects.order_by()
        .values("question__subject")
        .annotate(
            errors=Count("pk", filter=Q(is_error=True)),
            warnings=Count("pk", filter=Q(is_error=False)),
        )
    }
    subjects = Subject.objects.in_bulk(counts)
    rows = [(subjects[pk], *numbers) for pk, numbers in counts.items()]
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0].title))

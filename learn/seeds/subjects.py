"""The list of subjects (subjects.csv): which there are, their titles, whether they are listed."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from learn.models import Subject
from learn.models.subject import SUBJECT_TITLE_MAX_LENGTH
from learn.pages import touch_subject
from learn.validators import SLUG, SLUG_MAX_LENGTH

COLUMNS = ("slug", "title", "is_listed")


class SubjectListError(ValueError):
    """The list cannot be read; the message names line and reason."""


def load_subjects(rows: Iterable[Mapping[str, str | None]], *, dry_run: bool = False) -> int:
    """Create or change subjects as the rows say, all or none; returns how many changed.

    Raises SubjectListError before anything is written.
    """
    wanted = [_checked(number, row) for number, row in enumerate(rows, start=2)]
    existing = {subject.slug: subject for subject in Subject.objects.all()}
    changed = []
    for slug, title, is_listed in wanted:
        subject = existing.get(slug) or Subject(slug=slug)
        if subject.pk is None or (subject.title, subject.is_listed) != (title, is_listed):
            subject.title, subject.is_listed = title, is_listed
            changed.append(subject)
    if not dry_run:
        with transaction.atomic():
            for subject in changed:
                subject.save()
                touch_subject(subject.pk)
    return len(changed)


def _checked(line: int, row: Mapping[str, str | None]) -> tuple[str, str, bool]:
    slug, title, is_listed = ((row.get(name) or "").strip() for name in COLUMNS)
    if len(title) > SUBJECT_TITLE_MAX_LENGTH or len(slug) > SLUG_MAX_LENGTH:
        raise SubjectListError(
            f"line {line}: a title has at most {SUBJECT_TITLE_MAX_LENGTH} characters, a slug at "
            f"most {SLUG_MAX_LENGTH}"
        )
    if not SLUG.fullmatch(slug) or not title or is_listed.lower() not in ("true", "false"):
        raise SubjectListError(
            f"line {line}: expected slug,title,is_listed, for example chemistry,Chemistry,true"
        )
    return slug, title, is_listed.lower() == "true"

"""What was uploaded: kept, looked through, loaded."""

import datetime
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django import forms
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learn.admin.choices import forget_choices
from learn.models import Author, Question, SeedUpload, Subject
from learn.models.path import QuestionPath
from learn.publishing import record_revision
from learn.redirects import find_questions
from learn.seeds.importer import load_seeds
from learn.seeds.options import Options, Side
from learn.seeds.preview import Outcome, Preview, preview_files
from learn.seeds.report import Report
from learn.seeds.sources import SourceFile, read_source

# An upload's size, and its files' number and size unpacked: what one request can work through.
# For more there is `loadseeds`.
MAX_UPLOAD, MAX_UNPACKED, MAX_FILES = 20_000_000, 60_000_000, 2_000
KEPT = datetime.timedelta(days=1)
# Files that the page lists.
SHOWN = 200
SUFFIXES = (".md", ".zip")
TOO_MUCH = gettext_lazy(
    "The archive holds more than %(files)s files, or more than %(size)s MB unpacked. Upload it in "
    "parts, or let an operator load it with “loadseeds”."
)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A seed file (.md), or a zip archive of some."),
        widget=forms.ClearableFileInput(attrs={"accept": ".md,.zip"}),
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if not str(file.name).lower().endswith(SUFFIXES):
            raise forms.ValidationError(_("Choose a file that ends in .md or .zip."))
        if (file.size or 0) > MAX_UPLOAD:
            raise forms.ValidationError(
                _("The file has %(size)s MB; an upload has at most %(most)s MB.")
                % {"size": (file.size or 0) // 1_000_000, "most": MAX_UPLOAD // 1_000_000}
            )
        self.data_read = file.read()
        count = size = 0
        for seed in files_in(str(file.name), self.data_read):
            count, size = count + 1, size + len(seed.data)
            if count > MAX_FILES or size > MAX_UNPACKED:
                raise forms.ValidationError(
                    TOO_MUCH % {"files": f"{MAX_FILES:,}", "size": MAX_UNPACKED // 1_000_000}
                )
        if not count:
            raise forms.ValidationError(_("There is no seed file (*.md) in this archive."))
        return file

    def keep(self, user: Any) -> SeedUpload:
        """Store what was sent; older uploads of anybody go."""
        SeedUpload.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
        name = str(self.cleaned_data["file"].name)[-200:]
        return SeedUpload.objects.create(name=name, data=self.data_read, created_by=user)


def files_in(name: str, data: bytes) -> Iterator[SourceFile]:
    """The seed files of an upload, each under its name in the archive."""
    with tempfile.TemporaryDirectory() as folder:
        # The suffix alone says how it is to be read.
        path = Path(folder) / f"upload{Path(name).suffix.lower()}"
        path.write_bytes(data)
        for file in read_source(str(path)):
            inside = file.path.removeprefix(str(path)).removeprefix(":")
            yield SourceFile(inside or name, file.data, file.refusal)


@dataclass(slots=True)
class Checked:
    """A file of an upload, what would become of it, and whether this person may load it."""

    preview: Preview
    subject: Subject | None
    is_author_known: bool
    objection: str = ""

    @property
    def name(self) -> str:
        return self.preview.file.path

    @property
    def is_loadable(self) -> bool:
        outcomes = (Outcome.NEW, Outcome.CHANGED, Outcome.CONFLICT)
        return self.preview.outcome in outcomes and not self.objection

    @property
    def is_suggested(self) -> bool:
        """A conflict is loaded only if somebody chooses it."""
        return self.is_loadable and self.preview.outcome != Outcome.CONFLICT

    @property
    def label(self) -> str:
        return {
            Outcome.NEW: _("new"),
            Outcome.CHANGED: _("changed"),
            Outcome.SAME: _("no change"),
            Outcome.CONFLICT: _("changed here too"),
            Outcome.REFUSED: _("cannot be read"),
        }[self.preview.outcome]


def checked_files(upload: SeedUpload, objection: Callable[[Checked], str]) -> list[Checked]:
    subjects = {subject.slug: subject for subject in Subject.objects.all()}
    previews = preview_files(files_in(upload.name, bytes(upload.data)))
    names = {preview.author for preview in previews}
    authors = set(Author.objects.filter(name__in=names).values_list("name", flat=True))
    checked = []
    for preview in previews:
        subject = subjects.get(preview.path.subject) if preview.path else None
        item = Checked(preview, subject, preview.author in authors)
        if item.is_loadable:
            item.objection = objection(item)
        checked.append(item)
    return checked


def load_chosen(upload: SeedUpload, chosen: Sequence[Checked], user: Any) -> Report:
    """Load these files, one revision and one entry in the log for each question."""
    before = {
        item.preview.question.pk: item.preview.question.version
        for item in chosen
        if item.preview.question is not None
    }
    for question in Question.objects.select_related("subject", "author").filter(pk__in=before):
        record_revision(question, reason=_("before an import"))
    plain = [item.preview.file for item in chosen if item.is_suggested]
    contested = [item.preview.file for item in chosen if not item.is_suggested]
    report = load_seeds(plain)
    if contested:
        second = load_seeds(contested, Options(side=Side.THEIRS))
        report.created += second.created
        report.updated += second.updated
        report.refused += second.refused
        report.conflicts += second.conflicts
    paths = [item.preview.path for item in chosen if item.preview.path is not None]
    _note(upload, paths, list(before), user)
    forget_choices()
    return report


def _note(
    upload: SeedUpload, paths: Sequence[QuestionPath], known: Sequence[int], user: Any
) -> None:
    """Who took the files, in the history of each question that now says what they say."""
    reason = (_("imported from %s") % upload.name)[:200]
    ids = {*find_questions(paths).values(), *known}
    questions = Question.objects.select_related("subject", "author").filter(pk__in=ids)
    for question in questions:
        record_revision(question, by=user, reason=reason)
    LogEntry.objects.log_actions(user.pk, questions, CHANGE, reason)

"""Rows -> seed files, byte for byte where nothing was changed."""

import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from django.db.models import QuerySet

from learn.frontmatter import (
    Fields,
    FrontMatterError,
    Value,
    compose,
    parse,
    related_position,
    splice,
)
from learn.models import Question
from learn.models.question_queries import CONTENT_FIELDS
from learn.seeds.mapping import fields_from, seed_from
from learn.seeds.seed import Layout, RelatedArticle, Seed

CHUNK = 500


def seed_of(question: Question) -> Seed:
    """What a row says. Costs no query where subject, author and related ones are loaded."""
    source = question.seed_source
    return Seed(
        path=question.path,
        subject=question.subject_label or question.subject.title,
        author=question.author.name,
        related=tuple(
            RelatedArticle(item.seed_id, item.title, item.subject, item.url)
            for item in sorted(question.related_questions.all(), key=lambda item: item.position)
        ),
        layout=Layout(
            folded_title=question.folded_title,
            answer_wrapped=question.answer_wrapped,
            extra=question.extra_front_matter,
            source=zlib.decompress(source) if source else None,
        ),
        **{name: getattr(question, name) for name in CONTENT_FIELDS},
    )


def seed_bytes(seed: Seed) -> bytes:
    """The file that says what the seed says, in the layout that it remembers."""
    layout = seed.layout
    if layout.source is not None:
        try:
            return splice(layout.source, _changed_fields(seed, layout.source))
        except FrontMatterError:
            # A layout that cannot be changed in place: written anew, in the common one.
            pass
    text = compose(fields_from(seed), folded_title=layout.folded_title, extra=layout.extra)
    return text.encode()


def _changed_fields(seed: Seed, source: bytes) -> Fields:
    """The source's own fields, but for those of which the seed says something else."""
    document = parse(source)
    before = seed_from(document)
    old, new = fields_from(before), fields_from(replace(seed, layout=before.layout))
    fields = dict(document.fields)
    for key in [key for key in old if key not in new]:
        fields.pop(key, None)
    for key, value in new.items():
        if not related_position(key) and old.get(key) != value:
            fields[key] = _with_unknown_keys(value, fields.get(key), old.get(key))
    if seed.related == before.related:
        return fields
    # The file's numbers may have gaps: what is written now replaces all of them.
    kept = {key: value for key, value in fields.items() if not related_position(key)}
    for key in filter(related_position, new):
        kept[key] = _with_unknown_keys(new[key], document.fields.get(key), old.get(key))
    return kept


def _with_unknown_keys(value: Value, source: Value, known: Value) -> Value:
    """A mapping with the source's further keys, which the site does not use."""
    if isinstance(value, dict) and isinstance(source, dict) and isinstance(known, dict):
        return {**value, **{key: source[key] for key in source if key not in known}}
    return value


def export_queryset(*, every: bool = False, subject: str = "") -> Iterator[Question]:
    """The questions to write, by path, with all that seed_of needs; memory stays bounded."""
    questions = (
        Question.objects.exclude(status=Question.Status.TRASHED)
        if every
        else Question.objects.published()
    )
    if subject:
        questions = questions.filter(subject__slug=subject)
    return ready_to_write(questions)


def ready_to_write(questions: QuerySet[Question]) -> Iterator[Question]:
    """Questions by path, with all that seed_of needs; memory stays bounded."""
    return (
        questions.select_related("subject", "author")
        .prefetch_related("related_questions")
        .defer("answer_html")
        .order_by("subject__slug", "slug")
        .iterator(chunk_size=CHUNK)
    )


def seed_files(questions: Iterable[Question]) -> Iterator[tuple[str, bytes]]:
    """(`<subject>/<slug>.md`, bytes) for each question."""
    for question in questions:
        yield f"{question.subject.slug}/{question.slug}.md", seed_bytes(seed_of(question))


def write_folder(files: Iterable[tuple[str, bytes]], folder: Path) -> int:
    """Write the files below `folder`, each whole or not at all; returns their number."""
    count = 0
    for name, data in files:
        with _whole_file(folder / name) as file:
            file.write(data)
        count += 1
    return count


def write_zip(files: Iterable[tuple[str, bytes]], target: Path) -> int:
    """Write the files into a zip archive, complete or not at all; returns their number."""
    with _whole_file(target) as file:
        return zip_into(file, files)


def zip_into(file: IO[bytes], files: Iterable[tuple[str, bytes]]) -> int:
    """Write the files as a zip archive into an open file; returns their number."""
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
            count += 1
    return count


@contextmanager
def _whole_file(target: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes its name when the block ends well, and is gone otherwise."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".")
    try:
        with open(descriptor, "wb") as file:
            yield file
        # The mode that an ordinary open() would have given; temporary files are private.
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


@dataclass(slots=True)
class Comparison:
    """How a folder differs from the database; names are `<subject>/<slug>.md`, sorted."""

    same: int = 0
    different: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        return not (self.different or self.missing or self.extra)


def compare_folder(
    files: Iterable[tuple[str, bytes]], folder: Path, *, subject: str = ""
) -> Comparison:
    """Compare the files with what stands below `folder`; writes nothing."""
    result = Comparison()
    unseen = {path.relative_to(folder).as_posix() for path in (folder / subject).rglob("*.md")}
    for name, data in files:
        unseen.discard(name)
        try:
            if (folder / name).read_bytes() == data:
                result.same += 1
            else:
                result.different.append(name)
        except FileNotFoundError:
            result.missing.append(name)
    result.extra = sorted(unseen)
    return result

r"""Decks of cards for Anki and tables for everything else.

A note's identity comes from its question's uid, so a second import of a deck updates the notes
that are there. Anki takes an incoming note for newer by its moment of change, which is that of
the question and answer: what has not changed stays as it is, with its history of learning.
"""

import csv
import hashlib
import io
import itertools
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import Any

import genanki
from django.conf import settings
from django.db.models import Prefetch

from learn.models import Question, TaggedQuestion
from learn.models.question_queries import QuestionQuerySet
from learn.rendering import render_for_mathjax
from learn.studysets import StudySet

# What one file holds at most; the rest is in further parts.
PART_SIZE = 500
TAGS_MAX = 5

# Fixed for ever: with another number Anki would take the notes for those of another site.
MODEL_ID = 1_732_406_801
MODEL = genanki.Model(
    MODEL_ID,
    "QuickTakes",
    fields=[{"name": "Question"}, {"name": "Answer"}, {"name": "Source"}],
    templates=[
        {
            "name": "Question and answer",
            "qfmt": '<div class="question">{{Question}}</div>',
            "afmt": '{{FrontSide}}<hr id="answer">{{Answer}}<p class="source">{{Source}}</p>',
        }
    ],
    css=(
        ".card { max-width: 40rem; margin: 0 auto; padding: 1rem; font: 18px/1.55 system-ui, "
        "sans-serif; text-align: left }\n"
        ".question { font-size: 1.25em; font-weight: 650 }\n"
        ".source { font-size: .8em }\n"
        "pre { overflow-x: auto }\n"
        "th, td { padding: .3em 1em .3em 0; border-bottom: 1px solid; text-align: left }\n"
    ),
)
# The earliest moment that a zip archive can state; the files bear it so that the same content
# gives the same bytes.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


class DatedNote(genanki.Note):
    """A note that was changed when its question was, not when the deck was built."""

    def __init__(self, modified_at: datetime, **values: Any) -> None:
        super().__init__(**values)
        self.modified_at = modified_at

    def write_to_db(
        self, cursor: sqlite3.Cursor, timestamp: float, deck_id: int, id_gen: Iterator[int]
    ) -> None:
        super().write_to_db(cursor, self.modified_at.timestamp(), deck_id, id_gen)


def part_count(number: int) -> int:
    return max(1, -(-number // PART_SIZE))


def part_of(study_set: StudySet, part: int) -> list[Question]:
    """The questions of one part, with what a deck needs of them."""
    start = (part - 1) * PART_SIZE
    return list(_with_tags(study_set.questions)[start : start + PART_SIZE])


def _with_tags(questions: QuestionQuerySet) -> QuestionQuerySet:
    tagged = TaggedQuestion.objects.select_related("tag").order_by("pk")
    unused = ("answer_html", "seo_description", "seo_keywords", "seed_source", "extra_front_matter")
    return (
        questions.select_related("subject")
        .defer(*unused)
        .prefetch_related(Prefetch("tagged_items", queryset=tagged))
    )


def anki_package(study_set: StudySet, questions: list[Question]) -> bytes:
    """An .apkg file, made in memory; the same questions give the same bytes."""
    deck = genanki.Deck(_deck_id(study_set.address), f"{settings.SITE_NAME}::{study_set.title}")
    for question in questions:
        deck.add_note(_note(question))
    newest = max(question.modified_at for question in questions).timestamp()
    # Not Package.write_to_file(): it leaves its temporary file behind.
    connection = sqlite3.connect(":memory:")
    try:
        ids = itertools.count(int(newest * 1000))
        genanki.Package(deck).write_to_db(connection.cursor(), newest, ids)
        connection.commit()
        return _zipped({"collection.anki2": connection.serialize(), "media": b"{}"})
    finally:
        connection.close()


def _note(question: Question) -> DatedNote:
    return DatedNote(
        question.modified_at,
        model=MODEL,
        fields=[
            escape(question.question),
            render_for_mathjax(question.answer),
            f'<a href="{_url(question)}">{escape(settings.SITE_NAME)}</a>',
        ],
        guid=note_guid(question),
        tags=note_tags(question),
    )


def note_guid(question: Question) -> str:
    return genanki.guid_for(str(question.uid))


def note_tags(question: Question) -> list[str]:
    """`subject::topic` for the first topics, which Anki shows as a tree."""
    subject = question.subject.slug
    topics = [item.tag.slug for item in question.tagged_items.all()[:TAGS_MAX]]
    return [f"{subject}::{topic}" for topic in topics] or [subject]


def _url(question: Question) -> str:
    return f"{settings.SITE_URL}{question.get_absolute_url()}"


def _deck_id(address: str) -> int:
    """From the address alone, so that a deck stays one deck; Anki wants a number of its size."""
    digest = hashlib.blake2b(address.encode(), digest_size=4).digest()
    return (1 << 31) + (int.from_bytes(digest) >> 1)


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(
                zipfile.ZipInfo(name, ZIP_EPOCH), content, compress_type=zipfile.ZIP_DEFLATED
            )
    return buffer.getvalue()


def tsv(questions: list[Question]) -> str:
    """For Anki's import of text, which reads the header: a second import updates here too."""
    header = "#separator:tab\n#html:true\n#guid column:1\n#tags column:5\n"
    rows = (
        [
            note_guid(question),
            escape(question.question),
            render_for_mathjax(question.answer),
            _url(question),
            " ".join(note_tags(question)),
        ]
        for question in questions
    )
    return header + _table(rows, delimiter="\t")


def csv_table(questions: list[Question]) -> str:
    """For spreadsheets and other programs: the answer as Markdown."""
    header = ["question", "answer", "url", "subject"]
    rows = (
        [
            _as_text(question.question),
            _as_text(question.answer),
            _url(question),
            question.subject.title,
        ]
        for question in questions
    )
    return _table(itertools.chain([header], rows), delimiter=",")


def _as_text(value: str) -> str:
    """A spreadsheet would calculate what begins like a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _table(rows: Any, *, delimiter: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return buffer.getvalue()

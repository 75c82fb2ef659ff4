"""A site of any size, made from the fixtures: `python -m bench.generator NUMBER` fills the empty
database of DATABASE_URL.

Titles join two fixtures' questions, answers are a fixture's with a paragraph of its own, so that
words are as common as in real texts and no two pages alike. The rows are those that the site
itself would have made: derived by `Question.derive`, indexed, tagged, related, counted by the
site's own functions.
"""

import argparse
import datetime
import os
import time
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path
from typing import Any

import django

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
SUBJECTS = 26
TOGETHER = 2_000
BASE = 20_000
RELATED = 4
# Of a fixture's answer, so that a million pages take four gigabytes; of its keywords, beside two of
# the page's own.
LENGTH, KEYWORDS = 700, 3
SIMILAR = 2
FIRST_DAY = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
# Two made-up words tell each page from all others; texts have ever more words as they grow, but
# far fewer than pages.
WORDS = [
    "".join(parts)
    for parts in product(("ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu"), repeat=3)
] + [
    "".join(parts) + "n"
    for parts in product(("da", "fe", "gi", "lo", "pu", "ma", "re", "so", "tu", "wi"), repeat=3)
]


def generate(number: int, *, progress: Any = lambda done: None) -> None:
    """Fill the empty database that Django is set up for with so many questions."""
    from django.db import transaction

    from bench.cloning import clone
    from learn import search
    from learn.bulk import analyze_changed_tables, insert_objects, last_id, new_ids, stored_as
    from learn.models import Question
    from learn.seeds.importer import load_seeds
    from learn.seeds.sources import read_source
    from learn.tagging import TagWriter
    from learn.totals import store_totals

    load_seeds(read_source(str(FIXTURES / "seeds")))
    # Beyond so many, copies made by the database itself.
    copies = max(0, number // BASE - 1)
    questions = iterate((number - Question.objects.count()) // (copies + 1))
    before_all = last_id(Question)
    writer = TagWriter()
    uid_of = stored_as(Question, "uid")
    done = 0
    while batch := list(islice(questions, TOGETHER)):
        with transaction.atomic():
            with search.indexing_together(batch):
                before = last_id(Question)
                insert_objects(Question, batch)
                keys = new_ids(Question, "uid", before)
                for question in batch:
                    question.pk = keys[uid_of(question.uid)]
            writer.write({question.pk: question.seo_keywords for question in batch}, are_new=True)
            _relate(batch)
        done += len(batch)
        progress(done)
    clone(before_all + 1, last_id(Question), copies, progress=progress)
    store_totals()
    search.refresh_statistics()
    analyze_changed_tables()


def iterate(number: int) -> Iterator[Any]:
    """Questions that are not yet saved, with all columns but the key."""
    from learn.bulk import instance_of
    from learn.models import Author, Question, Subject
    from learn.models.path import first_uid
    from learn.models.question import content_hash
    from learn.models.tag import split_keywords

    author = Author.objects.first()
    subjects = [
        Subject.objects.get_or_create(slug=f"field-{n}", defaults={"title": f"Field {n}"})[0]
        for n in range(SUBJECTS)
    ]
    found = list(Question.objects.filter(canonical=None).order_by("pk"))
    for model in found:
        model.answer = _first_paragraphs(model.answer)
        model.seo_keywords = ", ".join(split_keywords(model.seo_keywords)[:KEYWORDS])
        model.derive()
    found = [model for model in found if _ends_plainly(model)]
    names = [field.attname for field in Question._meta.concrete_fields]
    models = [(model, {name: getattr(model, name) for name in names}) for model in found]
    for n in range(number):
        (model, columns), other = models[n % len(models)], models[n // len(models) % len(models)][0]
        first, second = WORDS[n % len(WORDS)], WORDS[n // len(WORDS) % len(WORDS)]
        title = _joined_title(model.title, other.title, f"{first} {second}")
        paragraph = f"In this form it was studied by {first} and {second} in volume {n}."
        question = instance_of(Question, dict(columns))
        question.title = question.article_title = question.question = title
        question.slug = _slug(title)
        question.id = question.uid = None
        question.subject, question.author = subjects[n % SUBJECTS], author
        question.seed_id, question.seed_hash = 1_000_000 + n, f"{n:032x}"
        question.seo_keywords = f"{model.seo_keywords}, {first}, {first} {second}"
        question.answer = f"{model.answer}\n\n{paragraph}"
        # What render() makes of it: rendering a million would take half an hour.
        question.answer_html = _with_paragraph(model.answer_html, paragraph)
        question.content_hash = content_hash(title, question.answer)
        question.uid = first_uid(question.path)
        question.publish_at = FIRST_DAY + datetime.timedelta(seconds=20 * n)
        question.date = question.publish_at.date()
        question.modified_at = question.created_at = question.updated_at = question.publish_at
        yield question


def _with_paragraph(html: str, paragraph: str) -> str:
    return f"{html.rstrip()}\n<p>{paragraph}</p>\n"


def _ends_plainly(model: Any) -> bool:
    """Whether a paragraph more changes nothing else: the cut is in no code, the summary is full."""
    from learn.rendering import render

    rendered = render(f"{model.answer}\n\nOne more.")
    is_plain = rendered.html == _with_paragraph(model.answer_html, "One more.")
    return is_plain and rendered.summary == model.summary


def _first_paragraphs(answer: str) -> str:
    """Whole paragraphs, the first and what follows it up to LENGTH characters."""
    paragraphs = answer.split("\n\n")
    kept = paragraphs[:1]
    for paragraph in paragraphs[1:]:
        if sum(map(len, kept)) + len(paragraph) > LENGTH:
            break
        kept.append(paragraph)
    return "\n\n".join(kept)


def _joined_title(one: str, other: str, words: str) -> str:
    beginning, end = one.rstrip("?. ").split(), other.rstrip("?. ").split()
    half = " ".join(beginning[: (len(beginning) + 1) // 2] + end[len(end) // 2 :])
    return f"{half} in {words}?"


def _slug(title: str) -> str:
    from django.utils.text import slugify

    return slugify(title)[:200].strip("-")


def _relate(batch: list[Any]) -> None:
    """References of the files and what the text leads to, among the questions of the batch."""
    from learn.bulk import insert_rows
    from learn.models import RelatedQuestion, SimilarQuestion

    size = len(batch)
    related = [
        (question.pk, position, target.seed_id, target.title, "", str(target.path), target.pk)
        for place, question in enumerate(batch)
        for position in range(1, RELATED + 1)
        for target in [batch[(place + 7 * position) % size]]
    ]
    columns = ("question_id", "position", "seed_id", "title", "subject", "url", "target_id")
    insert_rows(RelatedQuestion, columns, related)
    similar = [
        (question.pk, position, batch[(place + 11 * position) % size].pk, FIRST_DAY)
        for place, question in enumerate(batch)
        for position in range(1, SIMILAR + 1)
    ]
    insert_rows(SimilarQuestion, ("question_id", "position", "target_id", "filled_at"), similar)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.generator", description=__doc__)
    parser.add_argument("number", type=int)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")
    os.environ["DEBUG"] = "false"
    os.environ.setdefault("SECRET_KEY", "only-for-this-benchmark")
    os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1")
    django.setup()
    start = time.monotonic()

    def progress(done: int) -> None:
        if done > BASE:
            print(f"  {done:,} in {time.monotonic() - start:.0f} s", flush=True)

    generate(options.number, progress=progress)
    print(f"  {options.number:,} questions in {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()

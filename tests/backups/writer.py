"""An editor who never rests: `python -m tests.backups.writer LOG STOP`.

Until the file STOP is there, each step writes in one transaction a draft with its revision and a
picture, and edits the draft before. The line of LOG that is written after a step holds the hash of
the whole database as that step left it.
"""

import datetime
import io
import sys
from pathlib import Path

import django
from django.db import transaction


def main(log: Path, stop: Path) -> None:
    from django.contrib.auth.models import User

    from learn.models import Author, Question, Subject
    from tests.backups.rows import state

    editor = User.objects.create_user("editor")
    subject, _ = Subject.objects.get_or_create(slug="biology", defaults={"title": "Biology"})
    author, _ = Author.objects.get_or_create(name="QuickTakes")
    former = None
    with log.open("a") as file:
        file.write(f"{state()}\n")
        number = 0
        while not stop.exists():
            number += 1
            with transaction.atomic():
                former = step(number, former, Question(subject=subject, author=author), editor)
                line = state()
            file.write(f"{line}\n")
            file.flush()


def step(number, former, question, editor):
    from PIL import Image

    from learn.publishing import save_question
    from learn.uploads import store_picture

    if former is not None:
        former.answer += f" Edited before number {number}."
        save_question(former, by=editor, reason="edited")
    question.slug, question.title = f"draft-{number}", f"What is draft number {number}?"
    question.answer, question.seo_keywords = f"It is number {number}.", f"draft, number {number}"
    question.status, question.date = "draft", datetime.date(2025, 2, 6)
    save_question(question, by=editor, reason="written")
    data = io.BytesIO()
    Image.new("RGB", (8, 8), (number % 256, number // 256, 0)).save(data, "PNG")
    store_picture(data.getvalue(), by=editor)
    return question


if __name__ == "__main__":
    django.setup()
    main(Path(sys.argv[1]), Path(sys.argv[2]))

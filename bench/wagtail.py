"""The Wagtail site of bench/peers/wagtail_site: its environment, its content, its server."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "peers"
ENVIRONMENT = HERE.parents[1] / "var" / "bench" / "wagtail-venv"
PYTHON = ENVIRONMENT / "bin" / "python"
# What a page and a list cost does not hang on how many there are; to add one takes 30 ms.
SUBJECTS, ANSWERS_OF_EACH = 2, 300


def install() -> None:
    """Once: an environment of its own, with the versions that are pinned."""
    requirements = HERE / "wagtail_site" / "requirements.txt"
    stamp = ENVIRONMENT / "requirements.txt"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return
    subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
    quiet = ["--quiet", "--disable-pip-version-check"]
    subprocess.run([PYTHON, "-m", "pip", "install", *quiet, "-r", requirements], check=True)
    stamp.write_text(requirements.read_text())


def environment(folder: Path, *, is_cached: bool) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return kept | {
        "PYTHONPATH": f"{HERE}:{folder}",
        "DJANGO_SETTINGS_MODULE": "wagtail_site.settings",
        "WAGTAIL_FOLDER": str(folder),
        "WAGTAIL_CACHED": "1" if is_cached else "0",
    }


def load(folder: Path) -> tuple[str, str]:
    """Fill its database from the site's own, which Django is set up for; the addresses of an
    answer and of a list."""
    subjects = _largest_subjects()
    (folder / "wagtail_migrations").mkdir()
    (folder / "wagtail_migrations" / "__init__.py").touch()
    answers = folder / "answers.json"
    answers.write_text(json.dumps(subjects))
    subprocess.run(
        [PYTHON, "-m", "wagtail_site.load", answers],
        check=True,
        env=environment(folder, is_cached=False),
    )
    _title, subject, questions = subjects[0]
    return f"/{subject}/{questions[len(questions) // 2][1]}/", f"/{subject}/"


def _largest_subjects() -> list[list[object]]:
    from django.db.models import Count

    from learn.models import Question, Subject

    most = Subject.objects.annotate(number=Count("questions")).order_by("-number")[:SUBJECTS]
    found: list[list[object]] = []
    for subject in most:
        pages = Question.objects.indexable().filter(subject=subject).order_by("slug")
        rows = pages.values_list("title", "slug", "date", "summary", "answer_html")
        chosen = [
            [title, slug, date.isoformat(), summary, html]
            for title, slug, date, summary, html in rows[:ANSWERS_OF_EACH]
        ]
        found.append([subject.title, subject.slug, chosen])
    return found

"""Measures one database of the growth: `bench.growth` starts one for each and lets them take turns.

Each line on standard input is the number of a round; the answer is a line of JSON, name -> seconds.
Everything runs in this process: Django's test client, no store of pages in front. Seconds are those
of the processor, on PostgreSQL with its process for this connection: how long others on the machine
kept these waiting is in no figure, and neither is the disk.
"""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import django

PAGES, LISTS, QUERIES, PUBLICATIONS = 60, 12, 60, 10


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")
    django.setup()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["testserver"]
    worker = Worker()
    for line in sys.stdin:
        print(json.dumps(worker.play(int(line))), flush=True)


class Worker:
    def __init__(self) -> None:
        from django.contrib.auth.models import User
        from django.db import connection
        from django.db.models import Count
        from django.test import Client

        from learn.models import Question, Subject

        self.reader, self.editor = Client(), Client()
        self.database: Path | None = None
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                self.database = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
        boss = User.objects.filter(username="bench").first()
        self.editor.force_login(boss or User.objects.create_superuser("bench"))
        subjects = Subject.objects.listed().annotate(number=Count("questions"))
        self.subject = subjects.order_by("-number")[0]
        listed = Question.objects.indexable().filter(subject=self.subject).count()
        # The last one that is full: of the others each has another number of rows.
        self.last_page = max(2, listed // 50)
        keys = Question.objects.order_by("pk").values_list("pk", flat=True)
        self.first, self.last = keys.first(), keys.last()

    def play(self, number: int) -> dict[str, float]:
        random.seed(number)
        address = self.subject.get_absolute_url()
        some = self._some_questions(PAGES)
        titles = [question.title for question in self._some_questions(QUERIES)]
        pages = [question.get_absolute_url() for question in some]
        last = f"{address}?page={self.last_page}"
        newest_last = f"{address}?sort=newest&page={self.last_page}"
        return {
            "question page": median(self._ask(pages)),
            "home": median(self._ask(["/"] * LISTS)),
            "subjects": median(self._ask(["/learn"] * LISTS)),
            "first list page": median(self._ask([address] * LISTS)),
            "last list page": median(self._ask([last] * LISTS)),
            "last list page, newest first": median(self._ask([newest_last] * LISTS)),
            "topics": median(self._ask(["/topics"] * LISTS)),
            "newest": median(self._ask(["/newest"] * LISTS)),
            "feed": median(self._ask(["/feed.atom"] * LISTS)),
            "search, p95": p95(self._ask(map(search_address, titles))),
            "suggestions, p95": p95(self._ask(map(suggest_address, titles))),
            "admin list": median(self._ask([QUESTIONS] * LISTS, self.editor)),
            "admin list, page 100": median(self._ask([f"{QUESTIONS}?p=100"] * 3, self.editor)),
            "publish": median(self._publish(some[:PUBLICATIONS])),
            "sitemap index": median(self._ask(["/sitemap.xml"])),
            "sitemap of a subject": median(
                self._ask([f"/sitemap-subject-{self.subject.slug}.xml"])
            ),
        }

    def _some_questions(self, number: int) -> list[Any]:
        from learn.models import Question

        keys = {random.randint(self.first, self.last) for _ in range(2 * number)}
        return list(Question.objects.filter(pk__in=keys).select_related("subject")[:number])

    def _ask(self, addresses: Iterable[str], client: Any = None) -> list[float]:
        found = []
        for address in addresses:
            start = self._clock()
            response = (client or self.reader).get(address)
            found.append(self._clock() - start)
            if response.status_code != 200:
                raise RuntimeError(f"{address}: {response.status_code}")
        return found

    def _publish(self, questions: list[Any]) -> list[float]:
        from learn import publishing
        from learn.models import Question

        found = []
        for question in questions:
            rows = Question.objects.filter(pk=question.pk)
            publishing.set_status(rows, Question.Status.UNPUBLISHED)
            start = self._clock()
            publishing.perform("publish", rows)
            found.append(self._clock() - start)
        return found

    def _clock(self) -> float:
        """Seconds that this process and the database's have computed."""
        own = time.process_time()
        if self.database is None:
            return own
        # Nanoseconds on a processor; /proc/PID/stat counts in hundredths of seconds.
        return own + int(self.database.read_text().split()[0]) / 1e9


QUESTIONS = "/admin/learn/question/"


def search_address(title: str) -> str:
    words = title.rstrip("?").split()
    return f"/search?q={'+'.join(random.sample(words, min(3, len(words))))}"


def suggest_address(title: str) -> str:
    return f"/search/suggest?q={'+'.join(title[: random.randint(3, 30)].split(' '))}"


def median(found: list[float]) -> float:
    return statistics.median(found)


def p95(found: list[float]) -> float:
    return statistics.quantiles(found, n=20)[-1]


if __name__ == "__main__":
    main()

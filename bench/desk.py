"""What the pages of the desk cost with the whole corpus, in plain look-ups of the same run.

Runs on the database of DATABASE_URL, which must hold the corpus. Its two accounts, a superuser and
a publisher who is limited to twenty subjects, are taken back at the end. The yardstick is a
question fetched by its key and shown as one line; pages and yardstick take turns, so that a slow
moment of the machine touches both. On SQLite, which works within the process, processor time is
what counts; on PostgreSQL the clock.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")

ROUNDS = 3
# Stands in more answers than a search lists.
COMMON = "important"
LOOK_UPS = 10
SUBJECTS = 20
LIST = "/admin/learn/question/"
# {last}: the last page of what the account may see; {found}: that of what the search finds;
# {longest}: the question with most text.
PAGES = {
    "desk": "/admin/",
    "list": LIST,
    "list, last page": LIST + "?p={last}",
    "list, by title": LIST + "?o=1",
    "list, last by title": LIST + "?o=1&p={last}",
    "list, published": LIST + "?status__exact=published",
    "list, formulas": LIST + "?has_math__exact=1",
    "search, a word": LIST + "?q=osmosis",
    "search, a common word": LIST + "?q={common}",
    "search, its last page": LIST + "?q={common}&p={found}",
    "search, an address": LIST + "?q={path}",
    "form": LIST + "{longest}/change/",
    "form, empty": LIST + "add/",
    "look-alikes": LIST + "lookalikes/?title={title}",
    "review": LIST + "review/",
    "schedule": LIST + "schedule/",
}


class TakenBack(Exception):
    """Ends the transaction that holds the benchmark's accounts."""


def accounts() -> dict[str, Any]:
    from django.contrib.auth.models import Group, User
    from django.db.models import Count

    from learn.models import Subject, SubjectAccess

    limited = User.objects.create_user("bench-limited", is_staff=True)
    limited.groups.add(Group.objects.get(name="publisher"))
    largest = Subject.objects.annotate(size=Count("questions")).order_by("-size", "pk")
    SubjectAccess.objects.create(user=limited).subjects.set(largest[:SUBJECTS])
    return {
        "superuser": User.objects.create_superuser("bench-superuser"),
        f"limited to {SUBJECTS} subjects": limited,
    }


def addresses(user: Any) -> dict[str, str]:
    from django.db.models.functions import Length

    from learn.admin.counting import LISTED
    from learn.admin.question_list import QuestionList
    from learn.admin.question_search import match
    from learn.models import Question
    from learn.workflow.rights import limit

    seen = limit(Question.objects.exclude(status=Question.Status.TRASHED), user)
    found = seen.filter(match(COMMON).condition)
    longest = seen.select_related("subject").order_by(Length("answer").desc(), "pk")[0]
    pages = {
        name: -(-min(rows.count(), LISTED) // QuestionList.list_per_page)
        for name, rows in (("last", seen), ("found", found))
    }
    return {
        name: address.format(
            **pages,
            common=COMMON,
            longest=longest.pk,
            path=longest.path,
            title=longest.title.replace(" ", "+"),
        )
        for name, address in PAGES.items()
    }


def seconds_of(act: Callable[[], object]) -> float:
    from django.db import connection

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    start = clock()
    act()
    return clock() - start


def look_up(keys: list[int]) -> None:
    from learn.models import Question

    for pk in keys:
        str(Question.objects.select_related("subject").get(pk=pk).path)


def measure(user: Any) -> dict[str, Any]:
    """Page -> its milliseconds and how many look-ups that is, medians of the rounds."""
    from django.test import Client

    from learn.models import Question

    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    keys = list(Question.objects.order_by("seed_id", "pk").values_list("pk", flat=True)[:LOOK_UPS])
    pages = addresses(user)
    for address in pages.values():
        assert client.get(address).status_code == 200, address
    times: dict[str, list[float]] = {name: [] for name in pages}
    units = []
    for _ in range(ROUNDS):
        for name, address in pages.items():
            units.append(seconds_of(lambda: look_up(keys)) / LOOK_UPS)
            times[name].append(seconds_of(lambda address=address: client.get(address)))  # type: ignore[misc]
    unit = statistics.median(units)
    figures = {
        name: {"ms": statistics.median(found) * 1000, "ratio": statistics.median(found) / unit}
        for name, found in times.items()
    }
    return {"look_up_ms": unit * 1000, "pages": figures}


def table(results: dict[str, Any]) -> str:
    """The results for people."""
    lines = []
    for account, result in results.items():
        lines += [
            f"{account}. Time 1 = a question by its key, {result['look_up_ms']:.2f} ms.",
            f"{'':24}{'look-ups':>10}{'ms':>8}",
        ]
        for name, figure in result["pages"].items():
            lines.append(f"{name:24}{figure['ratio']:10.0f}{figure['ms']:8.0f}")
        lines.append("")
    return "\n".join(lines)


def benchmark() -> dict[str, Any]:
    from django.db import transaction

    results = {}
    try:
        with transaction.atomic():
            for name, user in accounts().items():
                results[name] = measure(user)
            raise TakenBack
    except TakenBack:
        return results


def main() -> None:
    import django

    django.setup()
    from learn.bulk import without_query_log

    with without_query_log():
        print(table(benchmark()))


if __name__ == "__main__":
    main()

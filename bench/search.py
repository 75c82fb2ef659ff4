"""Search over the whole corpus: how high the pages stand that must be found, and how long it takes.

Runs on the database of DATABASE_URL, which must hold the corpus. The yardstick of time is a plain
look-up of a title by the database's own search, timed in the same run.
"""

import json
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")

CASES = Path(__file__).resolve().parents[2] / "shared" / "cases" / "search.json"
SEARCHES = ("desc_hard", "kw", "short", "typo")
SUGGESTIONS = ("prefix", "midprefix")
# The least mean reciprocal rank of each kind that this project has set itself.
TARGETS = {
    "sqlite": (0.75, 0.90, 0.98, 0.97, 0.88, 0.88),
    "postgresql": (0.70, 0.88, 0.95, 0.92, 0.88, 0.88),
}
SLOWEST = 40
SHOWN = 10
# FTS5 as it comes; the site's own tables are tuned.
PLAIN_TABLE = (
    "CREATE VIRTUAL TABLE temp.bench_plain USING fts5(title, answer)",
    "INSERT INTO temp.bench_plain(rowid, title, answer) "
    "SELECT id, title, answer FROM learn_question",
)
PLAIN = {
    "sqlite": "SELECT rowid FROM bench_plain WHERE bench_plain MATCH %s ORDER BY rank LIMIT 10",
    "postgresql": "SELECT question_id FROM learn_searchdocument, "
    "plainto_tsquery('english', %s) AS query WHERE vector @@ query "
    "ORDER BY ts_rank(vector, query) DESC LIMIT 10",
}


def reciprocal_rank(found: list[str], targets: list[str]) -> float:
    """1 for a target in the first place, 1/2 in the second, 0 where none is shown."""
    places = [place for place, url in enumerate(found[:SHOWN], start=1) if url in targets]
    return 1 / places[0] if places else 0.0


def run_cases(
    cases: list[dict[str, Any]], find: Callable[[str], list[str]]
) -> tuple[float, list[float]]:
    """The mean reciprocal rank, and the seconds of each query."""
    ranks, seconds = [], []
    for case in cases:
        start = time.perf_counter()
        found = find(case["q"])
        seconds.append(time.perf_counter() - start)
        ranks.append(reciprocal_rank(found, case["targets"]))
    return statistics.mean(ranks), seconds


def found_by_search(text: str) -> list[str]:
    from learn import search
    from learn.models import Question

    ids = search.search(text).ids[:SHOWN]
    addresses = Question.objects.select_related("subject").only("slug", "subject__slug")
    questions = addresses.in_bulk(ids)
    return [str(questions[pk].path) for pk in ids]


def found_by_suggest(text: str) -> list[str]:
    from learn import search

    return [str(question.path) for question in search.suggest(text)]


def plain_look_ups() -> list[float]:
    """Seconds of looking up every hundredth title, just as it is."""
    from django.db import connection

    from learn.models import Question
    from learn.search.words import split_words

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for statement in PLAIN_TABLE:
                cursor.execute(statement)
    seconds = []
    for title in Question.objects.order_by("pk").values_list("title", flat=True)[::100]:
        start = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(PLAIN[connection.vendor], [" ".join(split_words(title))])
            cursor.fetchall()
        seconds.append(time.perf_counter() - start)
    return seconds


def benchmark(cases: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Figures by kind: rank, target, and the slowest twentieth's time in plain look-ups."""
    from django.db import connection

    unit = statistics.median(plain_look_ups())
    figures = {}
    targets = TARGETS[connection.vendor]
    for kind, target in zip((*SEARCHES, *SUGGESTIONS), targets, strict=True):
        find = found_by_search if kind in SEARCHES else found_by_suggest
        mean, seconds = run_cases(cases[kind], find)
        figures[kind] = {
            "queries": len(seconds),
            "mrr": round(mean, 3),
            "target": target,
            "p95_in_look_ups": round(statistics.quantiles(seconds, n=20)[-1] / unit, 1),
            "median_in_look_ups": round(statistics.median(seconds) / unit, 1),
        }
    return {"database": connection.vendor, "look_up_ms": round(unit * 1000, 2), "kinds": figures}


def table(results: dict[str, Any]) -> str:
    """The results for people."""
    lines = [
        f"Search on {results['database']}. Time 1 = a plain title look-up, "
        f"{results['look_up_ms']} ms.",
        "",
        f"{'':12}{'queries':>8}{'MRR@10':>8}{'target':>8}{'median':>8}{'p95':>8}{'limit':>8}",
    ]
    for kind, figure in results["kinds"].items():
        is_short = figure["mrr"] < figure["target"] or figure["p95_in_look_ups"] > SLOWEST
        lines.append(
            f"{kind:12}{figure['queries']:8}{figure['mrr']:8.3f}{figure['target']:8.2f}"
            f"{figure['median_in_look_ups']:8.1f}{figure['p95_in_look_ups']:8.1f}{SLOWEST:8}"
            + ("  short of the target" if is_short else "")
        )
    return "\n".join(lines)


def main() -> None:
    import django

    django.setup()
    from learn.bulk import without_query_log

    with without_query_log():
        print(table(benchmark(json.loads(CASES.read_text()))))


if __name__ == "__main__":
    main()

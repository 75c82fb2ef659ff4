"""From a publication to what readers see, on two nodes that share PostgreSQL and Redis.

Questions among the newest are published again and again, while readers ask both nodes for pages at
random. After each, the page, its list, the feed or a search, by turns, is asked for on both nodes,
page and list through nginx too, until it shows it: the figures are milliseconds from the end of the
publication. Once a server has shown it, it must go on to: every later answer without it counts as
old. (All four at once would keep two processors busy for 50 ms: that would be what is measured.)
"""

import http.client
import random
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.imports import ROOT
from bench.reading import Machine, addresses, fetch
from bench.wrk import RANDOM

SURFACES = ("page", "list", "feed", "search")
# Seen through the nginx of deploy/nginx, which keeps a page for up to a second.
BEHIND_NGINX = ("page behind nginx", "list behind nginx")
LIMITS_MS = {
    **{name: {"p50": 50.0, "p99": 250.0} for name in SURFACES},
    **{name: {"max": 1500.0} for name in BEHIND_NGINX},
}
# Between two questions of a watcher: without a pause, asking would be most of the load. In seconds;
# a figure is late by this.
PAUSE = 0.005
# How long a node is watched after it has shown the publication, and at most waited for.
WATCHED, PATIENCE, SETTLED = 0.15, 10.0, 0.3
# On each node; every one takes so many milliseconds over a page. More of them would fill two
# processors that the database, Redis and the watchers have to share, and the queue for these would
# be what is measured.
READERS, READING_MS = 8, 10
# Publications among the newest so many: the feed shows 50.
NEWEST = 20


class Watch(threading.Thread):
    """Asks a node for one address until it shows a text, and then a little longer."""

    def __init__(self, port: int, path: str, shown: bytes, published: threading.Event) -> None:
        super().__init__(daemon=True)
        self._port, self._path, self._shown, self._published = port, path, shown, published
        self.moment: float | None = None
        self.old = self.answers = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        self._published.wait()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            connection.request("GET", self._path, headers={"Host": "127.0.0.1"})
            response = connection.getresponse()
            body = response.read()
            self.answers += 1
            if response.status == 200 and self._shown in body:
                if self.moment is None:
                    self.moment = time.monotonic()
                    deadline = self.moment + WATCHED
            elif self.moment is not None:
                self.old += 1
            time.sleep(PAUSE)
        connection.close()


@contextmanager
def readers(ports: list[int], paths: list[str]) -> Iterator[None]:
    """Readers of random pages on all nodes; in processes, not to wait for this one."""
    listing = ROOT / "var" / "bench" / "pages.txt"
    listing.parent.mkdir(parents=True, exist_ok=True)
    listing.write_text("\n".join(paths))
    script = listing.with_suffix(".lua")
    script.write_text(f"{RANDOM}function delay() return {READING_MS} end\n")
    processes = [
        subprocess.Popen(
            ["wrk", "-t1", f"-c{READERS}", "-d36000s", "-s", str(script), f"http://127.0.0.1:{port}/",
             "--", str(listing), str(number)],
            stdout=subprocess.DEVNULL,
        )
        for number, port in enumerate(ports)
    ]  # fmt: skip
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def publish_one(
    ports: list[int], front: int, question: Any, surface: str
) -> dict[str, list[float]]:
    """Milliseconds until each node, and nginx at the port `front`, showed the question on the
    surface; "old" -> answers after that without it."""
    from learn import publishing
    from learn.models import Question
    from learn.workflow.transitions import Action

    rows = Question.objects.filter(pk=question.pk)
    publishing.set_status(rows, Question.Status.UNPUBLISHED)
    path = question.get_absolute_url()
    title = "+".join(question.title.rstrip("?").split())
    address, shown = {
        "page": (path, b'<article id="answer"'),
        "list": (f"{question.subject.get_absolute_url()}?sort=newest", path.encode()),
        "feed": ("/feed.atom", path.encode()),
        "search": (f"/search?q={title}", path.encode()),
    }[surface]
    asked = {surface: ports} | {name: [front] for name in BEHIND_NGINX if name.startswith(surface)}
    published = threading.Event()
    watches = {
        name: [Watch(port, address, shown, published) for port in those]
        for name, those in asked.items()
    }
    for each in (watch for group in watches.values() for watch in group):
        each.start()
    # All know by then, and hold the pages without the question.
    time.sleep(SETTLED)
    for port in (*ports, front):
        _ask(port, address)
    publishing.perform(Action.PUBLISH, rows)
    start = time.monotonic()
    published.set()
    found: dict[str, list[float]] = {"old": [0.0]}
    for name, group in watches.items():
        for watch in group:
            watch.join()
            if watch.moment is None:
                raise RuntimeError(f"{name} of {path} was not seen within {PATIENCE} seconds")
            found["old"][0] += watch.old
        found[name] = [1000 * (watch.moment - start) for watch in group if watch.moment]
    return found


def _ask(port: int, path: str) -> None:
    """So that the node holds the page as it is without the question."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": "127.0.0.1"})
    connection.getresponse().read()
    connection.close()


def benchmark(folder: Path, database_url: str, cache_url: str, *, times: int) -> dict[str, Any]:
    """The database holds the content; Django is set up for it, with the same cache."""
    from learn.models import Question

    with ExitStack() as stack:
        machine = Machine(stack, folder, database_url)
        nodes = [
            machine.site(f"node-{number}", CACHE_URL=cache_url, PAGE_STORE="on")
            for number in (1, 2)
        ]
        ports = [node.port for node in nodes]
        front = machine.nginx("front", nodes[0], ROOT / "staticfiles").port
        pages, _listing = addresses()
        for port in ports:
            fetch(port, "/")
        newest = list(
            Question.objects.canonical_pages()
            .select_related("subject")
            .order_by("-publish_at", "-uid")[:NEWEST]
        )
        stack.enter_context(readers(ports, random.sample(pages, min(2_000, len(pages)))))
        found: dict[str, list[float]] = {name: [] for name in (*LIMITS_MS, "old")}
        for number in range(times):
            if number % 50 == 0:
                print(f"  {number} of {times}", flush=True)
            question = newest[number // len(SURFACES) % len(newest)]
            surface = SURFACES[number % len(SURFACES)]
            for name, values in publish_one(ports, front, question, surface).items():
                found[name] += values
    return results_of(found, times)


def results_of(found: dict[str, list[float]], times: int) -> dict[str, Any]:
    return {
        "publications": times,
        "old_answers": sum(found["old"]),
        "milliseconds": {
            name: {part: round(_part(found[name], share), 1) for part, share in PARTS.items()}
            for name in LIMITS_MS
        },
        "limits": LIMITS_MS,
    }


PARTS = {"p50": 0.5, "p99": 0.99, "max": 1.0}


def _part(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(results: dict[str, Any]) -> str:
    lines = [
        f"Publish to visible, {results['publications']} publications, two nodes. Old answers after "
        f"the first new one: {results['old_answers']:.0f}.",
        "",
        "| Where | p50, ms | p99, ms | longest |",
        "| --- | --- | --- | --- |",
    ]
    for name, parts in results["milliseconds"].items():
        over = any(parts[part] > limit for part, limit in results["limits"][name].items())
        lines.append(
            f"| {name} | {parts['p50']} | {parts['p99']} | {parts['max']} |"
            + (" **over**" if over else "")
        )
    return "\n".join(lines)

"""Readers, searchers, an editor and an import at once, on one or more nodes."""

import itertools
import json
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.desk_client import Desk, shown_text
from tests.servers import gunicorn
from tests.sites import Site

SEED = 20261129
# Seconds for which a page may be older than what was published.
STALE = 2.0
LOCKED = "database is locked"
KEYWORDS = re.compile(rb"(page_keywords: >-\n    )(?:round \d+, )?")
WORDS = ("water", "cell", "energy", "price", "war", "matrix", "moon", "protein", "king", "law")


@dataclass
class Result:
    nodes: int
    seconds: float
    times: list[float] = field(default_factory=list)
    publications: int = 0
    # Told the editor, who then takes the newer version and saves again; nothing of that is lost.
    conflicts: int = 0
    imports: int = 0
    stalest: float = 0.0
    failures: list[str] = field(default_factory=list)

    def part(self, share: float) -> float:
        ordered = sorted(self.times)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

    def __str__(self) -> str:
        return (
            f"load on {self.nodes} node(s) for {self.seconds:.0f} s: {len(self.times):,} pages and "
            f"searches, {self.publications} publications ({self.conflicts} after a conflict), "
            f"{self.imports} imports; p50 {self.part(0.5) * 1000:.0f} ms, "
            f"p99 {self.part(0.99) * 1000:.0f} ms; seen everywhere after {self.stalest:.2f} s at "
            f"most; {len(self.failures)} failures"
        )


class Load:
    """All that goes on at once; `paths` are the addresses of questions by their ids."""

    def __init__(
        self, site: Site, nodes: Sequence[str], paths: dict[int, str], seeds: Path
    ) -> None:
        self.site, self.nodes, self.seeds = site, nodes, seeds
        self.paths_by_id, self.paths = paths, list(paths.values())
        self.result = Result(len(nodes), 0)
        self._stop = threading.Event()
        self._lock = threading.Lock()

    def run(self, seconds: float, *, readers: int, searchers: int, edited: Sequence[int]) -> Result:
        work: list[Callable[[], None]] = [
            *(lambda n=n: self._read(random.Random(f"{SEED}:{n}")) for n in range(readers)),
            *(lambda n=n: self._search(random.Random(f"{SEED}:s{n}")) for n in range(searchers)),
            lambda: self._edit(edited),
            self._import,
        ]
        # The first request of a node loads the site.
        self._guard(lambda: [self._get(node, is_counted=False) for node in self.nodes])
        threads = [threading.Thread(target=self._guard, args=(each,)) for each in work]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        self._stop.wait(seconds)
        # On a busy machine a short run may not have come to it.
        while not (self.result.publications or self.result.failures):
            self._stop.wait(0.1)
        self._stop.set()
        for thread in threads:
            thread.join()
        self.result.seconds = time.monotonic() - began
        return self.result

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            self._fail(f"{type(error).__name__}: {error}")

    def _fail(self, what: str) -> None:
        with self._lock:
            self.result.failures.append(what)

    def _get(self, address: str, *, is_counted: bool = True) -> str:
        began = time.monotonic()
        try:
            with urllib.request.urlopen(address, timeout=120) as response:
                text = response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                self._fail(f"{error.code}: {address}")
            return ""
        if is_counted:
            with self._lock:
                self.result.times.append(time.monotonic() - began)
        return text

    def _read(self, choice: random.Random) -> None:
        while not self._stop.is_set():
            self._get(choice.choice(self.nodes) + choice.choice(self.paths))
            self._stop.wait(0.02)

    def _search(self, choice: random.Random) -> None:
        while not self._stop.is_set():
            query = urllib.parse.quote(" ".join(choice.sample(WORDS, 2)))
            self._get(f"{choice.choice(self.nodes)}/search?q={query}")
            self._stop.wait(0.2)

    def _edit(self, edited: Sequence[int]) -> None:
        """Publish a sentence each second; the last of each question must be there at the end."""
        desks = [Desk(node) for node in self.nodes]
        for desk in desks:
            desk.log_in("ada", "a-good-password")
        latest: dict[str, str] = {}
        turns = zip(itertools.cycle(edited), itertools.cycle(desks), itertools.count(1))
        while not self._stop.is_set():
            question, desk, number = next(turns)
            began = time.monotonic()
            sentence = f"Sentence number {number} of the editor."
            if self._publish(desk, f"/admin/learn/question/{question}/change/", sentence):
                path = self.paths_by_id[question]
                latest[path] = sentence
                self._wait_until_seen(path, sentence)
            self._stop.wait(max(0.0, 1 - (time.monotonic() - began)))
        for path, sentence in latest.items():
            for node in self.nodes:
                if sentence not in self._get(node + path, is_counted=False):
                    self._fail(f"lost: {sentence} at {node}{path}")

    def _publish(self, desk: Desk, address: str, sentence: str) -> bool:
        """Whether it was taken; where the import was faster, on top of what it wrote."""
        for attempt in range(5):
            form = desk.form(address, "question_form")
            text = re.sub(r"Sentence number \d+ of the editor\.", "", dict(form)["answer"]).strip()
            fields = [(name, value) for name, value in form if name not in ("answer", "_save")]
            fields += [("answer", f"{text}\n\n{sentence}"), ("_continue", "1")]
            answer = desk.ask(address, fields)
            if answer.status == 200 and "was changed" in answer.text:
                self.result.publications += 1
                self.result.conflicts += bool(attempt)
                return True
            if answer.status not in (200, 409):
                break
        self._fail(f"{answer.status} at {address}: {shown_text(answer.text)[:300]}")
        return False

    def _wait_until_seen(self, path: str, sentence: str) -> None:
        began = time.monotonic()
        for node in self.nodes:
            while sentence not in self._get(node + path, is_counted=False):
                if time.monotonic() - began > STALE:
                    self._fail(f"stale for more than {STALE:g} s: {node}{path}")
                    return
                time.sleep(0.01)
        self.result.stalest = max(self.result.stalest, time.monotonic() - began)

    def _import(self) -> None:
        """Again and again, every third file changed each time."""
        files = sorted(self.seeds.rglob("*.md"))
        for number in itertools.count(1):
            for path in files[number % 3 :: 3]:
                path.write_bytes(KEYWORDS.sub(rb"\1round %d, " % number, path.read_bytes()))
            status, _, err = self.site.run("loadseeds", self.seeds, "-v0")
            if status != 0 or LOCKED in err:
                self._fail(f"import: {status}: {err[-300:]}")
            self.result.imports += 1
            if self._stop.is_set():
                return


PREPARE = """
import json, sys
from django.contrib.auth.models import User
from learn.models import Question
User.objects.filter(username="ada").exists() or User.objects.create_superuser(
    "ada", password="a-good-password"
)
rows = Question.objects.filter(canonical=None, status="published").select_related("subject")
print(json.dumps({row.pk: str(row.path) for row in rows.order_by("pk")}))
"""


def mixed_load(
    site: Site,
    seeds: Path,
    folder: Path,
    *,
    nodes: int,
    seconds: float,
    readers: int,
    searchers: int,
    cache: str = "locmemcache://",
) -> Result:
    """Load the seeds (a copy of the caller's: files are changed), start the nodes, and go."""
    site.manage("loadseeds", seeds, "-v0")
    found = json.loads(site.manage("shell", "-v0", "-c", PREPARE))
    paths = {int(pk): path for pk, path in found.items()}
    values = site.environment | {
        "CACHE_URL": cache,
        "SEARCH_LIMIT": "0",
        "PAGE_STORE": "true",
        "MEDIA_ROOT": str(folder / "media"),
    }
    with ExitStack() as running:
        addresses = []
        for number in range(nodes):
            own = {"PAGE_STORE_FILE": str(folder / f"pages-{number}.sqlite3")}
            log = folder / f"node-{number}.log"
            server = gunicorn(values | own, log, "--workers=2", "--threads=4")
            addresses.append(running.enter_context(server)[1])
        load = Load(site, addresses, paths, seeds)
        result = load.run(seconds, readers=readers, searchers=searchers, edited=list(paths)[:20])
    for number in range(nodes):
        if LOCKED in (folder / f"node-{number}.log").read_text():
            result.failures.append(f"{LOCKED}, says the log of node {number}")
    return result

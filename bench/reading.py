"""The readers' pages beside what else could serve them, all at once on this machine.

Figures are requests per CPU-second of the server's whole process tree, divided by those of "bare"
in the same round: a WSGI function under gunicorn that returns the same compressed bytes. Asked in
turn, round after round.
"""

import gzip
import http.client
import os
import statistics
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import wagtail
from bench.chart import bars
from bench.imports import ROOT, summary
from bench.nginx import nginx, write_configuration
from bench.servers import free_port, started
from bench.wrk import Load, ask

YARDSTICK = "bare gunicorn"
# Beyond this, (greatest - least) / median of the yardstick, a run says nothing.
MOST_SPREAD = 0.3
# (what, over what, at least)
LIMITS = (
    ("store, hot page", YARDSTICK, 0.85),
    ("store, random pages", YARDSTICK, 0.62),
    ("store, 304", YARDSTICK, 0.85),
    ("store, hot page", "WhiteNoise, a file", 1.1),
    ("nginx proxy_cache, hot page", "nginx, a file", 0.5),
    ("uncached page", "Wagtail, page", 10),
    ("uncached page", "wagtail-cache, page", 0.6),
    ("uncached list", "Wagtail, list", 5),
    ("store, hot page", "wagtail-cache, page", 2.5),
)
GUNICORN = """
bind = "127.0.0.1:{port}"
workers, threads, worker_class = 2, 4, "gthread"
reuse_port, keepalive, control_socket_disable = True, 75, True
"""
BARE = """
from pathlib import Path
body = Path({path!r}).read_bytes()
headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"),
           ("Content-Length", str(len(body)))]

def application(environ, start_response):
    start_response("200 OK", headers)
    return [body]
"""
WHITENOISE = """
from whitenoise import WhiteNoise

def missing(environ, start_response):
    start_response("404 Not Found", [("Content-Length", "0")])
    return []

application = WhiteNoise(missing, root={root!r})
"""


@dataclass(frozen=True)
class Server:
    port: int
    pids: tuple[int, ...]


class Machine:
    """All servers, for as long as the stack is open."""

    def __init__(self, stack: ExitStack, folder: Path, database_url: str) -> None:
        self._stack, self._folder, self._database_url = stack, folder, database_url

    def gunicorn(
        self,
        name: str,
        application: str,
        *,
        python: Path | str = sys.executable,
        path: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> Server:
        """With the number of workers and threads of all candidates, and nothing else."""
        port = free_port()
        settings = self._folder / f"{name}.conf.py"
        settings.write_text(GUNICORN.format(port=port))
        command = [str(python), "-m", "gunicorn", "-c", str(settings), application]
        if path:
            command += ["--pythonpath", str(path)]
        return self._start(name, command, port, environment)

    def site(self, name: str, **environment: str) -> Server:
        """The site with its own configuration."""
        port = free_port()
        own = {
            "DATABASE_URL": self._database_url,
            "BIND": f"127.0.0.1:{port}",
            "WEB_CONCURRENCY": "2",
            "WEB_THREADS": "4",
        }
        command = [sys.executable, "-m", "gunicorn", "quicktakes.wsgi"]
        return self._start(name, command, port, site_environment() | own | environment)

    def nginx(self, name: str, upstream: Server, static: Path) -> Server:
        port = free_port()
        folder = self._folder / name
        write_configuration(
            folder,
            changes={
                "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream.port};",
                "listen 80": f"listen 127.0.0.1:{port}",
                "/var/cache/nginx/quicktakes": f"{folder}/cache",
                "/srv/quicktakes/staticfiles/": f"{static}/",
                "server_name quicktakes.example;": "server_name 127.0.0.1;",
            },
            workers=2,
        )
        pid = self._stack.enter_context(nginx(folder, port))
        return Server(port, (pid, *upstream.pids))

    def _start(
        self, name: str, command: list[str], port: int, environment: dict[str, str] | None
    ) -> Server:
        log = self._folder / f"{name}.log"
        pid = self._stack.enter_context(
            started(command, port, cwd=ROOT, environment=environment, log=log, patience=120)
        )
        return Server(port, (pid,))


def site_environment() -> dict[str, str]:
    """As a public site has it, but for HTTPS."""
    return os.environ | {
        "DEBUG": "false",
        "HTTPS": "false",
        "SECRET_KEY": "only-for-this-benchmark-0123456789-0123456789-0123456789",
        "ALLOWED_HOSTS": "127.0.0.1",
        "CACHE_URL": "locmemcache://",
        # All requests come from one address.
        "SEARCH_LIMIT": "1000000000",
        "SUGGEST_LIMIT": "1000000000",
    }


def fetch(port: int, path: str, **headers: str) -> tuple[dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip", **headers})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path}: {response.status}")
        return {name.lower(): value for name, value in response.getheaders()}, body
    finally:
        connection.close()


def warm(port: int, paths: list[str]) -> None:
    """Ask once for each."""
    remaining = iter(paths)
    lock = threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                path = next(remaining, None)
            if path is None:
                return connection.close()
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise RuntimeError(f"{path}: {response.status}")

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def addresses() -> tuple[list[str], str]:
    """Of all question pages, and of the largest list; from the database that Django is set up
    for."""
    from django.db.models import Count

    from learn.models import Question, Subject

    pages = Question.objects.canonical_pages().select_related("subject").order_by("pk")
    largest = Subject.objects.listed().annotate(number=Count("questions")).order_by("-number")[0]
    found = [page.get_absolute_url() for page in pages.only("slug", "subject__slug").iterator()]
    return found, largest.get_absolute_url()


def candidates(machine: Machine, folder: Path, *, most: int | None) -> Iterator[tuple[str, Any]]:
    """(name, (load, processes)) of each."""
    pages, listing = addresses()
    page = pages[len(pages) // 2]
    random_pages = folder / "pages.txt"
    random_pages.write_text("\n".join(pages[:most]))
    uncached = machine.site("uncached", PAGE_STORE="off")
    stored = machine.site("stored", PAGE_STORE="on", PAGE_STORE_FILE=str(folder / "pages.sqlite3"))
    answer = fetch(stored.port, page)
    body = answer[1]
    files = folder / "files"
    files.mkdir()
    plain = fetch(uncached.port, page, **{"Accept-Encoding": "identity"})[1]
    for name in ("page.html", "page.0123456789ab.html"):
        (files / name).write_bytes(plain)
        (files / f"{name}.gz").write_bytes(_gzipped(plain, body, answer[0]))
    (folder / "bare.py").write_text(BARE.format(path=str(files / "page.html.gz")))
    (folder / "files_only.py").write_text(WHITENOISE.format(root=str(files)))
    bare = machine.gunicorn("bare", "bare:application", path=folder)
    whitenoise = machine.gunicorn("whitenoise", "files_only:application", path=folder)
    front = machine.nginx("nginx", stored, files)
    static = Server(front.port, front.pids[:1])
    warm(stored.port, [*pages[:most], listing])
    tag = fetch(stored.port, page)[0].get("etag", '"none"')
    known = ("Accept-Encoding: gzip", f"If-None-Match: {tag}")

    yield YARDSTICK, (Load(bare.port, "/"), bare.pids)
    yield "WhiteNoise, a file", (Load(whitenoise.port, "/page.html"), whitenoise.pids)
    yield "nginx, a file", (Load(static.port, "/static/page.0123456789ab.html"), static.pids)
    yield "nginx proxy_cache, hot page", (Load(front.port, page), front.pids)
    yield "store, hot page", (Load(stored.port, page), stored.pids)
    yield "store, random pages", (Load(stored.port, "/", paths=random_pages), stored.pids)
    yield "store, 304", (Load(stored.port, page, headers=known), stored.pids)
    yield "store, list", (Load(stored.port, listing), stored.pids)
    yield "uncached page", (Load(uncached.port, page), uncached.pids)
    yield "uncached list", (Load(uncached.port, listing), uncached.pids)
    yield "search", (Load(uncached.port, "/search?q=energy+of+a+system"), uncached.pids)
    yield from _wagtail_candidates(machine, folder)


def _wagtail_candidates(machine: Machine, folder: Path) -> Iterator[tuple[str, Any]]:
    wagtail.install()
    home = folder / "wagtail"
    home.mkdir()
    page, listing = wagtail.load(home)
    for name, is_cached in (("Wagtail", False), ("wagtail-cache", True)):
        server = machine.gunicorn(
            name,
            "wagtail_site.wsgi",
            python=wagtail.PYTHON,
            environment=wagtail.environment(home, is_cached=is_cached),
        )
        fetch(server.port, page)
        yield f"{name}, page", (Load(server.port, page), server.pids)
        yield f"{name}, list", (Load(server.port, listing), server.pids)


def _gzipped(plain: bytes, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes that the store sends; made here where there is none."""
    return body if headers.get("content-encoding") == "gzip" else gzip.compress(plain, 6)


def benchmark(
    folder: Path, database_url: str, *, rounds: int, seconds: int, most: int | None
) -> dict[str, Any]:
    """The results as they are written to bench/results.json."""
    with ExitStack() as stack:
        machine = Machine(stack, folder, database_url)
        found = dict(candidates(machine, folder, most=most))
        speeds: dict[str, list[float]] = {name: [] for name in found}
        # Once for nothing: what is filled or compiled at the first requests.
        for number in range(-1, rounds):
            print(f"  round {number + 1} of {rounds}", flush=True)
            for name, (load, pids) in found.items():
                answered = ask(load, pids, seconds if number >= 0 else 1, number + 2)
                if number >= 0:
                    speeds[name].append(answered.per_cpu_second)
    return results_of(speeds, rounds)


def results_of(speeds: dict[str, list[float]], rounds: int) -> dict[str, Any]:
    bare = speeds[YARDSTICK]
    spread = (max(bare) - min(bare)) / statistics.median(bare)
    return {
        "rounds": rounds,
        "yardstick_requests_per_cpu_second": summary(bare),
        "yardstick_spread": round(spread, 3),
        "is_void": spread > MOST_SPREAD,
        "ratios": {name: summary(_paired(found, bare)) for name, found in speeds.items()},
        "limits": [
            {
                "what": what,
                "over": over,
                "ratio": summary(_paired(speeds[what], speeds[over])),
                "least": least,
            }
            for what, over, least in LIMITS
        ],
    }


def _paired(values: list[float], units: list[float]) -> list[float]:
    return [value / unit for value, unit in zip(values, units, strict=True)]


def table(results: dict[str, Any]) -> str:
    """The results for people, as a table of the documents."""
    unit = results["yardstick_requests_per_cpu_second"]
    lines = [
        f"Requests per CPU-second, {results['rounds']} rounds. 1 = {YARDSTICK}: "
        f"{unit['median']:.0f} ({unit['min']:.0f} to {unit['max']:.0f}).",
        *(["VOID: the yardstick itself spread over 30 %."] if results["is_void"] else []),
        "",
        "| Server | Ratio | min | max |",
        "| --- | --- | --- | --- |",
    ]
    for name, ratio in results["ratios"].items():
        lines.append(
            f"| {name} | {ratio['median']:.3g} | {ratio['min']:.3g} | {ratio['max']:.3g} |"
        )
    lines += ["", "| Ratio | | min | max | At least |", "| --- | --- | --- | --- | --- |"]
    for limit in results["limits"]:
        ratio = limit["ratio"]
        short = "" if ratio["median"] >= limit["least"] else " **short**"
        lines.append(
            f"| {limit['what']} / {limit['over']} | {ratio['median']:.3g}{short} "
            f"| {ratio['min']:.3g} | {ratio['max']:.3g} | {limit['least']:g} |"
        )
    return "\n".join(lines)


def chart(results: dict[str, Any]) -> str:
    ratios = {name: ratio["median"] for name, ratio in results["ratios"].items()}
    own = ("store", "uncached", "search", "nginx proxy_cache")
    rows = [
        (name, value, "own" if name.startswith(own) else "other")
        for name, value in sorted(ratios.items(), key=lambda item: -item[1])
    ]
    title = "Requests per CPU-second, bare gunicorn = 1 (logarithmic)"
    return bars(title, rows, least=0.01)


def prepare(folder: Path, source: Path) -> str:
    """Load seed files into a database of their own; its URL."""
    url = f"sqlite:///{folder}/site.sqlite3"
    load(url, source)
    return url


def load(database_url: str, source: Path) -> None:
    """Load seed files, and collect the static files."""
    environment = site_environment() | {"DATABASE_URL": database_url}
    for command in (
        ["migrate", "-v0"],
        ["loadseeds", str(source), "-v0"],
        ["collectstatic", "--noinput", "-v0"],
    ):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True
        )

"""What a worker takes of the memory, by PSS, with a warm store: after each tenth of the content.

Pages are asked for once in each encoding, so that the store sees three times as many as there are.
"""

import http.client
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.reading import Machine, Server, addresses
from bench.servers import pss_megabytes, tree

LIMIT_MB = 60
STEPS = 10
ENCODINGS = ("br", "gzip", "identity")


def benchmark(folder: Path, database_url: str) -> dict[str, Any]:
    """Django is set up for the database, which holds the content."""
    pages, _listing = addresses()
    with ExitStack() as stack:
        site = Machine(stack, folder, database_url).site(
            "memory", PAGE_STORE="on", PAGE_STORE_FILE=str(folder / "pages.sqlite3")
        )
        measured = [(0, _largest_worker(site))]
        size = max(1, len(pages) // STEPS)
        for number in range(0, len(pages), size):
            _ask(site.port, pages[number : number + size])
            measured.append((3 * min(number + size, len(pages)), _largest_worker(site)))
            print(f"  {measured[-1][0]:,} pages: {measured[-1][1]:.1f} MB", flush=True)
    return {"megabytes": measured, "limit": LIMIT_MB}


def _largest_worker(site: Server) -> float:
    """The first process is the one that the workers come from."""
    (master,) = site.pids
    return round(max(pss_megabytes(pid) for pid in tree(master)[1:]), 1)


def _ask(port: int, paths: Iterable[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for path in paths:
        for encoding in ENCODINGS:
            connection.request("GET", path, headers={"Accept-Encoding": encoding})
            response = connection.getresponse()
            response.read()
            if response.status != 200:
                raise RuntimeError(f"{path}: {response.status}")
    connection.close()


def table(results: dict[str, Any]) -> str:
    lines = ["| Pages stored | MB of the largest worker (PSS) |", "| --- | --- |"]
    for pages, megabytes in results["megabytes"]:
        over = " **over**" if megabytes > results["limit"] else ""
        lines.append(f"| {pages:,} | {megabytes}{over} |")
    return "\n".join(lines)

"""wrk as the client: how many requests a server answered, and what they cost it."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.servers import cpu_seconds

# One processor asks, with enough connections for two workers of four threads.
THREADS, CONNECTIONS = 1, 16

# Random addresses of a file, other ones in each run.
RANDOM = """
local paths = {}
function init(arguments)
  for line in io.lines(arguments[1]) do paths[#paths + 1] = line end
  math.randomseed(tonumber(arguments[2]))
end
function request() return wrk.format(nil, paths[math.random(#paths)]) end
"""


@dataclass(frozen=True)
class Load:
    """What is asked of a server; `paths` is a file with addresses to choose from at random."""

    port: int
    path: str
    headers: tuple[str, ...] = ("Accept-Encoding: gzip",)
    paths: Path | None = None


@dataclass(frozen=True)
class Answered:
    requests: int
    cpu_seconds: float

    @property
    def per_cpu_second(self) -> float:
        return self.requests / self.cpu_seconds


def ask(load: Load, pids: tuple[int, ...], seconds: int, seed: int) -> Answered:
    """Ask for so long; the CPU time is that of all processes below `pids`.

    Once more if something failed: a worker that has answered 200,000 requests is replaced, which
    may cost a connection and does cost the loading of the site.
    """
    try:
        return _ask(load, pids, seconds, seed)
    except RuntimeError as error:
        print(f"  once more: {error}", flush=True)
        return _ask(load, pids, seconds, seed)


def _ask(load: Load, pids: tuple[int, ...], seconds: int, seed: int) -> Answered:
    command = ["wrk", f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s"]
    for header in load.headers:
        command += ["-H", header]
    command.append(f"http://127.0.0.1:{load.port}{load.path}")
    if load.paths:
        script = load.paths.with_suffix(".lua")
        script.write_text(RANDOM)
        command[1:1] = ["-s", str(script)]
        command += ["--", str(load.paths), str(seed)]
    before = sum(map(cpu_seconds, pids))
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    cost = sum(map(cpu_seconds, pids)) - before
    found = re.search(r"(\d+) requests in [\d.]+", output)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", output)
    if found is None or failed:
        raise RuntimeError(f"{load.path} was not answered well:\n{output}")
    if not int(found[1]) or cost <= 0:
        raise RuntimeError(f"{load.path}: no answer within {seconds} seconds; ask for longer")
    return Answered(int(found[1]), cost)

"""gunicorn as gunicorn.conf.py starts it: real processes, real connections."""

import os
import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from bench.servers import tree
from learn.pages.entry import FixedHeaders
from quicktakes import worker
from tests.conftest import ROOT
from tests.serving import exchange, get, gunicorn

APPLICATION = """
import os
import quicktakes.wsgi  # loads what the configuration looks after

def application(environ, start_response):
    body = f"{os.getpid()} {environ['wsgi.url_scheme']}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """(process, port) of the site itself, on an empty database."""
    with gunicorn(tmp_path_factory.mktemp("gunicorn"), "quicktakes.wsgi") as server:
        yield server


@pytest.fixture
def bare(tmp_path: Path) -> Callable[..., object]:
    """Starts an application that answers with its process and the scheme of the request."""
    (tmp_path / "bare.py").write_text(APPLICATION)

    def start(*arguments: str, **environment: str) -> object:
        settings = str(ROOT / "gunicorn.conf.py")
        return gunicorn(
            tmp_path, "bare:application", "-c", settings, "--pythonpath", str(tmp_path), *arguments,
            **environment,
        )  # fmt: skip

    return start


def wait_for(condition: Callable[[], object], seconds: float = 30) -> object:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    pytest.fail(f"not within {seconds} seconds")


def workers(master: int) -> set[int]:
    return set(tree(master)[1:])


def listeners(port: int) -> int:
    """How many sockets wait for connections there."""
    return Path("/proc/net/tcp").read_text().count(f":{port:04X} 00000000:0000 0A")


def test_site_answers_a_reader(site: tuple[int, int]) -> None:
    status, headers, body = get(site[1], "/robots.txt", host="127.0.0.1")
    assert status == 200
    assert headers["server"] == "gunicorn"
    assert b"Sitemap:" in body


def test_each_worker_listens_for_itself(site: tuple[int, int]) -> None:
    master, port = site
    wait_for(lambda: len(workers(master)) == 2)
    wait_for(lambda: listeners(port) == 2)


def test_process_that_forks_has_opened_no_database(site: tuple[int, int]) -> None:
    master, port = site
    get(port, "/robots.txt", host="127.0.0.1")
    opened = [os.readlink(link) for link in Path(f"/proc/{master}/fd").iterdir()]
    assert [name for name in opened if "sqlite" in name] == []
    assert [name for name in opened if name.startswith("socket:")] == []
    threads = list(Path(f"/proc/{master}/task").iterdir())
    assert len(threads) == 1


def test_killed_worker_is_replaced_and_the_site_goes_on(site: tuple[int, int]) -> None:
    master, port = site
    before = wait_for(lambda: len(found := workers(master)) == 2 and found)
    killed = min(before)  # type: ignore[call-overload]
    os.kill(killed, signal.SIGKILL)
    after = wait_for(lambda: len(found := workers(master) - {killed}) == 2 and found)
    assert killed not in after  # type: ignore[operator]
    assert get(port, "/robots.txt", host="127.0.0.1")[0] == 200


@pytest.mark.parametrize(
    ("request_line", "headers"),
    [
        ("GET /" + "a" * 5_000 + " HTTP/1.1", []),
        ("GET / HTTP/1.1", [f"X-{number}: a" for number in range(70)]),
        ("GET / HTTP/1.1", ["X: " + "a" * 9_000]),
    ],
    ids=["long line", "many fields", "long field"],
)
def test_request_beyond_the_limits_is_refused(
    site: tuple[int, int], request_line: str, headers: list[str]
) -> None:
    lines = [request_line, "Host: 127.0.0.1", *headers, "", ""]
    answer = exchange(site[1], "\r\n".join(lines).encode())
    assert answer.startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(
    ("allowed", "headers", "scheme"),
    [
        ("127.0.0.1", {"X-Forwarded-Proto": "https"}, "https"),
        ("127.0.0.1", {"X-Forwarded-Proto": "http", "X-Forwarded-Ssl": "on"}, "http"),
        ("192.0.2.1", {"X-Forwarded-Proto": "https"}, "http"),
    ],
    ids=["proxy says https", "visitor says otherwise", "not the proxy"],
)
def test_scheme_is_what_the_proxy_says(
    bare: Callable[..., object], allowed: str, headers: dict[str, str], scheme: str
) -> None:
    with bare(FORWARDED_ALLOW_IPS=allowed) as (_master, port):  # type: ignore[attr-defined]
        status, _headers, body = get(port, "/", headers)
    assert (status, body.split()[1].decode()) == (200, scheme)


def test_path_is_not_taken_from_a_header(bare: Callable[..., object]) -> None:
    with bare() as (_master, port):  # type: ignore[attr-defined]
        assert get(port, "/", {"SCRIPT_NAME": "/elsewhere"})[0] == 200


def test_worker_that_stops_loses_no_connection(bare: Callable[..., object]) -> None:
    """It holds an idle connection, for which it waits two seconds; others come meanwhile."""
    seen: Counter[int] = Counter()
    lost: list[str] = []
    with bare() as (master, port):  # type: ignore[attr-defined]
        wait_for(lambda: len(workers(master)) == 2)
        first = workers(master)
        held, idle = set(), []
        while held != first:
            connection = socket.create_connection(("127.0.0.1", port))
            connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            answer = b""
            while not answer.endswith(b" http"):
                answer += connection.recv(1_000)
            held.add(int(answer.rpartition(b"\n")[2].split()[0]))
            idle.append(connection)

        def read() -> None:
            deadline = time.monotonic() + 30
            while not set(seen) - first and time.monotonic() < deadline:
                try:
                    seen[int(get(port, "/", timeout=5)[2].split()[0])] += 1
                except OSError as error:
                    lost.append(str(error))

        readers = [threading.Thread(target=read) for _ in range(12)]
        for reader in readers:
            reader.start()
        os.kill(min(first), signal.SIGTERM)
        for reader in readers:
            reader.join()
        for connection in idle:
            connection.close()
    # One may come between the worker's last look and its end; without that look half of them wait
    # until they are reset (`quicktakes.worker.DrainingWorker`).
    assert len(lost) <= 1, lost
    assert set(seen) - first, "no new worker came"


def test_restart_finishes_what_was_asked_before(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(
        "import time\nimport quicktakes.wsgi\n"
        "def application(environ, start_response):\n"
        "    time.sleep(1)\n"
        "    start_response('200 OK', [('Content-Length', '4')])\n"
        "    return [b'done']\n"
    )
    settings = str(ROOT / "gunicorn.conf.py")
    answers: list[bytes] = []
    with gunicorn(
        tmp_path, "slow:application", "-c", settings, "--pythonpath", str(tmp_path)
    ) as (master, port):  # fmt: skip
        asking = threading.Thread(target=lambda: answers.append(get(port, "/")[2]))
        asking.start()
        time.sleep(0.3)
        os.kill(master, signal.SIGTERM)
        asking.join()
    assert answers == [b"done"]


@pytest.mark.parametrize("body", [b"", b"x" * 10_000])
def test_requests_of_one_connection_are_answered_in_turn_whether_their_body_was_read_or_not(
    bare: Callable[..., object], body: bytes
) -> None:
    request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    with bare() as (_master, port), socket.create_connection(("127.0.0.1", port)) as connection:  # type: ignore[attr-defined]
        connection.settimeout(10)
        # The second comes while the first is answered.
        connection.sendall(2 * request + b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        answers = b""
        while answers.count(b" http") < 3 and (more := connection.recv(10_000)):
            answers += more
    assert answers.count(b"HTTP/1.1 200 OK") == 3


def test_stored_page_is_sent_as_gunicorn_sends_any() -> None:
    """Real responses of gunicorn, into a socket."""
    given = [("Content-Length", "1"), ("ETag", '"a"')]
    fixed = FixedHeaders.of(given, 1)
    answers = {sent(fixed), sent(FixedHeaders.split(fixed.joined, 1)), sent(given)}
    (answer,) = answers
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b'\r\nContent-Length: 1\r\nETag: "a"\r\n\r\nx')
    fixed.joined = b"ETag: joined\r\n"
    assert sent(fixed).endswith(b"\r\nETag: joined\r\n\r\nx")


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\nb", "a\r"])
def test_header_that_would_be_two_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="end of a line"):
        FixedHeaders.of([("ETag", value)], None)


def test_answer_to_head_and_one_that_is_too_long_are_sent_without_what_is_too_much() -> None:
    fixed = FixedHeaders.of([("Content-Length", "1")], 1)
    for _ in range(2):
        assert sent(fixed, method="HEAD").endswith(b"\r\nContent-Length: 1\r\n\r\n")
        assert sent(fixed, body=b"xyz").endswith(b"\r\nContent-Length: 1\r\n\r\nx")


def sent(headers: list[tuple[str, str]], *, method: str = "GET", body: bytes = b"x") -> bytes:
    """Without the date, and the header of the connection's end."""
    request = SimpleNamespace(method=method, version=(1, 1), should_close=lambda: False)
    here, there = socket.socketpair()
    with here, there:
        response = worker.Response(request, here, Config())
        response.start_response("200 OK", headers)
        response.write(body)
        answer = there.recv(65_536)
    return re.sub(rb"\r\nDate: [^\r]+", b"", answer)

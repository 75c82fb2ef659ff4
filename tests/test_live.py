"""The server of tests in a browser ends what it has begun, whatever browsers keep open."""

import socket
import time
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any

import pytest
from django.test.testcases import QuietWSGIRequestHandler

from tests.live import EndingServer

REQUEST = b"GET / HTTP/1.1\r\nHost: site\r\n\r\n"


def soon(is_so: Callable[[], Any]) -> bool:
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.001)
    return bool(is_so())


@pytest.fixture
def begun() -> Event:
    return Event()


@pytest.fixture
def may_end() -> Event:
    return Event()


@pytest.fixture
def server(begun: Event, may_end: Event) -> Iterator[EndingServer]:
    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        begun.set()
        may_end.wait(10)
        start_response("200 OK", [("Content-Length", "5")])
        return [b"whole"]

    server = EndingServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(answer)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_connection_without_a_request_is_ended_at_once(server):
    with socket.create_connection(server.server_address) as browser:
        assert soon(lambda: server.connections)
        server.end_requests()
        assert browser.recv(1) == b""
    assert not server.connections


def test_request_that_was_begun_is_answered_whole_first(server, begun, may_end):
    with socket.create_connection(server.server_address) as browser:
        browser.sendall(REQUEST)
        assert begun.wait(10)
        ending = Thread(target=server.end_requests)
        ending.start()
        may_end.set()
        answer = b"".join(iter(lambda: browser.recv(1000), b""))
        ending.join()
    assert answer.endswith(b"whole")
    assert not server.connections

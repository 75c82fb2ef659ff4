"""Redis is killed under a running site, and started again."""

import re
from pathlib import Path

from tests.desk_client import Desk
from tests.faults.conftest import CHANGE, QUESTION, Reach
from tests.servers import fetch, free_port, redis_server, wait_until


def statuses(site: str, path: str, number: int) -> list[int]:
    return [fetch(site + path)[0] for _ in range(number)]


def work(site: str, desk: Desk, text: str) -> None:
    """What readers and an editor do on an ordinary day."""
    page = fetch(site + QUESTION)
    assert page[0] == 200
    image = re.search(r'"og:image" content="http://[^/]*([^"]*)"', page[1])[1]
    # A picture is no text.
    assert Desk(site).status(image) == 200
    for path in ("/", "/learn/biology", "/search?q=moon", "/search/suggest?q=tide", "/topics"):
        assert (path, fetch(site + path)[0]) == (path, 200)
    for path in ("/admin/", "/admin/learn/question/", "/admin/learn/subject/"):
        assert (path, desk.ask(path).status) == (path, 200)
    assert desk.save(CHANGE, answer=text).status == 200
    wait_until(lambda: text in fetch(site + QUESTION)[1], "readers do not see what was saved")


def test_readers_and_editors_go_on_while_redis_is_dead_and_limits_hold(
    reach: Reach, tmp_path: Path
) -> None:
    port = free_port()
    limits = {"SEARCH_LIMIT": "4", "LOGIN_LIMIT": "30"}
    address = f"redis://127.0.0.1:{port}/0"
    with redis_server(tmp_path, port) as server, reach.served(CACHE_URL=address, **limits) as site:
        desk = Desk(site)
        desk.log_in("ada", "a-good-password")
        work(site, desk, "Written with Redis.")
        server.kill()
        server.wait()
        work(site, desk, "Written while Redis was dead.")
        # Whatever the minute: four of one minute are let through.
        assert 429 in statuses(site, "/search?q=moon", 24)
        for _ in range(5):
            refused = Desk(site).try_login("bea", "wrong")
        assert (refused.status, "Too many attempts" in refused.text) == (429, True)
        assert fetch(f"{site}/readyz")[:2] == (503, "cache: does not answer\n")
        assert fetch(f"{site}/healthz")[0] == 200
        with redis_server(tmp_path, port):
            wait_until(lambda: fetch(f"{site}/readyz")[0] == 200, "Redis is not taken back")
            text = "Written with Redis again."
            assert desk.save(CHANGE, answer=text).status == 200
            wait_until(lambda: text in fetch(site + QUESTION)[1], "it is not seen")
    log = reach.log.read_text()
    assert "Redis does not answer" in log
    # The probe's own traceback alone, which tells why.
    assert "Internal Server Error" not in log

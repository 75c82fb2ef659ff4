"""nginx with the files of deploy/nginx, in front of a real gunicorn."""

import gzip
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.nginx import SOURCE, command, nginx, write_configuration
from bench.servers import free_port, tree
from tests import migrated
from tests.conftest import leave_out
from tests.serving import exchange, get, gunicorn

HASHED = "app.0123456789ab.js"


@dataclass
class Front:
    """nginx on `port`, gunicorn behind it."""

    port: int
    gunicorn: int
    folder: Path

    def ask(self, path: str, headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """What the application behind it said, with nginx's own word on its cache."""
        status, said, body = get(self.port, path, headers, **more)
        assert status == 200, (status, body)
        return {**json.loads(body), "cache": said.get("x-cache"), "id": said.get("x-request-id")}


def configure(folder: Path, upstream: int, port: int) -> None:
    static = folder / "staticfiles"
    static.mkdir()
    (static / HASHED).write_bytes(b"plain")
    (static / f"{HASHED}.gz").write_bytes(gzip.compress(b"packed"))
    (static / "staticfiles.json").write_bytes(b"{}")
    (folder / "secret").write_text("secret")
    write_configuration(
        folder,
        changes={
            "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream};",
            "listen 80": f"listen 127.0.0.1:{port}",
            "/var/cache/nginx/quicktakes": f"{folder}/cache",
            "/srv/quicktakes/staticfiles/": f"{static}/",
        },
        more={"header_timeout 10s": "header_timeout 1s", "body_timeout 10s": "body_timeout 1s"},
    )


@pytest.fixture(scope="module")
def installed() -> None:
    if not shutil.which("nginx"):
        leave_out("there is no nginx (Debian: apt-get install nginx)")


def serve(folder: Path, application: str) -> Iterator[Front]:
    upstream, port = free_port(), free_port()
    configure(folder, upstream, port)
    environment = {"WEB_CONCURRENCY": "1", "FAIL_WHEN": str(folder / "fail")}
    with (
        gunicorn(folder, application, port=upstream, **environment) as (pid, _port),
        nginx(folder, port),
    ):
        yield Front(port, pid, folder)


@pytest.fixture(scope="module")
def front(installed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    yield from serve(tmp_path_factory.mktemp("nginx"), "tests.nginx_application:application")


@pytest.fixture
def mortal(installed: None, tmp_path: Path) -> Iterator[Front]:
    """One whose gunicorn may be killed."""
    yield from serve(tmp_path, "tests.nginx_application:application")


# --- the files


@pytest.mark.parametrize("with_tls", [False, True])
def test_configuration_is_taken_without_a_warning(
    installed: None, tmp_path: Path, with_tls: bool
) -> None:
    tls = tls_changes(tmp_path, free_port()) if with_tls else None
    changes = {"/var/cache/nginx/quicktakes": f"{tmp_path}/cache"}
    write_configuration(tmp_path, changes=changes, tls=tls)
    tried = subprocess.run(command(tmp_path, "-t"), capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr


def test_all_that_an_operator_changes_is_marked() -> None:
    for name in ("quicktakes.conf", "tls.conf"):
        lines = (SOURCE / name).read_text().splitlines()
        for number, line in enumerate(lines):
            if any(text in line for text in ("/srv/", "quicktakes.example", "127.0.0.1:8000")):
                near = "\n".join(lines[max(0, number - 3) : number + 1])
                assert "CHANGE" in near, f"{name}:{number + 1}"


# --- what is kept, and for whom


def test_marked_page_is_kept_and_given_to_the_next(front: Front) -> None:
    first, second = front.ask("/page?kept"), front.ask("/page?kept")
    assert (first["cache"], second["cache"]) == ("MISS", "HIT")
    assert first["number"] == second["number"]


def test_answer_without_the_mark_is_never_kept_whatever_it_says_to_browsers(front: Front) -> None:
    first, second = front.ask("/unmarked"), front.ask("/unmarked")
    assert first["number"] != second["number"]


@pytest.mark.parametrize("path", ["/personal", "/varying", "/admin/"])
def test_answer_for_one_visitor_is_never_kept_though_it_is_marked(front: Front, path: str) -> None:
    assert front.ask(path)["number"] != front.ask(path)["number"]


@pytest.mark.parametrize("header", [{"Cookie": "sessionid=a"}, {"Authorization": "Basic a"}])
def test_whoever_is_logged_in_gets_no_kept_page_and_leaves_none(
    front: Front, header: dict[str, str]
) -> None:
    path = f"/page?{next(iter(header))}"
    kept = front.ask(path)
    own = front.ask(path, header)
    assert own["number"] != kept["number"]
    assert own["cache"] == "BYPASS"
    assert front.ask(path)["number"] == kept["number"]


def test_cookie_of_no_meaning_gets_the_kept_page(front: Front) -> None:
    kept = front.ask("/page?cookie")
    assert front.ask("/page?cookie", {"Cookie": "theme=dark"})["number"] == kept["number"]


def test_head_gets_the_kept_page_without_its_body(front: Front) -> None:
    front.ask("/page?head")
    status, headers, body = get(front.port, "/page?head", method="HEAD")
    assert (status, headers["x-cache"], body) == (200, "HIT", b"")


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("GZIP;q=1.0", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.0, gzip;q=0", None),
        ("deflate, x-gzip-not, brotli", None),
        ("identity", None),
        ("", None),
    ],
)
def test_encodings_have_one_spelling_each(front: Front, accepted: str, chosen: str | None) -> None:
    found = front.ask("/unmarked", {"Accept-Encoding": accepted})
    assert found.get("HTTP_ACCEPT_ENCODING") == chosen


def test_each_encoding_is_kept_by_itself_whatever_its_spelling(front: Front) -> None:
    spellings = {
        "br": ["br, gzip", "gzip, deflate, br", "br;q=1"],
        "gzip": ["gzip", "deflate,gzip;q=0.8"],
        "": ["identity", "deflate"],
    }
    numbers = {
        chosen: {front.ask("/encoded", {"Accept-Encoding": text})["number"] for text in texts}
        for chosen, texts in spellings.items()
    }
    assert [len(found) for found in numbers.values()] == [1, 1, 1]
    assert len(set.union(*numbers.values())) == 3


def test_many_who_ask_for_a_missing_page_at_once_make_one_request(front: Front) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: front.ask("/slow?many"), range(8)))
    assert len({answer["number"] for answer in found}) == 1


def test_other_host_or_query_is_another_page(front: Front) -> None:
    kept = front.ask("/page?a")
    assert front.ask("/page?b")["number"] != kept["number"]
    assert front.ask("/page?a", host="quicktakes.example:80")["number"] == kept["number"]


# --- when the site fails


def test_kept_page_is_asked_for_anew_after_its_second(front: Front) -> None:
    first = front.ask("/expiring")
    time.sleep(2.1)
    second = front.ask("/expiring")
    assert second["cache"] == "EXPIRED"
    assert second["number"] > first["number"]


def test_old_page_is_given_while_the_site_says_503_and_not_after(front: Front) -> None:
    fail = front.folder / "fail"
    first = front.ask("/failing")
    fail.touch()
    time.sleep(2.1)
    stale = front.ask("/failing")
    assert (stale["cache"], stale["number"]) == ("STALE", first["number"])
    fail.unlink()
    assert front.ask("/failing")["number"] > first["number"]


def test_old_page_is_given_while_gunicorn_is_gone(mortal: Front) -> None:
    first = mortal.ask("/expiring")
    for pid in tree(mortal.gunicorn):
        os.kill(pid, signal.SIGKILL)
    time.sleep(2.1)
    stale = mortal.ask("/expiring")
    assert (stale["cache"], stale["number"]) == ("STALE", first["number"])
    assert get(mortal.port, "/never-seen")[0] == 502


# --- who asks


def test_what_a_visitor_says_of_themselves_does_not_get_through(front: Front) -> None:
    forged = {
        "X-Forwarded-For": "192.0.2.1",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "1",
        "X-Forwarded-Ssl": "on",
        "X-Forwarded-Protocol": "ssl",
        "X-Real-IP": "192.0.2.1",
        "Forwarded": "for=192.0.2.1;host=evil.example",
        "X-Request-ID": "forged",
    }
    found = front.ask("/unmarked", forged)
    assert found["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert found["HTTP_X_FORWARDED_PROTO"] == "http"
    assert found["HTTP_HOST"] == "quicktakes.example"
    assert found["HTTP_X_REQUEST_ID"] == found["id"]
    assert "forged" not in found["id"]
    for name in ("HOST", "PORT", "SSL", "PROTOCOL"):
        assert f"HTTP_X_FORWARDED_{name}" not in found
    assert not {"HTTP_X_REAL_IP", "HTTP_FORWARDED"} & set(found)


def test_kept_page_bears_the_id_of_its_own_request(front: Front) -> None:
    first, second = front.ask("/page?id"), front.ask("/page?id")
    assert second["cache"] == "HIT"
    assert first["id"] != second["id"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1"])
def test_other_names_get_no_answer(front: Front, host: str) -> None:
    request = f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    with suppress(ConnectionResetError):
        assert exchange(front.port, request) == b""


def test_server_does_not_tell_its_version(front: Front) -> None:
    assert get(front.port, "/static/none.js")[1]["server"] == "nginx"


# --- limits


@pytest.mark.parametrize(
    ("path", "size", "expected"),
    [("/report", 300_000, 413), ("/report", 100_000, 200), ("/admin/a", 10_000_000, 200),
     ("/admin/a", 30_000_000, 413)],
)  # fmt: skip
def test_body_is_as_long_as_its_place_needs(
    front: Front, path: str, size: int, expected: int
) -> None:
    # Announced; where it is too long nobody waits for it.
    body = b"a" * size if expected == 200 else b""
    headers = {} if body else {"Content-Length": str(size)}
    assert get(front.port, path, headers, method="POST", body=body)[0] == expected


@pytest.mark.parametrize(
    ("line", "headers", "status"),
    [("GET /" + "a" * 9_000 + " HTTP/1.1", [], 414), ("GET / HTTP/1.1", ["X: " + "a" * 9_000], 400),
     ("GET / HTTP/1.1", [f"X-{number}: {'a' * 900}" for number in range(60)], 400)],
    ids=["line", "field", "fields"],
)  # fmt: skip
def test_head_beyond_the_limits_is_refused(
    front: Front, line: str, headers: list[str], status: int
) -> None:
    lines = [line, "Host: quicktakes.example", "Connection: close", *headers, "", ""]
    answer = exchange(front.port, "\r\n".join(lines).encode())
    assert answer.split()[1] == str(status).encode()


@pytest.mark.parametrize(
    "beginning",
    [
        b"GET / HTTP/1.1\r\nHost: quicktakes.example\r\nX: ",
        b"POST /report HTTP/1.1\r\nHost: quicktakes.example\r\nContent-Length: 100\r\n\r\nab",
    ],
    ids=["head", "body"],
)
def test_slow_clients_are_let_go_and_hold_nobody_up(front: Front, beginning: bytes) -> None:
    """More of them than gunicorn has threads."""
    with ExitStack() as slow:
        connections = [
            slow.enter_context(socket.create_connection(("127.0.0.1", front.port), timeout=20))
            for _ in range(12)
        ]
        for connection in connections:
            connection.sendall(beginning)
        assert front.ask("/unmarked")["number"]
        for connection in connections:
            with suppress(ConnectionResetError):
                assert connection.recv(1_000)[:12] in (b"", b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("path", "method", "most"),
    [("/search?q=a", "GET", 61), ("/report", "POST", 21), ("/admin/login/", "POST", 11)],
)
def test_what_costs_is_limited_by_address(mortal: Front, path: str, method: str, most: int) -> None:
    def ask(_number: int) -> int:
        return get(mortal.port, path, {"Content-Length": "0"}, method=method)[0]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(most * 3)))
    assert set(found) == {200, 429}
    assert found.count(200) >= most
    # Reading goes on.
    assert mortal.ask("/page")["number"]


# --- static files


@pytest.mark.parametrize(("accepted", "content"), [("gzip", b"packed"), ("identity", b"plain")])
def test_hashed_file_is_given_as_it_was_packed_and_for_ever(
    front: Front, accepted: str, content: bytes
) -> None:
    status, headers, body = get(front.port, f"/static/{HASHED}", {"Accept-Encoding": accepted})
    assert status == 200
    assert (gzip.decompress(body) if accepted == "gzip" else body) == content
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["content-type"] == "application/javascript"
    assert headers["x-content-type-options"] == "nosniff"


def test_file_without_a_hash_is_kept_for_a_minute(front: Front) -> None:
    headers = get(front.port, "/static/staticfiles.json")[1]
    assert headers["cache-control"] == "public, max-age=60"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret", "/static/%2e%2e/secret", "/static/..%2fsecret", "/static../secret",
        "/static/....//secret", "/static//../secret", "/static/%2e%2e%2fsecret", "//secret",
        "/static/..%5csecret", "/static/\\..\\secret", "/static/%00", "/static/.%00./secret",
    ],
)  # fmt: skip
def test_no_spelling_of_a_path_leads_out_of_the_static_files(front: Front, path: str) -> None:
    answer = exchange(
        front.port,
        f"GET {path} HTTP/1.1\r\nHost: quicktakes.example\r\nConnection: close\r\n\r\n".encode(),
    )
    head, _blank, body = answer.partition(b"\r\n\r\n")
    assert body != b"secret"
    status = int(head.split()[1])
    # What is no static file is the site's: it sees the path as it was sent, and knows none such.
    assert status in (400, 403, 404) or b'"path"' in body


def test_post_to_a_static_file_is_refused(front: Front) -> None:
    headers = {"Content-Length": "0"}
    assert get(front.port, f"/static/{HASHED}", headers, method="POST")[0] == 403


# --- HTTPS


def tls_changes(folder: Path, port: int) -> dict[str, str]:
    """What an operator changes in tls.conf, with a certificate made here."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
         "/CN=quicktakes.example", "-addext", "subjectAltName=DNS:quicktakes.example", "-keyout",
         str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
    return {
        "/etc/letsencrypt/live/quicktakes.example/fullchain.pem": str(folder / "cert.pem"),
        "/etc/letsencrypt/live/quicktakes.example/privkey.pem": str(folder / "key.pem"),
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
    }


def over_https(port: int, certificate: Path, protocol: str, host: str) -> tuple[str | None, bytes]:
    """(protocol that was agreed on, what came of a request in HTTP/1.1)."""
    context = ssl.create_default_context(cafile=str(certificate))
    context.set_alpn_protocols([protocol])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=30) as raw,
        context.wrap_socket(raw, server_hostname=host) as connection,
    ):
        agreed = connection.selected_alpn_protocol()
        if agreed == "h2":
            return agreed, b""
        connection.sendall(f"GET /unmarked HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65_536):
            answer += part
        return agreed, answer


def test_https_speaks_http_2_tells_the_site_and_knows_no_other_name(
    installed: None, tmp_path: Path
) -> None:
    port, upstream = free_port(), free_port()
    changes = {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{upstream};",
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "/var/cache/nginx/quicktakes": f"{tmp_path}/cache",
    }
    write_configuration(tmp_path, changes=changes, tls=tls_changes(tmp_path, port))
    certificate = tmp_path / "cert.pem"
    application = "tests.nginx_application:application"
    with (
        gunicorn(tmp_path, application, port=upstream, FAIL_WHEN=str(tmp_path / "fail")),
        nginx(tmp_path, port),
    ):
        assert over_https(port, certificate, "h2", "quicktakes.example")[0] == "h2"
        _agreed, answer = over_https(port, certificate, "http/1.1", "quicktakes.example")
        with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
            over_https(port, certificate, "http/1.1", "other.example")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["HTTP_X_FORWARDED_PROTO"] == "https"


# --- the site itself


def test_login_of_the_desk_is_made_for_each_who_asks(installed: None, tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/site.sqlite3"
    migrated.fill(database)
    for front in serve(tmp_path, "quicktakes.wsgi"):
        answers = [get(front.port, "/admin/login/?next=/admin/") for _ in range(2)]
        assert [status for status, _headers, _body in answers] == [200, 200]
        cookies = {headers["set-cookie"] for _status, headers, _body in answers}
        assert len(cookies) == 2
        assert all(b"csrfmiddlewaretoken" in body for _status, _headers, body in answers)

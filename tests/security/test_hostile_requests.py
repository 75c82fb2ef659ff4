"""What a browser would never send: to a real gunicorn, byte by byte, and it goes on answering."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.security.server import HOST, Server

PAGE = "/learn/physics/questions/tide"
HEAD = f"Host: {HOST}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n"
ORIGIN = f"Origin: https://{HOST}\r\n"
FORM = f"{ORIGIN}Content-Type: application/x-www-form-urlencoded\r\n"
COOKIE = f"Cookie: csrftoken={'a' * 32}\r\n"


@pytest.fixture(autouse=True)
def _still_answers(server: Server) -> Iterator[None]:
    yield
    assert server.ask("/").status == 200


def test_page_is_there(server: Server) -> None:
    assert server.ask(PAGE).status == 200


# --- host


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        f"{HOST}.evil.example",
        f"evil.example:{HOST}",
        f"{HOST}@evil.example",
        f"{HOST}/evil",
        f"{HOST}:evil",
        f"{HOST}%00.evil.example",
        "",
    ],
)
def test_other_host_gets_400(server: Server, host: str) -> None:
    answer = server.ask("/", Host=host)
    assert answer.status == 400
    assert b"evil" not in answer.body


def test_two_hosts_get_400(server: Server) -> None:
    answer = server.send(f"GET / HTTP/1.1\r\nHost: evil.example\r\n{HEAD}\r\n".encode())
    assert answer.status == 400


def test_host_that_a_visitor_claims_stands_in_no_page_and_no_redirect(server: Server) -> None:
    for name in ("X_Forwarded_Host", "Forwarded", "X_Host", "X_Original_Host"):
        for address in ("/", "/learn/", "/admin", "/admin/", "/sitemap.xml"):
            answer = server.ask(address, **{name: "host=evil.example"})
            assert b"evil" not in answer.body
            assert "evil" not in str(answer.headers)


def test_header_with_underscores_does_not_pass_for_the_proxys(server: Server) -> None:
    raw = f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX_Forwarded_Proto: https\r\nConnection: close\r\n\r\n"
    answer = server.send(raw.encode())
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/")


# --- paths

TRICKS = [
    "//evil.example",
    "//evil.example/learn/",
    "//evil.example/%2e%2e/learn/",
    "/\\evil.example/",
    "/%5cevil.example/learn/",
    "/%2f/evil.example/learn/",
    "/.//evil.example/learn/",
    "/%09/evil.example",
    "/learn/../admin/",
    "/learn/%2e%2e/admin/",
    "/learn/..%2fadmin/",
    "/learn/..;/admin/",
    "/learn\\..\\admin\\",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/static/%2e%2e/manage.py",
    "/static/..%2f..%2fmanage.py",
    "/static/%2e%2e%5cmanage.py",
    "/static//etc/passwd",
    "/static/learn/css/../../../manage.py",
    "/media/images/..%2f..%2fsite.sqlite3",
    "/media/images/%2e%2e/%2e%2e/site.sqlite3",
    "/media/../site.sqlite3",
    "/learn/physics%00",
    "/learn/physics/questions/tide%00.md",
    "/learn/physics/questions/tide%0d%0aSet-Cookie:%20a=b",
    "/learn/physics/questions/%ff%fe",
    "/learn/physics/questions/tide;a=b",
    "/learn/physics/questions/%252e%252e",
    "/search?q=%00",
    "/search?subject=%00%ff&page=%00",
    "/learn/physics?page=%00",
    "/preview/%00",
    "/admin/%2e%2e/",
    "/admin//",
    "/admin/learn/question/%00/change/",
    "/admin/login/?next=%00//evil.example",
    "/" + "a/" * 1500,
]


@pytest.mark.parametrize("target", TRICKS)
def test_path_trick_leads_nowhere(server: Server, target: str) -> None:
    answer = server.ask(target)
    expected = (200,) if target.startswith(("/search", "/admin/login")) else (301, 302, 400, 404)
    assert answer.status in (*expected, 404)
    assert "Set-Cookie" not in answer.headers or target.startswith("/admin")
    assert b"root:" not in answer.body
    assert b"SQLite format" not in answer.body
    assert b"execute_from_command_line" not in answer.body
    location = answer.headers["Location"]
    if location:
        assert "\\" not in location
        assert urlsplit(location).netloc in ("", HOST), location
        assert not location.startswith("//")
        # One hop: where it leads, an answer or the login is.
        assert server.ask(location.removeprefix(f"https://{HOST}")).status in (200, 302, 404)


def test_desk_is_not_found_under_another_spelling(server: Server) -> None:
    for address in (
        "/ADMIN/",
        "/Admin/learn/question/",
        "/admin./",
        "/%61dmin%2f",
        "/admin%2flearn",
    ):
        answer = server.ask(address)
        assert answer.status in (301, 302, 404)
        assert "admin" not in (answer.headers["Location"] or "") or answer.status == 302


# --- sizes


@pytest.mark.parametrize(
    "raw",
    [
        f"GET /{'a' * 5000} HTTP/1.1\r\n{HEAD}\r\n",
        f"GET / HTTP/1.1\r\n{HEAD}X-Long: {'a' * 10_000}\r\n\r\n",
        f"GET / HTTP/1.1\r\n{HEAD}" + "X-Many: a\r\n" * 200 + "\r\n",
        f"GET / HTTP/1.1\r\n{HEAD}Cookie: {'a=b; ' * 4000}\r\n\r\n",
        f"POST /admin/login/ HTTP/1.1\r\n{HEAD}Content-Length: 1{'0' * 30}\r\n\r\n",
        f"POST /admin/login/ HTTP/1.1\r\n{HEAD}Content-Length: -1\r\n\r\n",
        f"POST /admin/login/ HTTP/1.1\r\n{HEAD}Content-Length: 1, 2\r\n\r\n",
        f"GET / HTTP/9.9\r\n{HEAD}\r\n",
        "GET /\r\n\r\n",
        f"GET / HTTP/1.1\r\n{HEAD}Bad Name: x\r\n\r\n",
        f"GET / HTTP/1.1\r\n{HEAD}X: a\x00b\r\n\r\n",
    ],
)
def test_line_or_header_beyond_the_limits_or_broken_is_refused(server: Server, raw: str) -> None:
    answer = server.send(raw.encode())
    assert 400 <= answer.status < 500 or answer.status == 505


def send_form(server: Server, address: str, body: str) -> int:
    head = f"POST {address} HTTP/1.1\r\n{HEAD}{FORM}{COOKIE}Content-Length: {len(body)}\r\n\r\n"
    return server.send((head + body).encode()).status


def test_form_larger_than_the_limit_is_refused(server: Server) -> None:
    body = "username=" + "a" * 3_000_000
    assert send_form(server, "/admin/login/", body) in (400, 413)


def test_form_with_more_fields_than_the_limit_is_refused(server: Server) -> None:
    body = "&".join(f"a{number}=1" for number in range(5000))
    assert send_form(server, "/admin/login/", body) in (400, 413)


def test_readers_form_larger_than_the_limit_is_refused(server: Server) -> None:
    body = "kind=wrong&text=" + "a" * 3_000_000
    assert send_form(server, f"{PAGE}/report", body) in (400, 413)


# --- two requests in one


@pytest.mark.parametrize(
    "length",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        " folded: header\r\n",
    ],
)
def test_request_that_a_proxy_could_read_in_another_way_is_refused(
    server: Server, length: str
) -> None:
    raw = (
        f"POST /admin/login/ HTTP/1.1\r\n{HEAD}{length}\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n"
    )
    assert 400 <= server.send(raw.encode()).status < 600


# --- methods


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "PURGE", "get"])
def test_unknown_method_is_refused_and_echoes_nothing(server: Server, method: str) -> None:
    answer = server.ask("/learn", method=method, X_Secret="do-not-echo")
    assert 400 <= answer.status < 502
    assert b"do-not-echo" not in answer.body


def test_method_of_an_override_is_not_taken(server: Server) -> None:
    answer = server.ask("/learn", X_HTTP_Method_Override="POST")
    assert answer.status == 200

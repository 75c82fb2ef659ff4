"""The headers that guard answers: on every address that there is, whoever asks."""

import pytest
from django.test import Client

from tests.security.server import Server
from tests.test_rights import clients, lines, made, world  # noqa: F401 - one of each thing

HEADERS = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY", "SAMEORIGIN"},
    "Referrer-Policy": {"strict-origin-when-cross-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    "Cross-Origin-Resource-Policy": {"same-origin", "cross-origin"},
}
# What other sites show with the answer.
FOR_OTHER_SITES = ("/media/images/", "/og/")
STRICT = {
    "default-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "script-src": {"'self'"},
    "style-src": {"'self'"},
}
FORBIDDEN = ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "data:")


def policy_of(response) -> dict[str, set[str]]:
    parts = (part.split() for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: set(sources) for name, *sources in parts}


def faults(address: str, response) -> list[str]:
    found = [
        f"{address}: {name}: {response.headers.get(name)}"
        for name, allowed in HEADERS.items()
        if response.headers.get(name) not in allowed
    ]
    permissions = response.headers.get("Permissions-Policy", "")
    for feature in ("camera=()", "geolocation=()", "microphone=()", "payment=()", "usb=()"):
        if feature not in permissions.split(", "):
            found.append(f"{address}: {feature} is missing")
    opens = response.headers.get("Cross-Origin-Resource-Policy") == "cross-origin"
    if opens and not address.startswith(FOR_OTHER_SITES):
        found.append(f"{address}: other sites may embed it")
    return found + faults_of_policy(address, response)


def faults_of_policy(address: str, response) -> list[str]:
    policy = policy_of(response)
    if policy.get("default-src") != {"'none'"}:
        return [f"{address}: default-src is {policy.get('default-src')}"]
    found = []
    for name, expected in STRICT.items():
        hashes = {source for source in policy.get(name, set()) if source.startswith("'sha256-")}
        if policy.get(name, set()) - hashes != expected:
            found.append(f"{address}: {name} is {policy.get(name)}")
    for name, sources in policy.items():
        bad = sources.intersection(FORBIDDEN) - ({"data:"} if name == "img-src" else set())
        found += [f"{address}: {name} has {source}" for source in bad]
    is_framed = policy["frame-ancestors"] == {"'self'"} and "sandbox" in policy
    if policy["frame-ancestors"] != {"'none'"} and not is_framed:
        found.append(f"{address}: frame-ancestors are {policy['frame-ancestors']}")
    if not address.startswith("/admin") and policy.get("trusted-types") != {"'none'"}:
        found.append(f"{address}: scripts may write HTML")
    return found


@pytest.mark.parametrize("role", ["anonymous", "administrator"])
def test_every_address_bears_the_headers(world, clients, role, settings) -> None:  # noqa: F811
    # Of the pages that it shows instead with DEBUG on, readers see none.
    settings.DEBUG = False
    client = clients[role]
    asked = [line.request.format(**world) for line in lines() if line.request.startswith("GET ")]
    found = []
    for request in asked:
        address = request.split(" ")[1]
        response = client.get(address)
        # Pictures have a policy of their own, which lets nothing run.
        if response.headers["Content-Security-Policy"] != "default-src 'none'; sandbox":
            found += faults(address, response)
    assert len(asked) > 100
    assert found == []


def test_refusals_bear_the_headers_too(db) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answers = {
        "/": (400, client.get("/", headers={"Host": "elsewhere.example"})),
        "/admin/login/": (403, client.post("/admin/login/")),
        "/learn": (405, client.post("/learn")),
    }
    for address, (status, response) in answers.items():
        assert response.status_code == status
        assert faults(address, response) == []


def test_cookies_of_the_desk_are_for_this_host_over_https_and_no_script_reads_the_session(
    server: Server,
) -> None:
    page = server.ask("/admin/login/")
    assert page.status == 200
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("csrftoken=")
    assert {"Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    token = cookie.split(";")[0].removeprefix("csrftoken=")
    body = f"username=ada&password=a-good-password&csrfmiddlewaretoken={token}"
    answer = server.send(
        f"POST /admin/login/?next=/admin/ HTTP/1.1\r\nHost: site.example\r\n"
        f"X-Forwarded-Proto: https\r\nOrigin: https://site.example\r\nCookie: csrftoken={token}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    assert (answer.status, answer.headers["Location"]) == (302, "/admin/")
    session = next(
        found
        for found in answer.headers.get_all("Set-Cookie")
        if found.startswith("__Host-sessionid=")
    )
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
    assert "Domain" not in session


def test_public_site_sends_hsts_and_redirects_plain_http(server: Server) -> None:
    for address in ("/", "/admin/login/", "/nothing", "/robots.txt"):
        answer = server.ask(address)
        hsts = answer.headers["Strict-Transport-Security"]
        assert hsts == "max-age=63072000; includeSubDomains; preload", address
        assert "upgrade-insecure-requests" in policy_of(answer)
        assert faults(address, answer) == []
    plain = server.ask("/learn?page=2", X_Forwarded_Proto="http")
    assert (plain.status, plain.headers["Location"]) == (301, "https://site.example/learn?page=2")


def test_check_of_a_deployment_finds_nothing_in_the_settings_of_a_public_site(
    server: Server,
) -> None:
    done = server.manage("check", "--deploy", "--fail-level", "DEBUG")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize("seconds", ["3600", "0"])
def test_shorter_hsts_is_what_the_setting_says(server: Server, seconds: str) -> None:
    code = "from django.conf import settings; print(settings.SECURE_HSTS_SECONDS)"
    env = server.env
    server.env = env | {"HSTS_SECONDS": seconds}
    try:
        said = server.manage("shell", "--verbosity", "0", "-c", code).stdout
    finally:
        server.env = env
    assert said == f"{seconds}\n"

"""An editor at the desk of a running site, over HTTP, with forms as the pages have them."""

import html
import re
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any, NamedTuple

import html5lib

from tests.servers import PATIENCE

XHTML = "{http://www.w3.org/1999/xhtml}"
# Buttons count only if they are pressed.
UNSENT = {"submit", "button", "reset", "image", "file"}

BOUNDARY = b"----part-of-a-form"

Fields = list[tuple[str, str]]


class Answer(NamedTuple):
    status: int
    text: str
    headers: dict[str, str]
    address: str


class Desk:
    def __init__(self, site: str, host: str = "") -> None:
        self.site, self.host = site, host
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def ask(self, path: str, fields: Fields | None = None) -> Answer:
        """GET, or POST of the fields; redirects are followed."""
        data = None if fields is None else urllib.parse.urlencode(fields).encode()
        return self._send(urllib.request.Request(urllib.parse.urljoin(self.site, path), data))

    def _send(self, request: urllib.request.Request) -> Answer:
        if self.host:
            request.add_header("Host", self.host)
        try:
            with self._opener.open(request, timeout=PATIENCE) as response:
                return _answer(response.status, response)
        except urllib.error.HTTPError as error:
            with error:
                return _answer(error.code, error)

    def upload(self, path: str, page: str, picture: bytes) -> Answer:
        """A picture, as the page's script sends it."""
        token = dict(self.form(page, "question_form"))["csrfmiddlewaretoken"]
        parts = [
            (b'name="csrfmiddlewaretoken"', token.encode()),
            (b'name="alt"', b"Noise"),
            (b'name="image"; filename="a.png"', picture),
        ]
        data = b"".join(
            b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (BOUNDARY, name, value)
            for name, value in parts
        )
        request = urllib.request.Request(
            urllib.parse.urljoin(self.site, path),
            data + b"--%s--\r\n" % BOUNDARY,
            {"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"},
        )
        return self._send(request)

    def status(self, path: str) -> int:
        """Of what need not be a text."""
        with self._opener.open(urllib.parse.urljoin(self.site, path), timeout=PATIENCE) as response:
            return response.status

    def try_login(self, name: str, password: str) -> Answer:
        path = "/admin/login/?next=/admin/"
        typed = [("username", name), ("password", password)]
        return self.ask(path, [*self.form(path, "login-form"), *typed])

    def log_in(self, name: str, password: str) -> None:
        answer = self.try_login(name, password)
        assert (answer.status, urllib.parse.urlsplit(answer.address).path) == (200, "/admin/")

    def form(self, path: str, name: str) -> Fields:
        """What the form with this id on the page would send, but for what must be typed in."""
        answer = self.ask(path)
        assert answer.status == 200, (path, answer.status)
        return fields_of(answer.text, name)

    def save(self, path: str, **changes: str) -> Answer:
        """Save a question with these fields changed."""
        return self.ask(path, changed(self.form(path, "question_form"), **changes))


def _answer(status: int, response: Any) -> Answer:
    return Answer(status, response.read().decode(), dict(response.headers), response.url)


def changed(fields: Fields, **changes: str) -> Fields:
    return [(name, value) for name, value in fields if name not in changes] + list(changes.items())


def fields_of(page: str, name: str) -> Fields:
    tree = html5lib.parse(page)
    (form,) = [form for form in tree.iter(f"{XHTML}form") if form.get("id") == name]
    found: Fields = []
    for element in form.iter():
        field = element.get("name")
        if not field or "disabled" in element.attrib:
            continue
        kind = element.get("type", "")
        match element.tag.removeprefix(XHTML):
            case "textarea":
                found.append((field, "".join(element.itertext())))
            case "select":
                options = list(element.iter(f"{XHTML}option"))
                chosen = [option for option in options if "selected" in option.attrib]
                if not chosen and "multiple" not in element.attrib:
                    chosen = options[:1]
                found += [(field, _value(option)) for option in chosen]
            case "input" if kind in ("checkbox", "radio"):
                if "checked" in element.attrib:
                    found.append((field, element.get("value", "on")))
            case "input" if kind not in UNSENT and field not in ("username", "password"):
                found.append((field, element.get("value", "")))
    return found


def _value(option: Any) -> str:
    return option.get("value", "".join(option.itertext()).strip())


def shown_text(page: str) -> str:
    """The page's words, for messages."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())

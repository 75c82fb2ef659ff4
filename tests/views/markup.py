"""Readers' pages as tests look at them."""

import datetime
from html.parser import HTMLParser

HOUR = datetime.timedelta(hours=1)
VOID = {"meta", "link", "br", "hr", "img", "input", "wbr", "source"}


class Markup(HTMLParser):
    """A page as a flat list: every element with its attributes, its text and the ids around it."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.unbalanced = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        inside = {element["id"] for element in self.open if "id" in element}
        element = {"tag": tag, "text": "", "inside": inside, **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop()["tag"] != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        for element in self.open:
            element["text"] += data

    def all(self, tag, **attributes):
        return [
            element
            for element in self.elements
            if element["tag"] == tag and attributes.items() <= element.items()
        ]

    def one(self, tag, **attributes):
        (element,) = self.all(tag, **attributes)
        return element

    def text(self, tag, **attributes):
        return " ".join(self.one(tag, **attributes)["text"].split())

    def meta(self, name):
        found = self.all("meta", name=name) + self.all("meta", property=name)
        return found[0]["content"] if found else None


def get(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status
    return Markup(response.content.decode())


def address_of(question):
    return str(question.path)


def links(markup):
    return [link["href"] for link in markup.all("a")]


def assert_moved(response, address):
    """One hop, remembered for five minutes."""
    assert (response.status_code, response["Location"]) == (301, address)
    assert response["Cache-Control"] == "max-age=300"
    assert response.cookies == {}


def rows(page):
    """(address, title) of the questions that a list shows."""
    (element,) = page.all("ul", **{"class": "rows"})
    assert element
    return [(a["href"], a["text"]) for a in page.all("a") if "/questions/" in a["href"]]

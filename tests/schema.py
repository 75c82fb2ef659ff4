"""What the structured data of a page must hold: types, properties, forms of values."""

import datetime
import json
import re
from html.parser import HTMLParser

GRAPH = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
# What `visible_text` writes into formulas besides what they show, and what no reader sees.
MARKS = re.compile(r"[\s\u2060-\u2064\u200b^_/()√\[\];,]+")

REQUIRED = {
    "WebSite": {"name", "url"},
    "Organization": {"name", "url"},
    "CollectionPage": {"name", "url"},
    "ItemList": {"itemListElement"},
    "BreadcrumbList": {"itemListElement"},
    "Thing": {"name"},
    "Article": {
        *("headline", "datePublished", "dateModified", "author", "image", "inLanguage", "about"),
        *("isAccessibleForFree", "isPartOf", "mainEntity"),
    },
    "LearningResource": {"headline"},
    "QAPage": {"mainEntity"},
    "Question": {"name", "answerCount", "acceptedAnswer"},
    "Answer": {"text", "url", "dateCreated"},
    "ListItem": {"position"},
}
DATES = {"datePublished", "dateModified", "dateCreated"}
ADDRESSES = {"url", "image", "item", "logo", "@id", "digitalSourceType"}


def graph_of(html):
    """The nodes of the page's one JSON-LD element."""
    (text,) = GRAPH.findall(html)
    graph = json.loads(text)
    assert set(graph) == {"@context", "@graph"}
    assert graph["@context"] == "https://schema.org"
    return graph["@graph"]


def check_nodes(nodes, site):
    """Each node down to the leaves; addresses begin with `site` or are schema.org's."""
    for node in nodes:
        check_node(node, site)


def check_node(node, site):
    if set(node) == {"@id"}:
        return
    types = node["@type"] if isinstance(node["@type"], list) else [node["@type"]]
    for name in types:
        assert REQUIRED[name] <= set(node), (name, REQUIRED[name] - set(node))
    for key, value in node.items():
        assert value not in ("", None, [], {}), key
        if key in DATES:
            assert datetime.datetime.fromisoformat(value).tzinfo is not None
        elif key in ADDRESSES:
            assert value.startswith((f"{site}/", "https://schema.org/")), (key, value)
        elif key == "itemListElement":
            check_list(value, site, shortest=2 if types == ["BreadcrumbList"] else 1)
        elif isinstance(value, dict):
            check_node(value, site)
    if "dateModified" in node:
        assert node["dateModified"] >= node["datePublished"]


def check_list(items, site, shortest):
    assert len(items) >= shortest
    assert [item["position"] for item in items] == list(range(1, len(items) + 1))
    for item in items:
        assert item["@type"] == "ListItem"
        assert "url" in item or {"name", "item"} <= set(item)
        check_node(item, site)


def question_of(nodes):
    (question,) = (node["mainEntity"] for node in nodes if "image" in node)
    return question


class Shown(HTMLParser):
    """The text of the answer on a page, as a browser without styles shows it."""

    def __init__(self, html):
        super().__init__()
        self.parts, self.inside, self.hidden = [], False, 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "article":
            self.inside = True
        self.hidden += tag == "mphantom"
        if tag not in ("strong", "em", "del", "code", "span", "a", "img"):
            self.parts.append(" ")

    def handle_endtag(self, tag):
        self.handle_starttag("" if tag == "article" else tag.replace("mphantom", ""), [])
        self.hidden -= tag == "mphantom"
        if tag == "article":
            self.inside = False

    def handle_data(self, data):
        if self.inside and not self.hidden:
            self.parts.append(data)


def assert_says_what_the_page_shows(text, html):
    """Word for word; in formulas each visible character, in the order in which it is seen."""
    shown = "".join(Shown(html).parts)
    if "<math" not in html:
        assert text.split() == shown.split()
        return
    said, shown = MARKS.sub("", text), MARKS.sub("", shown)
    if "<mroot" in html:  # its index is seen first and written last
        said, shown = "".join(sorted(said)), "".join(sorted(shown))
    assert said == shown

"""What a page tells machines about itself, in the words of schema.org: nodes of one `@graph`.

Says nothing that the page does not show. Search engines read `Article` and `BreadcrumbList`; the
question inside the article is for whoever else reads it.
"""

import datetime
import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from learn.models import Question, Subject
from learn.rendering.visible import visible_text

Node = dict[str, Any]

# schema.org's name for the IPTC code "trainedAlgorithmicMedia"; the value that Google reads.
MACHINE_WRITTEN = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"
MACHINE_ORIGINS = (Question.Origin.MACHINE, Question.Origin.REVIEWED)


@cache
def _address(name: str) -> str:
    """Of a page that there is one of."""
    return reverse(f"learn:{name}")


_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_json(nodes: list[Node]) -> str:
    """The graph as the content of a script element: nothing in it can end the element."""
    graph = {"@context": "https://schema.org", "@graph": nodes}
    text = _write(graph)
    return text.replace("<", "\\u003c")


def home_nodes() -> list[Node]:
    home = absolute(_address("home"))
    organisation = {
        "@type": "Organization",
        "@id": f"{home}#organization",
        "name": settings.SITE_NAME,
        "url": home,
        "logo": absolute(static("learn/img/favicon.svg")),
    }
    site = {
        "@type": "WebSite",
        "@id": f"{home}#website",
        "name": settings.SITE_NAME,
        "description": str(settings.SITE_DESCRIPTION),
        "url": home,
        "inLanguage": settings.CONTENT_LANGUAGE,
        "publisher": {"@id": organisation["@id"]},
    }
    return [site, organisation]


def subject_list_nodes() -> list[Node]:
    name, address = _("Subjects"), _address("subject_list")
    return [
        _collection(name, address),
        breadcrumb([(settings.SITE_NAME, _address("home")), (name, address)]),
    ]


def subject_nodes(subject: Subject, address: str) -> list[Node]:
    """For one page of a subject's list; `address` is this page's own, with its number."""
    return [
        _collection(subject.title, address),
        breadcrumb([_subjects_crumb(), (subject.title, subject.get_absolute_url())]),
    ]


def question_nodes(question: Question, image: str) -> list[Node]:
    """For a question's page; `image` is the address of its picture on the site."""
    url = absolute(question.get_absolute_url())
    describe = _qa_page if settings.QA_PAGE else _article
    return [
        {**describe(question, url), "image": absolute(image)},
        breadcrumb(
            [
                _subjects_crumb(),
                (question.subject.title, question.subject.get_absolute_url()),
                (question.title, question.get_absolute_url()),
            ]
        ),
    ]


# What search engines ask of a node of each type.
REQUIRED = {
    "Article": ("headline", "author", "datePublished", "dateModified", "image"),
    "QAPage": ("mainEntity",),
    "Question": ("name", "answerCount", "acceptedAnswer"),
    "Answer": ("text", "url"),
    "BreadcrumbList": ("itemListElement",),
    "ListItem": ("position", "name", "item"),
    "Organization": ("name", "url"),
}
ADDRESSES = ("url", "image", "item", "@id")
HEADLINE_AT_MOST = 110


def flaws(nodes: list[Node], shown: str) -> list[str]:
    """What search engines would refuse in a page's nodes; `shown` is the answer that it shows."""
    found: list[str] = []
    for node in _all_nodes(nodes):
        kinds = node.get("@type", [])
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            found += [
                _("%(type)s lacks “%(name)s”.") % {"type": kind, "name": name}
                for name in REQUIRED.get(kind, ())
                if node.get(name) in ("", None, [], {})
            ]
        for name in ADDRESSES:
            if isinstance(node.get(name), str) and not node[name].startswith(("http:", "https:")):
                found.append(_("“%(name)s” is not a whole address.") % {"name": name})
        if len(node.get("headline", "")) > HEADLINE_AT_MOST:
            found.append(_("The headline is longer than %d characters.") % HEADLINE_AT_MOST)
        if kinds == "Answer" and node.get("text") != shown:
            found.append(_("The answer's text is not what the page shows."))
    return list(dict.fromkeys(found))


def _all_nodes(value: Any) -> Iterable[Node]:
    """Every node at any depth."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _all_nodes(part)


def breadcrumb(crumbs: Iterable[tuple[str, str]]) -> Node:
    """From (name, address) of each page, the outermost first."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": absolute(address)}
            for number, (name, address) in enumerate(crumbs, start=1)
        ],
    }


def absolute(address: str) -> str:
    return settings.SITE_URL + address


def posted_at(question: Question) -> datetime.datetime:
    """The date of posting that the page shows, as a moment."""
    return datetime.datetime.combine(question.date, datetime.time(), datetime.UTC)


def changed_at(question: Question) -> datetime.datetime:
    """When the content last changed; never before the date of posting that the page shows."""
    return max(question.modified_at, posted_at(question)).replace(microsecond=0)


def _subjects_crumb() -> tuple[str, str]:
    return _("Subjects"), _address("subject_list")


def _collection(name: str, address: str) -> Node:
    """A page that lists others. Which they are is for its links to say: it would weigh too much."""
    return {
        "@type": "CollectionPage",
        "name": name,
        "url": absolute(address),
        "inLanguage": settings.CONTENT_LANGUAGE,
    }


def _article(question: Question, url: str) -> Node:
    subject = question.subject.title
    return {
        "@type": ["Article", "LearningResource"],
        "headline": question.title,
        "url": url,
        "datePublished": posted_at(question).isoformat(),
        "dateModified": changed_at(question).isoformat(),
        "author": _author(question),
        "inLanguage": settings.CONTENT_LANGUAGE,
        "about": {"@type": "Thing", "name": subject},
        "isAccessibleForFree": True,
        "isPartOf": {
            "@type": "CollectionPage",
            "name": subject,
            "url": absolute(question.subject.get_absolute_url()),
        },
        "mainEntity": {
            "@type": "Question",
            "name": question.title,
            "answerCount": 1,
            "acceptedAnswer": _answer(question, url),
        },
    }


def _qa_page(question: Question, url: str) -> Node:
    dates = {
        "datePublished": posted_at(question).isoformat(),
        "dateModified": changed_at(question).isoformat(),
    }
    author = _author(question)
    return {
        "@type": "QAPage",
        "url": url,
        "mainEntity": {
            "@type": "Question",
            "name": question.title,
            "text": question.title,
            "answerCount": 1,
            **dates,
            "author": author,
            "acceptedAnswer": {**_answer(question, url), **dates, "author": author},
        },
    }


def _author(question: Question) -> Node:
    return {
        "@type": "Organization",
        "name": question.author.name,
        "url": question.author.url or absolute(_address("home")),
    }


def _answer(question: Question, url: str) -> Node:
    answer = {
        "@type": "Answer",
        "text": visible_text(question.answer_html),
        "url": f"{url}#answer",
        "dateCreated": posted_at(question).isoformat(),
    }
    if question.origin in MACHINE_ORIGINS:
        answer["digitalSourceType"] = MACHINE_WRITTEN
    return answer

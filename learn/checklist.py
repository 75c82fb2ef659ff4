"""Ready to publish? What is wrong with an answer and its fields, line by line.

Pure functions: whoever calls them has looked up what the answer links to. Errors stop publishing:
each was tried on all real answers, so that what it finds is wrong. Warnings are advice.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from learn.rendering.structure import MAX_LENGTH, Element, Structure, read_structure

TITLE_AT_MOST, TITLE_AT_LEAST = 110, 15
PAGE_TITLE_AT_MOST = 70
DESCRIPTION_AT_MOST, DESCRIPTION_AT_LEAST = 160, 50
OPENING_WORDS_AT_MOST = 110
# Years of school that the text asks for (Flesch-Kincaid). Measured: one real answer in twenty is
# above it.
GRADE_AT_MOST = 17
# A shorter text says nothing about its sentences.
GRADE_FROM_WORDS = 80


class Level(Enum):
    ERROR = "error"
    WARNING = "warning"


class Target(Enum):
    """What is at the address of a link on this site."""

    OPEN = "open"
    MOVED = "moved"
    HIDDEN = "hidden"
    MISSING = "missing"


class Rule(NamedTuple):
    level: Level
    name: Promise
    # What to do; holds %(detail)s where the finding has one.
    advice: Promise


class Finding(NamedTuple):
    code: str
    # Of the answer, from 1; None where another field is meant.
    line: int | None = None
    field: str = "answer"
    detail: str = ""

    @property
    def rule(self) -> Rule:
        return RULES[self.code]

    @property
    def is_error(self) -> bool:
        return self.rule.level is Level.ERROR

    @property
    def advice(self) -> str:
        return str(self.rule.advice) % {"detail": self.detail}

    @property
    def identity(self) -> tuple[str, str, str]:
        """What stays the same when lines are added above."""
        return self.code, self.field, self.detail


@dataclass(frozen=True, slots=True)
class Content:
    """What is checked. `twins` is the number of other pages with the same description; `targets`
    tells of each address in internal_addresses() what is there."""

    title: str
    answer: str
    seo_title: str = ""
    seo_description: str = ""
    twins: int = 0
    targets: Mapping[str, Target] = field(default_factory=dict)
    # Addresses that begin with this one are the site's own too.
    site: str = ""


RULES: dict[str, Rule] = {
    "answer-empty": Rule(Level.ERROR, _("No answer"), _("Write the answer.")),
    "answer-long": Rule(
        Level.ERROR,
        _("Answer that is too long"),
        _("%(detail)s characters; above 100,000 it is shown as it stands, without any form."),
    ),
    "code-open": Rule(
        Level.ERROR,
        _("Block of code without an end"),
        _("All that follows is shown as code. Close the block with a line of ``` or ~~~."),
    ),
    "formula-open": Rule(
        Level.ERROR,
        _("Formula without an end"),
        _("Nothing closes “%(detail)s” in this paragraph, so it is shown as text."),
    ),
    "formula-fails": Rule(
        Level.ERROR,
        _("Formula that cannot be set"),
        _("Readers would see its source: %(detail)s"),
    ),
    "heading-order": Rule(
        Level.ERROR,
        _("Heading that skips a level"),
        _("“%(detail)s” is two levels below what stands above it. The first headings are ###."),
    ),
    "heading-empty": Rule(
        Level.ERROR, _("Heading without words"), _("Give it words or take it out.")
    ),
    "image-alt": Rule(
        Level.ERROR,
        _("Picture without a description"),
        _("Say between the brackets what %(detail)s shows, for those who do not see it."),
    ),
    "image-broken": Rule(
        Level.ERROR, _("Picture that is not there"), _("Nothing is found at %(detail)s.")
    ),
    "image-name": Rule(
        Level.WARNING,
        _("Picture described by a file's name"),
        _("Say what the picture shows instead of “%(detail)s”."),
    ),
    "link-broken": Rule(
        Level.ERROR,
        _("Link that leads nowhere"),
        _("Nothing answers at %(detail)s."),
    ),
    "link-hidden": Rule(
        Level.ERROR,
        _("Link to a page that readers cannot see"),
        _("%(detail)s is not published. Publish it first, or take the link out."),
    ),
    "link-moved": Rule(
        Level.WARNING,
        _("Link to an old address"),
        _("%(detail)s sends readers on; link to the new address."),
    ),
    "link-empty": Rule(
        Level.ERROR, _("Link without words"), _("Give the link to %(detail)s a text.")
    ),
    "link-vague": Rule(
        Level.WARNING,
        _("Link that does not say where it leads"),
        _("Write what is there instead of “%(detail)s”."),
    ),
    "table-header": Rule(
        Level.ERROR,
        _("Table without a header"),
        _("Write in the first row what its columns hold."),
    ),
    "table-broken": Rule(
        Level.ERROR,
        _("Table that is shown as text"),
        _("The second row of a table must be | --- | --- |, with as many columns as the first."),
    ),
    "opening": Rule(
        Level.WARNING,
        _("Answer that does not begin with the answer"),
        _("Begin with a short paragraph that answers the question (%(detail)s)."),
    ),
    "reading": Rule(
        Level.WARNING,
        _("Hard to read"),
        _("It asks for %(detail)s years of school. Shorter sentences and words help."),
    ),
    "title-long": Rule(
        Level.WARNING,
        _("Long title"),
        _("%(detail)s characters; search engines cut after about 110 at the latest."),
    ),
    "title-short": Rule(Level.WARNING, _("Short title"), _("Say in it what is asked, in full.")),
    "page-title-long": Rule(
        Level.WARNING,
        _("Long page title"),
        _("%(detail)s characters; search engines show about 60."),
    ),
    "description-empty": Rule(
        Level.WARNING,
        _("No page description"),
        _("The page uses the answer's first sentences instead."),
    ),
    "description-long": Rule(
        Level.WARNING,
        _("Long page description"),
        _("%(detail)s characters; above 160 the page uses the answer's first sentences instead."),
    ),
    "description-short": Rule(
        Level.WARNING,
        _("Short page description"),
        _("%(detail)s characters; say in 50 to 160 what readers find."),
    ),
    "description-twin": Rule(
        Level.WARNING,
        _("Page description of another page"),
        _("Other pages with the same one: %(detail)s. Write one that fits this page alone."),
    ),
}

_FILE_NAME = re.compile(
    r"[\w-]+\.(?:png|jpe?g|gif|webp|svg)|(?:img|dsc|image|screenshot)[-_ ]?\d*", re.I
)
# What a link may lead to: a page of the web, an address for mail, a path, a place on the page.
_ADDRESS = re.compile(r"https?://.|mailto:.|/|#.", re.I)
_VAGUE = re.compile(r"(?:click )?here|this|link|this link|this page|read more|more", re.I)
_FILLER = re.compile(
    r"(?:sure|certainly|of course|great question|good question|in this (?:article|answer|post))\b",
    re.I,
)
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_SENTENCE = re.compile(r"[.!?:;]+(?:\s|$)|\n")
_VOWELS = re.compile(r"[aeiouy]+", re.I)
_SILENT = re.compile(r"(?:[^laeiouy]es|[^laeiouy]e|[^td]ed)$", re.I)


def check(content: Content) -> list[Finding]:
    """Errors first, each in the order of its line."""
    found = [*_check_fields(content)]
    if len(content.answer) > MAX_LENGTH:
        found.append(Finding("answer-long", 1, detail=str(len(content.answer))))
    elif content.answer.strip():
        structure = read_structure(content.answer)
        for look in _LOOKS:
            found += look(structure)
        found += _check_links(structure, content)
        found += _check_picture_files(structure, content)
    else:
        found.append(Finding("answer-empty", 1))
    return sorted(set(found), key=lambda f: (not f.is_error, f.line or 0, f.code, f.detail))


def internal_addresses(answer: str, site: str = "") -> list[str]:
    """Where the answer's links and pictures lead on this site, without fragment and query."""
    if "](" not in answer and "]:" not in answer and not (site and site in answer):
        return []
    structure = read_structure(answer)
    found = (*structure.links, *structure.images)
    return [page for element in found if (page := _page_of(element.value, site))]


def _page_of(address: str, site: str) -> str:
    """The path of an address on this site; "" for any other."""
    if site and f"{address}/".startswith(f"{site}/"):
        address = address.removeprefix(site) or "/"
    if not address.startswith("/") or address.startswith("//"):
        return ""
    return re.split(r"[?#]", address, maxsplit=1)[0]


def _check_fields(content: Content) -> Iterator[Finding]:
    title, description = content.title.strip(), content.seo_description.strip()
    if len(title) > TITLE_AT_MOST:
        yield Finding("title-long", None, "title", str(len(title)))
    elif len(title) < TITLE_AT_LEAST:
        yield Finding("title-short", None, "title")
    if len(content.seo_title) > PAGE_TITLE_AT_MOST:
        yield Finding("page-title-long", None, "seo_title", str(len(content.seo_title)))
    if not description:
        yield Finding("description-empty", None, "seo_description")
    elif len(description) > DESCRIPTION_AT_MOST:
        yield Finding("description-long", None, "seo_description", str(len(description)))
    elif len(description) < DESCRIPTION_AT_LEAST:
        yield Finding("description-short", None, "seo_description", str(len(description)))
    if description and content.twins:
        yield Finding("description-twin", None, "seo_description", str(content.twins))


def _check_blocks(structure: Structure) -> Iterator[Finding]:
    for line in structure.open_fences:
        yield Finding("code-open", line)
    for line in structure.loose_rows:
        yield Finding("table-broken", line)
    for table in structure.tables:
        if not table.text:
            yield Finding("table-header", table.line)


def _check_formulas(structure: Structure) -> Iterator[Finding]:
    for formula in structure.open_formulas:
        yield Finding("formula-open", formula.line, detail=formula.tex)
    for formula in structure.failed_formulas:
        yield Finding("formula-fails", formula.line, detail=_cut(formula.tex))


def _check_headings(structure: Structure) -> Iterator[Finding]:
    # The page's own heading is the question.
    for above, heading in pairwise([Element(0, "1", ""), *structure.headings]):
        if not heading.text:
            yield Finding("heading-empty", heading.line)
        if int(heading.value) > int(above.value) + 1:
            yield Finding("heading-order", heading.line, detail=_cut(heading.text))


def _check_images(structure: Structure) -> Iterator[Finding]:
    for image in structure.images:
        if not image.text.strip():
            yield Finding("image-alt", image.line, detail=_cut(image.value))
        elif _FILE_NAME.fullmatch(image.text.strip()):
            yield Finding("image-name", image.line, detail=_cut(image.text))


def _check_opening(structure: Structure) -> Iterator[Finding]:
    opening = structure.opening
    if opening is None:
        return
    if opening.value != "p":
        yield Finding(
            "opening", opening.line, detail=str(_OPENINGS.get(opening.value, _("now a block")))
        )
    elif _FILLER.match(opening.text):
        yield Finding("opening", opening.line, detail=str(_("now a polite phrase")))
    elif (words := len(opening.text.split())) > OPENING_WORDS_AT_MOST:
        yield Finding("opening", opening.line, detail=str(_("now %d words long") % words))


_OPENINGS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _("now a heading")),
    **dict.fromkeys(("ul", "ol"), _("now a list")),
    "table": _("now a table"),
    "pre": _("now code"),
}


def _check_reading(structure: Structure) -> Iterator[Finding]:
    grade = reading_grade(structure.prose)
    if grade is not None and grade > GRADE_AT_MOST:
        yield Finding("reading", 1, detail=str(round(grade)))


def _check_links(structure: Structure, content: Content) -> Iterator[Finding]:
    codes = {
        Target.MISSING: "link-broken",
        Target.HIDDEN: "link-hidden",
        Target.MOVED: "link-moved",
    }
    for link in structure.links:
        page = _page_of(link.value, content.site)
        if not _ADDRESS.match(link.value):
            # Such as "osmosis" and "www.site.example", which browsers look for beside the page.
            yield Finding("link-broken", link.line, detail=_cut(link.value) or "()")
        elif page and (code := codes.get(content.targets.get(page, Target.OPEN))):
            yield Finding(code, link.line, detail=_cut(link.value))
        if not link.text:
            yield Finding("link-empty", link.line, detail=_cut(link.value))
        elif _VAGUE.fullmatch(link.text):
            yield Finding("link-vague", link.line, detail=link.text)


def _check_picture_files(structure: Structure, content: Content) -> Iterator[Finding]:
    for image in structure.images:
        target = content.targets.get(_page_of(image.value, content.site), Target.OPEN)
        if image.text.strip() and target is not Target.OPEN:
            yield Finding("image-broken", image.line, detail=_cut(image.value))


_LOOKS: tuple[Callable[[Structure], Iterator[Finding]], ...] = (
    _check_blocks,
    _check_formulas,
    _check_headings,
    _check_images,
    _check_opening,
    _check_reading,
)


def reading_grade(prose: str) -> float | None:
    """Years of school that the text asks for, after Flesch and Kincaid; None for a short text."""
    words = _WORD.findall(prose)
    if len(words) < GRADE_FROM_WORDS:
        return None
    sentences = [part for part in _SENTENCE.split(prose) if _WORD.search(part)]
    syllables = sum(map(_syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    return max(1, len(_VOWELS.findall(_SILENT.sub("", word) if len(word) > 3 else word)))


def _cut(text: str) -> str:
    """One line, short enough for a list."""
    line = " ".join(text.split())
    return line if len(line) <= 120 else line[:119] + "…"

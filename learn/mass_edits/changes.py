"""What can be changed of many questions, and what that does to one of them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from learn.models import Author, MassEdit, Question, Subject
from learn.models.question import TITLE_MAX_LENGTH
from learn.models.tag import fold_keyword, split_keywords
from learn.publishing import TITLES

Kind = MassEdit.Kind


class Refused(Exception):
    """A question that is left alone, with the reason."""


class Change:
    """A change of content."""

    @property
    def columns(self) -> tuple[str, ...]:
        """What it may change."""
        raise NotImplementedError

    @property
    def reason(self) -> str:
        """What the history of each question says."""
        raise NotImplementedError

    def look_at(self, questions: Sequence[Question]) -> None:
        """Learn what is needed about all questions of a piece."""

    def apply(self, question: Question) -> int:
        """Change the instance; returns in how many places. Raises Refused."""
        raise NotImplementedError


def change_of(edit: MassEdit) -> Change:
    """The change that the mass edit's kind and parameters describe; not for a status."""
    parameters = edit.parameters
    if edit.kind == Kind.SUBJECT:
        return MoveToSubject(Subject.objects.get(pk=parameters["subject"]))
    if edit.kind == Kind.AUTHOR:
        return SetAuthor(Author.objects.get(pk=parameters["author"]))
    if edit.kind == Kind.REPLACE:
        return Replace(**parameters)
    words = split_keywords(parameters["keywords"])
    return AddKeywords(words) if edit.kind == Kind.ADD_KEYWORDS else RemoveKeywords(words)


@dataclass
class MoveToSubject(Change):
    subject: Subject
    # Slugs that the subject's own questions have, of those that were asked about.
    taken: set[str] = field(default_factory=set)

    @property
    def columns(self) -> tuple[str, ...]:
        return ("subject_id", "subject_label")

    @property
    def reason(self) -> str:
        return _("moved to %s") % self.subject.title

    def look_at(self, questions: Sequence[Question]) -> None:
        slugs = [question.slug for question in questions]
        holders = Question.objects.filter(subject=self.subject, slug__in=slugs)
        holders = holders.exclude(status=Question.Status.TRASHED)
        self.taken = set(holders.values_list("slug", flat=True))

    def apply(self, question: Question) -> int:
        if question.subject_id == self.subject.pk:
            return 0
        if question.slug in self.taken:
            raise Refused(_("%s has a question with this slug already") % self.subject.title)
        self.taken.add(question.slug)
        question.subject = self.subject
        return 1


@dataclass
class SetAuthor(Change):
    author: Author

    @property
    def columns(self) -> tuple[str, ...]:
        return ("author_id",)

    @property
    def reason(self) -> str:
        return _("author set to %s") % self.author.name

    def apply(self, question: Question) -> int:
        if question.author_id == self.author.pk:
            return 0
        question.author = self.author
        return 1


@dataclass
class AddKeywords(Change):
    """At the end of the line; what stands there already, in whatever spelling, is not added."""

    words: list[str]

    @property
    def columns(self) -> tuple[str, ...]:
        return ("seo_keywords",)

    @property
    def reason(self) -> str:
        return _("keywords added: %s") % ", ".join(self.words)

    def apply(self, question: Question) -> int:
        known = {fold_keyword(word) for word in split_keywords(question.seo_keywords)}
        missing = {fold_keyword(word): word for word in self.words}
        added = [word for key, word in missing.items() if key not in known]
        if added:
            line = question.seo_keywords.rstrip().rstrip(",")
            question.seo_keywords = ", ".join([line, *added] if line.strip() else added)
        return len(added)


@dataclass
class RemoveKeywords(Change):
    words: list[str]

    @property
    def columns(self) -> tuple[str, ...]:
        return ("seo_keywords",)

    @property
    def reason(self) -> str:
        return _("keywords removed: %s") % ", ".join(self.words)

    @cached_property
    def keys(self) -> set[str]:
        return {fold_keyword(word) for word in self.words}

    def apply(self, question: Question) -> int:
        words = split_keywords(question.seo_keywords)
        kept = [word for word in words if fold_keyword(word) not in self.keys]
        if len(kept) < len(words):
            question.seo_keywords = ", ".join(kept)
        return len(words) - len(kept)


@dataclass
class Replace(Change):
    """Just these characters, wherever they stand: in formulas, code and links too."""

    find: str
    replacement: str
    in_answer: bool = True
    in_title: bool = False
    match_case: bool = True
    whole_words: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return (*(TITLES if self.in_title else ()), *(("answer",) if self.in_answer else ()))

    @property
    def reason(self) -> str:
        return _("“%(find)s” replaced by “%(replacement)s”") % {
            "find": self.find,
            "replacement": self.replacement,
        }

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        pattern = re.escape(self.find)
        if self.whole_words:
            pattern = rf"(?<!\w){pattern}(?!\w)"
        return re.compile(pattern, 0 if self.match_case else re.IGNORECASE)

    def apply(self, question: Question) -> int:
        changed: dict[str, tuple[str, int]] = {}
        for name in self.columns:
            text, hits = self.pattern.subn(lambda match: self.replacement, getattr(question, name))
            if hits and text != getattr(question, name):
                changed[name] = (text, hits)
        if not changed:
            return 0
        if question.canonical_id is not None and not question.is_detached:
            raise Refused(_("repeats another page and changes with that page"))
        for name, (text, _hits) in changed.items():
            self._check(name, text)
            setattr(question, name, text)
        # A title that stands there three times counts once.
        titles = [hits for name, (_text, hits) in changed.items() if name in TITLES]
        return max(titles, default=0) + changed.get("answer", ("", 0))[1]

    def _check(self, name: str, text: str) -> None:
        if not text.strip():
            raise Refused(_("nothing would be left of the %s") % name.replace("_", " "))
        if name in TITLES and (len(text) > TITLE_MAX_LENGTH or "\n" in text):
            raise Refused(_("the title would be too long, or have several lines"))


def parameters_of(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """What a mass edit of this kind keeps of a form's values, as JSON types."""
    if kind == Kind.SUBJECT:
        return {"subject": values["subject"].pk}
    if kind == Kind.AUTHOR:
        return {"author": values["author"].pk}
    if kind == Kind.STATUS:
        return {"action": values["action"]}
    if kind == Kind.REPLACE:
        names = ("find", "replacement", "in_answer", "in_title", "match_case", "whole_words")
        return {name: values[name] for name in names}
    return {"keywords": values["keywords"]}

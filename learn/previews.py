"""A question's page before it is published: from what a form holds, at the desk and behind links
that are given to people without an account."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from learn.models import Author, Question, Redirect, ShareLink, Subject, Tag
from learn.models.path import QuestionPath, parse_path
from learn.models.share_link import lasting
from learn.models.tag import PAGE_FROM, fold_keyword, tag_words
from learn.publishing import TITLES, unite_titles
from learn.readerpages import TAGS_SHOWN, Keyword, question_context
from learn.redirects import find_questions
from learn.related import Links, links_to
from learn.search import similar_to
from learn.similar import KEPT

# What of a question its page shows or says in its head.
PREVIEW_FIELDS = (
    *TITLES,
    "answer",
    "subject",
    "author",
    "slug",
    "date",
    "date_format",
    "post_on_text",
    "origin",
    "reviewer",
    "reviewed_on",
    "seo_title",
    "seo_description",
    "seo_keywords",
    "no_index",
)
_SIGNER_SALT = "learn.previews.share"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form holds: values of PREVIEW_FIELDS, and the addresses of its related questions
    (None: as they are stored)."""

    values: Mapping[str, Any]
    related: Sequence[str] | None = None


def question_as_typed(stored: Question | None, typed: Typed) -> Question:
    """The question as it would be saved: not the stored row, and never to be saved itself."""
    question = Question() if stored is None else _copy_of(stored)
    for name, value in typed.values.items():
        setattr(question, name, value)
    if stored is not None:
        unite_titles(stored, question)
    _stand_in(question)
    question.derive()
    return question


def _copy_of(stored: Question) -> Question:
    values = {field.attname: getattr(stored, field.attname) for field in Question._meta.fields}
    question = Question(**values)
    question.subject, question.author = stored.subject, stored.author
    return question


def _stand_in(question: Question) -> None:
    """A page has a place and an author; a question that is being written may not have yet."""
    if question.subject_id is None:
        question.subject = Subject(slug="subject", title=_("No subject yet"))
    if question.author_id is None:
        question.author = Author(name=_("No author yet"))
    if not question.slug:
        question.slug = slugify(question.title)[:200].strip("-") or "question"
    if question.date is None:
        question.date = timezone.localdate()


def preview_context(question: Question, stored: Question | None, typed: Typed) -> dict[str, Any]:
    """What the page's template needs, for a question made by question_as_typed()."""
    links, tags = _links(question, stored, typed.related), _tags(question, stored)
    return {**question_context(question, links, tags), "is_preview": True}


def _tags(question: Question, stored: Question | None) -> list[Keyword]:
    """The topics that would have a page: a new question counts among those of its tags."""
    keys = dict.fromkeys(map(fold_keyword, tag_words(question.seo_keywords)))
    rows = Tag.objects.filter(key__in=keys).select_related("alias_of")
    by_key = {tag.key: tag.alias_of or tag for tag in rows}
    tags = dict.fromkeys(by_key[key] for key in keys if key in by_key)
    counted: set[int] = set()
    if stored is not None and Question.objects.canonical_pages().filter(pk=stored.pk).exists():
        counted = set(stored.tagged_items.values_list("tag", flat=True))
    gain = int(question.is_indexable)
    shown = [tag for tag in tags if tag.count + gain * (tag.pk not in counted) >= PAGE_FROM]
    return [Keyword(tag.pk, tag.name, tag.slug, tag.count) for tag in shown[:TAGS_SHOWN]]


def _links(question: Question, stored: Question | None, related: Sequence[str] | None) -> Links:
    if question.subject_id is None:
        return Links([], None, None, set())
    pages = Question.objects.indexable().filter(subject=question.subject_id, canonical=None)
    pages = pages.exclude(pk=question.pk)
    before = pages.filter(slug__lt=question.slug).order_by("-slug").values_list("pk", flat=True)
    after = pages.filter(slug__gt=question.slug).order_by("slug").values_list("pk", flat=True)
    return links_to(
        question, _own(stored, related), _similar(question, stored), before.first(), after.first()
    )


def _similar(question: Question, stored: Question | None) -> list[int]:
    if stored is not None and stored.content_hash == question.content_hash:
        kept = stored.similar_questions.filter(target__isnull=False).order_by("position")
        return list(kept.values_list("target", flat=True))
    return similar_to(question, KEPT)


def _own(stored: Question | None, related: Sequence[str] | None) -> list[int]:
    """The questions that the form's references lead to, in their order."""
    known: dict[str, int | None] = {}
    if stored is not None:
        rows = stored.related_questions.order_by("position")
        known = dict(rows.values_list("url", "target"))
    addresses = list(known) if related is None else list(related)
    paths = {url: path for url in addresses if url not in known and (path := parse_path(url))}
    if paths:
        known |= _targets(paths)
    return [target for url in addresses if (target := known.get(url)) is not None]


def _targets(paths: Mapping[str, QuestionPath]) -> dict[str, int | None]:
    redirects = Redirect.objects.filter(old_path__in=paths)
    found: dict[str, int | None] = dict(redirects.values_list("old_path", "question"))
    at_path = find_questions(paths.values())
    return found | {url: at_path[path] for url, path in paths.items() if path in at_path}


# --- links for people without an account


def share(question: Question, typed: Typed, *, by: User, days: int) -> ShareLink:
    """Keep what the form holds as a page of its own, for some days."""
    values = {
        name: value.pk if name in ("subject", "author") and value else value
        for name, value in typed.values.items()
    }
    content = {"values": values, "related": typed.related}
    return ShareLink.objects.create(
        question=question,
        content=json.loads(json.dumps(content, cls=DjangoJSONEncoder)),
        created_by=by,
        expires_at=lasting(days),
    )


def revoke(links: QuerySet[ShareLink]) -> int:
    return links.filter(revoked_at=None).update(revoked_at=timezone.now())


def share_address(link: ShareLink) -> str:
    return reverse(
        "learn:shared_preview", kwargs={"token": Signer(salt=_SIGNER_SALT).sign(str(link.pk))}
    )


def find_shared(token: str) -> ShareLink | None:
    """The link with this signed address, if it still opens a page."""
    try:
        pk = Signer(salt=_SIGNER_SALT).unsign(token)
    except BadSignature:
        return None
    links = ShareLink.objects.working().select_related("question__subject", "question__author")
    return links.filter(pk=pk).first()


def shared_context(link: ShareLink) -> dict[str, Any]:
    """What the template of a shared preview needs."""
    values = {}
    for name, value in link.content["values"].items():
        field = Question._meta.get_field(name)
        if field.is_relation:
            values[name] = field.related_model.objects.filter(pk=value).first()  # type: ignore[union-attr]
        else:
            values[name] = field.to_python(value)  # type: ignore[union-attr]
    typed = Typed(values, link.content["related"])
    question = question_as_typed(link.question, typed)
    return {**preview_context(question, link.question, typed), "link": link}

"""Tags that stand for others, bear other names, become one."""

from collections.abc import Iterable

from django.db import transaction

from learn.models import Question, Tag
from learn.models.tag import fold_keyword
from learn.pages import touch_tags
from learn.tagging import TagWriter
from learn.totals import follow_tags


def set_alias(tag: Tag, stands_for: Tag | None) -> None:
    """Let a tag stand for another one, or (None) for itself again. In one transaction.

    The questions with its keyword bear the other tag instead; what stood for it stands for the
    other one too, so that an alias never leads to an alias.
    """
    with transaction.atomic():
        former = [tag.pk, *([tag.alias_of_id] if tag.alias_of_id else [])]
        target = stands_for.alias_of or stands_for if stands_for else None
        tag.alias_of = None if target == tag else target
        tag.save()
        if tag.alias_of is not None:
            tag.aliases.update(alias_of=tag.alias_of)
        bearers = Question.objects.filter(tagged_items__tag__in=former).distinct()
        keywords = dict(bearers.values_list("pk", "seo_keywords"))
        former_tags = TagWriter().write(keywords)
        touch_tags({*former, *([tag.alias_of_id] if tag.alias_of_id else [])})
        follow_tags(former_tags)


def rename_tag(tag: Tag, name: str) -> Tag:
    """Let the tag bear another name; returns the tag that bears it then. In one transaction.

    Another spelling of one keyword stays one tag. Another keyword is another tag, which is made
    if there is none, and which the old one stands for from then on: its address redirects, and
    no question's keywords change. If there is one already, the two become one.
    """
    with transaction.atomic():
        key = fold_keyword(name)
        if key == tag.key:
            tag.name = name
            tag.save()
            touch_tags([tag.pk])
            return tag
        target, _is_new = Tag.objects.get_or_create(key=key, defaults={"name": name})
        if target.alias_of_id is not None:
            # A name that the tag had before; it is the one that counts again.
            set_alias(target, None)
        set_alias(tag, target)
        return target


def merge_tags(tags: Iterable[Tag], into: Tag) -> None:
    """Let these tags stand for another one. In one transaction."""
    with transaction.atomic():
        for tag in tags:
            if tag != into:
                set_alias(tag, into)

"""The language of the content where it is not that of the interface, and the other way round.

Where both are the same nothing is written, so that pages do not grow.
"""

import datetime

from django import template
from django.conf import settings
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale

from learn.momentformat import format_date

register = template.Library()

# The language of the names that moment formats write, and what Open Graph takes for granted.
ENGLISH = "en"
NOTHING = mark_safe("")


@register.simple_tag
def content_lang() -> SafeString:
    """Attributes for an element that holds content only: <h1{% content_lang %}>."""
    return _attributes(settings.CONTENT_LANGUAGE, _interface())


@register.simple_tag
def interface_lang() -> SafeString:
    """Attributes for an element of the interface inside one that bears `content_lang`."""
    return _attributes(_interface(), settings.CONTENT_LANGUAGE)


@register.simple_tag
def ltr() -> SafeString:
    """For what is written from left to right in every language, such as code and addresses."""
    return mark_safe(' dir="ltr"' if _is_right_to_left(_interface()) else "")


@register.simple_tag
def has_right_to_left() -> bool:
    """Whether anything on the page may be written from right to left."""
    return _is_right_to_left(_interface()) or _is_right_to_left(settings.CONTENT_LANGUAGE)


@register.simple_tag
def content_language() -> str:
    """The tag of the content's language."""
    return settings.CONTENT_LANGUAGE


@register.simple_tag
def content_locale() -> str:
    """The content's language as Open Graph wants it; "" for English, which it supposes anyway."""
    language = settings.CONTENT_LANGUAGE
    return "" if _base(language) == ENGLISH else to_locale(language)


@register.filter
def day(value: datetime.date, fmt: str) -> str:
    """A date in a sentence of the interface: as the content writes dates if both are English."""
    if _base(_interface()) == ENGLISH:
        return format_date(value, fmt)
    return date_format(value, "DATE_FORMAT")


def _attributes(language: str, around: str) -> SafeString:
    if language == around or language.lower() == around.lower():
        return NOTHING
    attributes = f' lang="{language}"'
    if _is_right_to_left(language) != _is_right_to_left(around):
        attributes += f' dir="{"rtl" if _is_right_to_left(language) else "ltr"}"'
    return mark_safe(attributes)  # the settings hold nothing but tags of languages


def _interface() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _is_right_to_left(language: str) -> bool:
    return _base(language) in settings.LANGUAGES_BIDI


def _base(language: str) -> str:
    return language.partition("-")[0].lower()

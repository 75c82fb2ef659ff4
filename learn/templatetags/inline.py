"""Style sheets and speculation rules, written into the page."""

from django import template
from django.utils.safestring import SafeString, mark_safe

from learn.inline import SPECULATION_RULES
from learn.inline import stylesheet as inline_stylesheet

register = template.Library()


@register.simple_tag
def stylesheet(name: str) -> SafeString:
    """The content of a `<style>` element: {% stylesheet "site" %}."""
    return mark_safe(inline_stylesheet(name))  # the project's own file


@register.simple_tag
def speculation_rules() -> SafeString:
    return mark_safe(SPECULATION_RULES)  # a constant

"""What every page says about the site, and dates as the front matter wants them."""

import datetime

from django import template
from django.conf import settings

from learn.momentformat import format_date

register = template.Library()


@register.simple_tag
def site_name() -> str:
    return settings.SITE_NAME


@register.simple_tag
def site_description() -> str:
    return str(settings.SITE_DESCRIPTION)


@register.filter
def moment(value: datetime.date, fmt: str) -> str:
    """The date in a moment.js format: {{ question.date|moment:question.date_format }}."""
    return format_date(value, fmt)

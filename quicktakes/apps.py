from typing import Any

from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class DeskConfig(SimpleAdminConfig):
    """Django's admin, whose classes are loaded with the addresses that need them.

    Commands that know no addresses do without: to load the desk takes as long as all the rest of
    the start.
    """

    default = False
    default_site = "quicktakes.site.DeskSite"

    def ready(self) -> None:
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_desk, checks.Tags.admin)


def check_desk(**options: Any) -> list[checks.CheckMessage]:
    """Django's own check of the admin, of whatever command it is part."""
    autodiscover()
    messages: list[checks.CheckMessage] = check_admin_app(**options)
    return messages

from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy


class LearnConfig(AppConfig):
    name = "learn"
    verbose_name = gettext_lazy("Questions and answers")

    def ready(self) -> None:
        post_migrate.connect(install_search_index, sender=self)


def install_search_index(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Make the search index; again where a migration that rebuilt a table took it away."""
    # Models cannot be imported before the apps are ready.
    from learn.models import Question
    from learn.search import ensure_index

    tables = connections[using].introspection.table_names()
    if using == DEFAULT_DB_ALIAS and Question._meta.db_table in tables:
        ensure_index()

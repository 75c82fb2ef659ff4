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
        post_migrate.connect(count_questions, sender=self)
        post_migrate.connect(restore_roles, sender=self)


def install_search_index(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Make the search index; again where a migration that rebuilt a table took it away."""
    # Models cannot be imported before the apps are ready.
    from learn.models import Question
    from learn.search import ensure_index

    tables = connections[using].introspection.table_names()
    if using == DEFAULT_DB_ALIAS and Question._meta.db_table in tables:
        ensure_index()


def count_questions(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Count all questions where none is noted as counted, as after the migration that made the
    table of these notes."""
    # Models cannot be imported before the apps are ready.
    from learn.models import CountedQuestion, Question
    from learn.totals import store_totals

    tables = connections[using].introspection.table_names()
    is_ready = using == DEFAULT_DB_ALIAS and CountedQuestion._meta.db_table in tables
    if is_ready and not CountedQuestion.objects.exists() and Question.objects.exists():
        store_totals()


def restore_roles(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Make the groups of the roles again after a flush has emptied the database.

    A migration makes them once; whoever has people keeps the groups that they have.
    """
    # Models cannot be imported before the apps are ready.
    from django.apps import apps
    from django.contrib.auth.models import Group, User

    from learn.workflow.roles import grant_roles

    tables = connections[using].introspection.table_names()
    is_ready = using == DEFAULT_DB_ALIAS and User._meta.db_table in tables
    if is_ready and not Group.objects.exists() and not User.objects.exists():
        grant_roles(apps)

from itertools import pairwise

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User

from learn.apps import restore_roles
from learn.workflow.roles import ROLES, grant_formerly_implied

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", ROLES)
def test_migration_makes_the_group_with_its_permissions(role: str) -> None:
    held = Group.objects.get(name=role).permissions.select_related("content_type")
    assert {f"{item.content_type.app_label}.{item.codename}" for item in held} == ROLES[role]


def test_each_role_may_all_that_the_one_before_may() -> None:
    roles = list(ROLES.values())
    assert all(lower < higher for lower, higher in pairwise(roles))


def test_account_from_before_the_roles_keeps_its_powers() -> None:
    user = User.objects.create_user("old")
    user.user_permissions.add(Permission.objects.get(codename="change_question"))
    grant_formerly_implied(apps)
    assert User.objects.get().has_perm("learn.publish_question")


def test_account_that_could_only_look_gains_nothing() -> None:
    user = User.objects.create_user("old")
    user.user_permissions.add(Permission.objects.get(codename="view_question"))
    grant_formerly_implied(apps)
    assert not User.objects.get().has_perm("learn.publish_question")


def test_roles_are_there_again_after_a_flush() -> None:
    Group.objects.all().delete()
    restore_roles()
    assert {group.name for group in Group.objects.all()} == set(ROLES)


def test_roles_that_somebody_has_deleted_stay_away() -> None:
    User.objects.create_user("kim")
    Group.objects.all().delete()
    restore_roles()
    assert not Group.objects.exists()

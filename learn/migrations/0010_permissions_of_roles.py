from importlib import import_module

from django.db import migrations

from learn.workflow.roles import grant_roles

make_permissions = import_module("learn.migrations.0008_desk").make_permissions


def complete_roles(apps, schema_editor):
    make_permissions(apps, schema_editor)
    grant_roles(apps)


class Migration(migrations.Migration):
    """The roles have the permissions of the tables that came after them."""

    dependencies = [
        ("learn", "0009_editors_list_trash_and_uploads"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(complete_roles, migrations.RunPython.noop)]

from importlib import import_module

from django.db import migrations

make_roles = import_module("learn.migrations.0008_desk").make_roles


class Migration(migrations.Migration):
    """The roles have the permissions of the tables that came after them."""

    dependencies = [
        ("learn", "0009_editors_list_trash_and_uploads"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]

from typing import Any

from django.db import migrations

from learn.compression import compress_with_lz4


def compress(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(compress_with_lz4("learn_question", "answer", "answer_html"))


class Migration(migrations.Migration):
    """Long texts are packed with LZ4 where PostgreSQL has it."""

    dependencies = [
        ("learn", "0015_fill_stored_totals"),
    ]

    operations = [
        migrations.RunPython(compress, migrations.RunPython.noop, elidable=True),
    ]

"""Every row of every table, as the database holds it.

`python -m tests.backups.rows` prints a site's tables, a JSON line each: the name, the number of
rows, and the hash of all of them.
"""

import hashlib
import json
import sys
from collections.abc import Iterator

import django
from django.db import connection

TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite#_%'"
    " ESCAPE '#' AND sql NOT LIKE 'CREATE VIRTUAL %'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def tables() -> Iterator[tuple[str, int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES[connection.vendor])
        for (name,) in sorted(cursor.fetchall()):
            columns = "t.*" if connection.vendor == "sqlite" else "t::text"
            cursor.execute(f'SELECT {columns} FROM "{name}" AS t')
            rows = sorted(map(repr, cursor.fetchall()))
            yield name, len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()


def state() -> str:
    """One hash of all of it."""
    return hashlib.sha256(json.dumps(list(tables())).encode()).hexdigest()


if __name__ == "__main__":
    django.setup()
    for table in tables():
        sys.stdout.write(json.dumps(table) + "\n")
    sys.stdout.write(state() + "\n")

"""PostgreSQL by pg_dump and pg_restore: one snapshot, one transaction."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient

from learn.backups.archive import BLOCK, BackupError
from learn.backups.engines import MIGRATIONS

PART = "database.pgdump"

TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY relname
"""

# What stands in the way of the copy goes in the transaction that brings it. What belongs to an
# extension stays.
CLEAR = """
BEGIN;
SET LOCAL lock_timeout = '60s';
SET LOCAL client_min_messages = warning;
DO $$
DECLARE item record;
BEGIN
    FOR item IN
        SELECT relkind, oid::regclass AS name FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v', 'm')
    LOOP
        EXECUTE format('DROP %s IF EXISTS %s CASCADE', CASE item.relkind
            WHEN 'r' THEN 'TABLE' WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END, item.name);
    END LOOP;
    FOR item IN
        SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S'
    LOOP
        EXECUTE format('DROP SEQUENCE IF EXISTS %s CASCADE', item.name);
    END LOOP;
    FOR item IN
        SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = current_schema()::regnamespace AND prokind IN ('f', 'p')
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
    LOOP
        EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', item.name);
    END LOOP;
END $$;
"""


def dump(target: Path) -> tuple[dict[str, int], list[str]]:
    # The rows are counted in the very snapshot that pg_dump writes.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        ((snapshot,),) = cursor.fetchall()
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
        with _start("pg_dump", *options, f"--file={target}") as process:
            _, errors = process.communicate()
        if process.returncode:
            raise BackupError(f"pg_dump failed: {_text(errors)}")
        numbers = _count(cursor)
        cursor.execute(MIGRATIONS)
        return numbers, [name for (name,) in cursor.fetchall()]


def check(copy: Path) -> None:
    with _start("pg_restore", "--list", str(copy), site=False) as process:
        _, errors = process.communicate()
    if process.returncode:
        raise BackupError(f"pg_restore cannot read the database in it: {_text(errors)}")


def load(copy: Path, rows: dict[str, int]) -> None:
    # Nothing of ours may hold what is to be replaced.
    connection.close()
    options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1")
    with tempfile.TemporaryFile() as errors, _start("psql", *options, errors=errors) as psql:
        assert psql.stdin is not None  # it is a pipe
        try:
            for data in _script(copy, rows):
                psql.stdin.write(data)
            psql.stdin.close()
        except BrokenPipeError:
            pass  # psql has said why
        except BaseException:
            # Without its last line the transaction is taken back.
            psql.kill()
            raise
        if psql.wait():
            errors.seek(0)
            raise BackupError(f"PostgreSQL did not take the database: {_text(errors.read())}")


def rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        return _count(cursor)


def _script(copy: Path, rows: dict[str, int]) -> Iterator[bytes]:
    """The whole transaction. Its COMMIT comes only after all else has come without an error."""
    yield CLEAR.encode()
    options = ("--no-owner", "--no-privileges", "--file=-", str(copy))
    with tempfile.TemporaryFile() as errors:
        with _start("pg_restore", *options, site=False, errors=errors) as process:
            assert process.stdout is not None  # it is a pipe
            try:
                while data := process.stdout.read(BLOCK):
                    yield data
            except GeneratorExit:
                process.kill()
                raise
        if process.returncode:
            errors.seek(0)
            raise BackupError(f"pg_restore failed: {_text(errors.read())}")
    yield _comparison(rows).encode()
    yield b"COMMIT;\n"


def _comparison(rows: dict[str, int]) -> str:
    checks = "".join(
        f"SELECT count(*) INTO found FROM {_schema()}.{connection.ops.quote_name(table)};\n"
        f"IF found <> {number:d} THEN RAISE EXCEPTION 'the table % has % rows instead of %',"
        f" '{table.replace(chr(39), chr(39) * 2)}', found, {number:d}; END IF;\n"
        for table, number in rows.items()
    )
    return f"\nDO $compare$ DECLARE found bigint; BEGIN\n{checks}END $compare$;\n"


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        ((name,),) = cursor.fetchall()
    connection.close()
    return str(name)


def _count(cursor: object) -> dict[str, int]:
    cursor.execute(TABLES)  # type: ignore[attr-defined]
    names = [name for (name,) in cursor.fetchall()]  # type: ignore[attr-defined]
    numbers = {}
    for name in names:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # type: ignore[attr-defined]
        ((numbers[name],),) = cursor.fetchall()  # type: ignore[attr-defined]
    return numbers


def _start(
    program: str, *options: str, site: bool = True, errors: IO[bytes] | int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """A program of PostgreSQL's; with `site` connected to the site's database.

    The password goes by the environment: a command line can be read by everybody on the machine.
    """
    arguments, environment = DatabaseClient.settings_to_cmd_args_env(
        connection.settings_dict, list(options)
    )
    if not site:
        arguments, environment = [program, *options], {}
    try:
        return subprocess.Popen(
            [program, *arguments[1:]],
            env=os.environ | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    except FileNotFoundError:
        raise BackupError(
            f"{program} is not installed. It comes with PostgreSQL's client programs, in Debian "
            "the package postgresql-client; its version must not be older than the server's"
        ) from None


def _text(errors: bytes) -> str:
    lines = errors.decode(errors="replace").strip().splitlines()
    return " ".join(lines[:5])

"""Which statements of a migration lock a table of a million rows for longer than a moment."""

import re
from collections.abc import Iterable, Iterator

NAME = r'"?(\w+)"?'
CREATED = re.compile(rf"CREATE TABLE (?:IF NOT EXISTS )?{NAME}", re.I)
# A pattern whose group is the table, and why it waits.
RULES = [
    (
        re.compile(rf"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY).*? ON {NAME}", re.I | re.S),
        "builds an index while writers wait: use learn.concurrently.AddIndexWithoutLock",
    ),
    (
        re.compile(rf'ALTER TABLE {NAME} .*?ALTER COLUMN "?\w+"? TYPE ', re.I | re.S),
        "writes every row anew: add a column, fill it in steps, then let the old one go",
    ),
    (
        re.compile(rf'ALTER TABLE {NAME} .*?ALTER COLUMN "?\w+"? SET NOT NULL', re.I | re.S),
        "reads every row while all wait: add a check with AddCheckWithoutLock first",
    ),
    (
        re.compile(
            rf"ALTER TABLE {NAME} ADD COLUMN .*?(?:DEFAULT (?!now\(|statement_timestamp\()"
            r"\(*\w+\(|GENERATED |\bserial\b|\bUNIQUE\b|PRIMARY KEY)",
            re.I | re.S,
        ),
        "gives every row a value of its own: add the column empty, fill it in steps",
    ),
    (
        re.compile(
            rf"ALTER TABLE {NAME} ADD CONSTRAINT (?!.*NOT VALID\s*;?\s*$)(?!.*USING INDEX)",
            re.I | re.S,
        ),
        "holds every row against a rule while all wait: use learn.concurrently.AddCheckWithoutLock",
    ),
]


def locks(statements: Iterable[str]) -> Iterator[str]:
    """What is wrong, a line each. Tables that the migration makes itself are empty; comments are
    Django's words about an operation."""
    new: set[str] = set()
    for statement in statements:
        if statement.startswith("--"):
            continue
        if found := CREATED.search(statement):
            new.add(found[1])
        for pattern, reason in RULES:
            found = pattern.search(statement)
            if found and found[1] not in new:
                yield f"{found[1]}: {reason}: {statement[:120]}"

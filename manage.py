#!/usr/bin/env python
"""Django's command line for QuickTakes."""

import os
import sys

# The exit code of a command whose database is gone, locked, full or read-only.
NO_DATABASE = 3


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quicktakes.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit(
            "Django is not installed for this Python. Run `make run` once, "
            "or use the project's own environment: .venv/bin/python manage.py …"
        ) from error
    from django.db import DatabaseError

    try:
        execute_from_command_line(sys.argv)
    except DatabaseError as error:
        from learn.outages import is_outage

        if not is_outage(error):
            raise
        reason = " ".join(str(error).split())
        sys.stderr.write(
            f"The database stopped answering: {reason}. What was being written is undone; when "
            "that is mended, run the command again.\n"
        )
        sys.exit(NO_DATABASE)


if __name__ == "__main__":
    main()

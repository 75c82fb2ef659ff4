"""What a process does that reads files ahead for an import (learn.seeds.ahead).

The process begins here, before Django is set up: nothing of the models can be imported yet.
"""

from multiprocessing.connection import Connection


def run(end: Connection, is_rendered: bool) -> None:
    """Answer each list of files' bytes by the list of what they hold, None for one that cannot be
    read; until the importer has closed its end, or is dead."""
    import django

    django.setup()
    from learn.seeds.ahead import outcome_or_none

    try:
        while True:
            contents = end.recv()
            end.send([outcome_or_none(data, is_rendered=is_rendered) for data in contents])
    except (EOFError, OSError):
        return

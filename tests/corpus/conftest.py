"""The real corpus in the database, loaded once for all modules of this folder."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from learn.redirects import read_moves
from learn.seeds.importer import load_seeds
from learn.seeds.options import Options
from learn.seeds.report import Report
from learn.seeds.sources import read_source
from learn.seeds.subjects import load_subjects


def load(corpus_dir: Path, shared_dir: Path) -> Report:
    moved = (shared_dir / "corpus" / "moved.csv").read_text().splitlines()
    return load_seeds(read_source(str(corpus_dir)), Options(), moves=read_moves(moved))


@pytest.fixture(scope="package")
def loaded(
    corpus_dir: Path, shared_dir: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Report]:
    with django_db_blocker.unblock():
        with open(shared_dir / "corpus" / "subjects.csv") as file:
            load_subjects(csv.DictReader(file))
        yield load(corpus_dir, shared_dir)
        call_command("flush", interactive=False, verbosity=0)
        if connection.vendor == "sqlite":
            # The room that the corpus took would stay in every backup that is made later.
            with connection.cursor() as cursor:
                cursor.execute("VACUUM")

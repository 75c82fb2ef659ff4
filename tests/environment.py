"""The tests' environment, set before Django reads its settings.

A pytest plugin (`-p tests.environment` in pyproject.toml), as pytest-django reads the settings
before any conftest.py is imported. What a developer's .env says must not change the tests.
"""

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

is_worker = "PYTEST_XDIST_WORKER" in os.environ
if not is_worker:
    os.environ["TEST_RUN_FOLDER"] = tempfile.mkdtemp(prefix="run-")
# What all processes of this run share.
RUN_FOLDER = Path(os.environ["TEST_RUN_FOLDER"])

os.environ["DEBUG"] = "true"
database = os.environ.get("TEST_DATABASE_URL")
# Connections that the live server's threads kept would hinder the removal of the database.
os.environ["DATABASE_URL"] = f"{database}?CONN_MAX_AGE=0" if database else "sqlite:///:memory:"
# One Redis for all workers, for each a database of its own after the given one: cache.clear()
# empties a database whole, whatever the prefix of its keys.
cache = os.environ.get("TEST_CACHE_URL")
worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
if cache:
    server, _, number = cache.rpartition("/")
    cache = f"{server}/{int(number) + worker}"
os.environ["CACHE_URL"] = cache or "locmemcache://"
os.environ["MEDIA_ROOT"] = str(ROOT / "media")
os.environ["SITE_URL"] = "http://127.0.0.1:8000"
os.environ["SITE_NAME"] = "QuickTakes"
os.environ["LANGUAGE_CODE"] = os.environ["CONTENT_LANGUAGE"] = "en"
# All tests come from one address; those of the limits set their own.
for limit in ("SEARCH", "SUGGEST", "LOGIN"):
    os.environ[f"{limit}_LIMIT"] = "0"

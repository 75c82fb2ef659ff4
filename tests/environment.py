"""The tests' environment, set before Django reads its settings.

A pytest plugin (`-p tests.environment` in pyproject.toml), as pytest-django reads the settings
before any conftest.py is imported. What a developer's .env says must not change the tests.
"""

import os

os.environ["DEBUG"] = "true"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or "sqlite:///:memory:"
os.environ["CACHE_URL"] = os.environ.get("TEST_CACHE_URL") or "locmemcache://"
os.environ["SITE_URL"] = "http://127.0.0.1:8000"
os.environ["SITE_NAME"] = "QuickTakes"

"""The settings as a public site has them; only its static files are collected somewhere else."""

import os

from quicktakes.settings import *  # noqa: F403
from quicktakes.settings import STORAGES

STATIC_ROOT = os.environ["TEST_STATIC_ROOT"]
# Compressing all files takes longer than the tests that fetch one of them.
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
}

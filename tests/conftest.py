"""What all tests share: the real corpus, and honest skips."""

import gc
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests import migrated
from tests.environment import ROOT
from tests.live import EndingServer

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser")

left_out: set[str] = set()


def pytest_configure() -> None:
    # The real one is slow on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    LiveServerThread.server_class = EndingServer


def pytest_collection_finish() -> None:
    """Six thousand tests and what they import stay to the end: the garbage collector need not look
    through them again and again, which takes a fifteenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def leave_out(reason: str) -> NoReturn:
    """Skip the test and say so at the end of the run; with REQUIRE_ALL=1 fail instead."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL=1, but {reason}")
    left_out.add(reason)
    pytest.skip(reason)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason in sorted(left_out):
        terminalreporter.write_line(f"left out: {reason}")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder with the real corpus and the labelled cases, beside the checkout."""
    folder = ROOT.parent / "shared"
    if not (folder / "corpus" / "questions.tar.xz").exists():
        leave_out("there is no ../shared/corpus with the real seed files")
    return folder


@pytest.fixture(scope="session")
def corpus_dir(shared_dir: Path) -> Path:
    """The real seed files, unpacked once as <subject>/<slug>.md below var/."""
    archive = shared_dir / "corpus" / "questions.tar.xz"
    folder = ROOT / "var" / f"corpus-{archive.stat().st_size}"
    if not folder.exists():
        unpacking = folder.with_name(f"{folder.name}.{os.getpid()}")
        with tarfile.open(archive) as tar:
            tar.extractall(unpacking, filter="data")
        try:
            unpacking.rename(folder)
        except OSError:  # another worker was faster
            assert folder.exists()
    return folder


@pytest.fixture(scope="session")
def fixtures_dir() -> Path:
    """The project's own seed files."""
    return ROOT / "fixtures" / "seeds"


@pytest.fixture(scope="session")
def founding_seed(fixtures_dir: Path) -> bytes:
    """The bytes of the seed document that the project began with."""
    slug = "describe-the-function-of-the-sodiumpotassium-pump-in-neuron-activity"
    return (fixtures_dir / "nursing" / f"{slug}.md").read_bytes()


@pytest.fixture
def site(settings):
    settings.SITE_URL, settings.SITE_NAME = "https://site.example", "Answers"
    return settings


@pytest.fixture(autouse=True)
def _no_words_of_another_test():
    # Models cannot be imported before pytest-django has set Django up.
    from learn.search import forget_vocabulary

    forget_vocabulary()


@pytest.fixture
def live_server(live_server: LiveServer, transactional_db: None) -> Iterator[LiveServer]:
    """All its requests are answered before the test's rows are removed.

    A browser that is closed takes its requests with it, but the server goes on with what it has
    begun, and a database in memory cannot be emptied meanwhile. Its threads may close the
    connection until then.
    """
    connection.inc_thread_sharing()
    yield live_server
    live_server.thread.httpd.end_requests()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> Iterator[None]:
    """The database of the tests begins as a copy of a migrated one too."""
    test = connection.settings_dict["TEST"]
    if connection.vendor == "postgresql":
        server, _, _name = os.environ["TEST_DATABASE_URL"].rpartition("/")
        test["TEMPLATE"] = migrated.postgresql_template(server)
        yield
        return
    memory = migrated.fill_memory(connection.creation._get_test_db_name())
    yield
    memory.close()


# What every migrated database holds: roles and what they are made of.
ALWAYS_THERE = {
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
}
# Tables of the search index, which Django does not know.
OF_SEARCH = ("learn_searchdocument", "learn_searchterm", "learn_searchtitleword")


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """After a test with real transactions its rows are deleted, and what every database holds
    stays: to make that anew, as `flush` does, takes as long as many a test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: delete_rows())
        yield


def delete_rows() -> None:
    tables = set(connection.introspection.django_table_names(only_existing=True))
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # To truncate sixty tables, which have a handful of rows, takes a second.
            tables.update(OF_SEARCH)
            cursor.execute("SELECT current_setting('is_superuser')")
            if cursor.fetchone() == ("on",):
                # Without triggers: what these keep is deleted all the same.
                cursor.execute("SET LOCAL session_replication_role = replica")
        for table in sorted(tables - ALWAYS_THERE):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database can be removed at the end, though PostgreSQL may not have noticed yet that a
    process which a test killed is gone."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database for fixtures of a whole module, which its end takes back.

    The transaction of each test lies within this one. No test of the module may be one with real
    transactions.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the system's Chromium; of the one without windows if it is there, which takes two
    thirds of the time."""
    found = filter(None, map(shutil.which, CHROMIUM))
    return next(found, "") or leave_out("there is no Chromium (Debian: chromium-headless-shell)")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for the whole run: Playwright cannot be started twice in a process."""
    # Playwright keeps an event loop in this thread; Django would take the tests for asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        # No test measures time: on a busy machine five seconds are not enough for some.
        expect.set_options(timeout=30_000)
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()

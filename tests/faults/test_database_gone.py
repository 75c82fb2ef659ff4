"""The database is taken away under a running site, and given back."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from playwright.sync_api import Browser, expect

from learn.outages import LOOK_EVERY
from tests.conftest import ROOT
from tests.desk_client import Desk, changed
from tests.faults.conftest import CHANGE, QUESTION, Reach
from tests.servers import fetch, wait_until


def test_readers_get_stored_pages_and_503_with_retry_after_for_the_rest_until_it_is_back(
    reach: Reach, site: str
) -> None:
    stored = {path: fetch(site + path) for path in ("/", "/learn/biology", QUESTION)}
    reach.cut()
    for path, (_, text, _) in stored.items():
        status, shown, _ = fetch(site + path)
        assert (path, status, shown) == (path, 200, text)
    for path in (
        "/search?q=moon",
        "/learn/biology/questions/tide-1",
        "/nowhere",
        "/sitemap.xml",
    ):
        status, text, headers = fetch(site + path)
        assert (path, status) == (path, 503)
        assert int(headers["Retry-After"]) > 0
        assert headers["Cache-Control"] == "no-store"
        assert "Not available for the moment" in text
        assert "Traceback" not in text
    reach.mend()
    for path in (*stored, "/search?q=moon", "/learn/biology/questions/tide-1"):
        wait_until(lambda path=path: fetch(site + path)[0] == 200, f"{path} does not come back")


def test_editors_save_during_the_outage_says_that_nothing_was_saved_and_saves_afterwards(
    reach: Reach, site: str
) -> None:
    desk = Desk(site)
    desk.log_in("ada", "a-good-password")
    form = changed(desk.form(CHANGE, "question_form"), answer="The sun pulls as well.")
    before = fetch(site + QUESTION)[1]
    reach.cut()
    answer = desk.ask(CHANGE, form)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "What you sent was not saved." in answer.text
    assert desk.ask("/admin/").status == 503
    reach.mend()
    # Still logged in, and the same form is taken.
    assert "The sun" not in before
    wait_until(lambda: desk.ask(CHANGE, form).status == 200, "the desk does not come back")
    wait_until(lambda: "The sun pulls as well." in fetch(site + QUESTION)[1], "it is not saved")


@pytest.mark.browser
def test_editors_text_is_kept_by_the_browser_during_the_outage_and_restored(
    browser: Browser, reach: Reach, site: str
) -> None:
    page = browser.new_page(base_url=site)
    page.goto(f"/admin/login/?next={CHANGE}")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("a-good-password")
    page.get_by_role("button", name="Log in").click()
    answer = page.locator("#id_answer")
    answer.wait_for()
    reach.cut()
    answer.fill("So does the wind.")
    expect(page.locator("[data-draft-problem]")).to_contain_text("No connection.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("choose “Restore”")
    reach.mend()
    wait_until(lambda: fetch(f"{site}/search?q=moon")[0] == 200, "the site does not come back")
    page.goto(CHANGE)
    page.get_by_role("button", name="Restore").click()
    expect(answer).to_have_value("So does the wind.")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    page.close()


sqlite_only = pytest.mark.skipif(
    os.environ.get("TEST_DATABASE_URL", "").startswith("postgres"), reason="is about a file"
)


@sqlite_only
def test_database_file_that_is_moved_away_is_not_replaced_by_an_empty_one(
    reach: Reach, site: str
) -> None:
    file = reach.folder / "database" / "faults.sqlite3"
    stored = fetch(site + QUESTION)[1]
    file.rename(reach.folder / "moved")
    time.sleep(2 * LOOK_EVERY)
    assert fetch(site + QUESTION)[:2] == (200, stored)
    assert fetch(f"{site}/search?q=moon")[0] == 503
    assert not file.exists()
    (reach.folder / "moved").rename(file)
    wait_until(lambda: fetch(f"{site}/search?q=moon")[0] == 200, "it does not come back")


@sqlite_only
def test_database_that_takes_the_place_of_another_is_written_at_once_and_read_soon(
    reach: Reach, site: str
) -> None:
    """Connections are kept from request to request: those to the old file must not be used."""
    file = reach.folder / "database" / "faults.sqlite3"
    desk = Desk(site)
    desk.log_in("ada", "a-good-password")
    form = changed(desk.form(CHANGE, "question_form"), answer="Written into the new file.")
    searches = [f"{site}/search?q=moon+{number}" for number in range(20)]
    with ThreadPoolExecutor(4) as pool:  # so that each thread of the site has a connection
        assert {status for status, *_ in pool.map(fetch, searches)} == {200}
    old = reach.folder / "elsewhere" / file.name
    reach.cut()
    file.parent.mkdir()
    with closing(sqlite3.connect(old)) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)
        copy.execute("UPDATE learn_question SET title = 'Of the new file' WHERE slug = 'tide-2'")
        copy.commit()
    assert desk.ask(CHANGE, form).status == 200
    time.sleep(2 * LOOK_EVERY)
    for _ in range(10):
        assert "Of the new file" in fetch(f"{site}/search?q=moon")[1]
    written = "SELECT count(*) FROM learn_question WHERE answer = 'Written into the new file.'"
    for place, number in ((old, 0), (file, 1)):
        with closing(sqlite3.connect(place)) as database:
            assert database.execute(written).fetchone() == (number,), place
    shutil.rmtree(file.parent)
    reach.mend()
    assert "Of the new file" not in fetch(f"{site}/search?q=moon")[1]


RAISING = """
import django, sqlite3
django.setup()
from django.db import connection, OperationalError, ProgrammingError
from learn.outages import is_outage
for sql in ("SELECT * FROM no_such_table", "SELECT 1 FROM"):
    try:
        connection.cursor().execute(sql)
    except (OperationalError, ProgrammingError) as error:
        print(is_outage(error))
"""


def test_statement_that_is_wrong_is_no_outage(reach: Reach) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RAISING], cwd=ROOT, env=reach.site.environment,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert re.findall(r"\w+", done.stdout) == ["False", "False"]

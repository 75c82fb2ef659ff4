"""The server is killed while somebody types, and started again: the real server, a real file."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import migrated
from tests.conftest import ROOT

pytestmark = pytest.mark.browser

CONTENT = """
from django.contrib.auth.models import User
from tests.admin.builders import make_question
User.objects.create_superuser("ada", password="a-good-password")
make_question(answer="First.")
"""


class Server:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        database = f"sqlite:///{folder / 'site.sqlite3'}"
        self.env = {**os.environ, "DEBUG": "true", "DATABASE_URL": database}
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.env, check=True, capture_output=True)

    def start(self) -> None:
        command = [sys.executable, "-m", "gunicorn", "quicktakes.wsgi", "--bind", self.address]
        self.process = subprocess.Popen(
            [*command, "--log-level", "error"], cwd=ROOT, env=self.env, start_new_session=True
        )
        host, port = self.address.split(":")
        for _ in range(300):
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        pytest.fail("the server did not start")

    def kill(self) -> None:
        """At once, with its workers: nothing is told to finish."""
        if self.process is not None:
            os.killpg(self.process.pid, 9)
            self.process.wait()
            self.process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    migrated.fill(server.env["DATABASE_URL"])
    server.manage("shell", "-c", CONTENT)
    server.start()
    yield server
    server.kill()


def test_text_typed_while_the_server_restarts_is_saved(browser: Browser, server: Server) -> None:
    page = browser.new_page()
    page.goto(f"http://{server.address}/admin/login/?next=/admin/learn/question/1/change/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("a-good-password")
    page.get_by_role("button", name="Log in").click()
    answer = page.locator("#id_answer")
    saved = re.compile(r"^Draft saved at ")
    answer.fill("First. Before the restart.")
    expect(page.locator("[data-draft-state]")).to_have_text(saved)

    server.kill()
    answer.fill("First. Before the restart. During it.")
    expect(page.locator("[data-draft-problem]")).to_contain_text("No connection.")
    # Sent to a server that is not there, and back.
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("chrome-error://**")
    server.start()
    page.goto(f"http://{server.address}/admin/learn/question/1/change/")
    page.get_by_role("button", name="Restore").click()
    expect(answer).to_have_value("First. Before the restart. During it.")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    expect(answer).to_have_value("First. Before the restart. During it.")
    page.close()

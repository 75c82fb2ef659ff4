"""Seed files through the browser, there and back: what git shows is what was changed."""

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from learn.models import Question
from tests.admin.builders import change_url
from tests.admin.desk import page_of
from tests.seeds.builders import seed_file, write_seeds

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser, live_server, transactional_db):
    page = page_of(browser, live_server.url, User.objects.create_superuser("ada"))
    yield page
    page.context.close()
    assert page.complaints == []


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=x", "-c", "user.email=x@x.example", "-C", folder, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def packed(folder: Path) -> Path:
    archive = folder.parent / "seeds.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*.md")):
            file.write(path, path.relative_to(folder))
    return archive


def upload(page: Page, archive: Path) -> None:
    page.goto("/admin/learn/question/")
    page.get_by_role("link", name="Import files").click()
    page.get_by_label("File").set_input_files(archive)
    page.get_by_role("button", name="Show what would change").click()


def test_title_changed_in_the_browser_is_one_line_for_git(page, tmp_path):
    slugs = ["a", "b", "c"]
    seeds = [seed_file(slug, article_title="As is?", question="As is?") for slug in slugs]
    folder = write_seeds(tmp_path / "seeds", *seeds)
    git(tmp_path, "init", "-q", str(folder))
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "before")
    bad = folder / "biology" / "bad.md"
    bad.write_bytes(seed_file("bad").replace(b"\ndate:", b"\ndate: ["))
    upload(page, packed(folder))
    expect(page.locator(".errornote")).to_have_count(1)
    expect(page.locator(".errornote")).to_contain_text(re.compile(r"Line \d+: "))
    expect(page.locator("#content")).to_contain_text("bad.md")
    page.get_by_role("button", name="Load the files that are chosen").click()
    expect(page.locator(".messagelist")).to_contain_text("Loaded: 3 new, 0 changed.")
    bad.unlink()

    upload(page, packed(folder))
    expect(page.locator(".verdict")).to_contain_text("Nothing to load")

    page.goto(change_url("question", Question.objects.get(slug="b").pk))
    page.locator("#id_title").fill("A better title?")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("was changed")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("download")
    with page.expect_download() as download:
        page.get_by_role("button", name="Go", exact=True).click()
    with zipfile.ZipFile(download.value.path()) as archive:
        archive.extractall(folder)
    assert git(folder, "diff", "--stat").splitlines()[-1].strip() == (
        "1 file changed, 1 insertion(+), 1 deletion(-)"
    )

    upload(page, packed(folder))
    expect(page.locator(".verdict")).to_contain_text("Nothing to load")

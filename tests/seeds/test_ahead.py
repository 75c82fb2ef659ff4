"""Helpers that read files ahead: what an import does is the same with them and without."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from learn.models import Question, Subject
from learn.seeds import ahead as ahead_module
from learn.seeds import importer
from learn.seeds.ahead import Ahead
from learn.seeds.importer import load_seeds
from learn.seeds.options import Options
from learn.seeds.report import Report
from learn.seeds.sources import SourceFile
from tests.seeds.builders import seed_file, sources
from tests.servers import wait_until

pytestmark = pytest.mark.django_db

FAULTY_FORMULA = "Before $\\frac{1$ after."


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "BATCH", 4)
    monkeypatch.setattr(importer, "LARGE_BATCH", 4)
    monkeypatch.setattr(ahead_module, "WORTHWHILE", 3)


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The process numbers of the helpers that are started."""
    started: list[int] = []

    class Noted(ahead_module._Helper):
        def __init__(self, is_rendered: bool) -> None:
            super().__init__(is_rendered)
            started.append(self._process.pid or 0)

    monkeypatch.setattr(ahead_module, "_Helper", Noted)
    yield started
    assert not any(is_alive(number) for number in started)


def is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def files() -> list[SourceFile]:
    """Good and bad ones, the second batch and the third read ahead."""
    contents = [seed_file(f"q-{number}", answer=f"$x^{number}$") for number in range(10)]
    contents[5] = b"---\ntitle: [\n---\n"
    contents[6] = seed_file("q-1", answer="A second file of a question.")
    contents[8] = seed_file("q-8", answer=FAULTY_FORMULA, date_format="YYYY Q")
    return sources(*contents)


def outcome(report: Report) -> dict[str, object]:
    return {**report.as_dict(), "seconds": None}


def rows() -> list[tuple[object, ...]]:
    return list(Question.objects.order_by("slug").values_list("slug", "answer_html", "summary"))


@pytest.mark.parametrize("jobs", [2, 3])
@pytest.mark.parametrize("dry_run", [False, True])
def test_import_with_helpers_does_and_reports_the_same(
    helpers: list[int], jobs: int, dry_run: bool
) -> None:
    Subject.objects.create(slug="biology", title="Biology")
    report = load_seeds(files(), Options(jobs=jobs, dry_run=dry_run))
    written = rows()
    assert len(helpers) == jobs - 1
    Question.objects.all().delete()
    assert outcome(report) == outcome(load_seeds(files(), Options(dry_run=dry_run)))
    assert written == rows()
    assert (report.created, len(report.refused)) == (8, 2)


def test_what_a_helper_was_given_comes_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    read_here: list[bytes] = []
    original = importer.outcome_of

    def noted(data: bytes, *, is_rendered: bool) -> object:
        read_here.append(data)
        return original(data, is_rendered=is_rendered)

    monkeypatch.setattr(importer, "outcome_of", noted)
    given = files()
    load_seeds(given, Options(jobs=2))
    # The first batch, and the one that the helper could not read.
    assert read_here == [file.data for file in (*given[:4], given[5])]


def test_few_changed_files_start_no_helper(helpers: list[int]) -> None:
    load_seeds(files()[:2], Options(jobs=2))
    assert helpers == []


@pytest.mark.parametrize("moment", ["given", "taken"])
def test_import_goes_on_alone_where_its_helper_is_killed(
    helpers: list[int],
    moment: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def kill() -> None:
        for number in helpers:
            os.kill(number, signal.SIGKILL)
            wait_until(lambda number=number: not is_alive(number), "it lives on")

    give, take = Ahead.give, Ahead.take

    def killed_before(self: Ahead, given: list[SourceFile]) -> None:
        if moment == "given":
            kill()
        give(self, given)

    def killed_after(self: Ahead) -> object:
        if moment == "taken":
            kill()
        return take(self)

    monkeypatch.setattr(Ahead, "give", killed_before)
    monkeypatch.setattr(Ahead, "take", killed_after)
    report = load_seeds(files(), Options(jobs=2))
    assert (report.created, len(report.refused)) == (8, 2)
    assert "goes on without it" in caplog.text


IMPORTER = """
import signal, time
import django
# What is started in the background ignores it.
signal.signal(signal.SIGINT, signal.default_int_handler)
django.setup()
from learn.seeds.ahead import Ahead
if __name__ == "__main__":
    with Ahead(1, is_rendered=True) as ahead:
        ahead.start(1000)
        print(ahead._helpers[0]._process.pid, flush=True)
        time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_helper_ends_with_its_importer(tmp_path: Path, number: signal.Signals) -> None:
    script = tmp_path / "importer.py"
    script.write_text(IMPORTER)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    process = subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    assert process.stdout
    helper = int(process.stdout.readline())
    # Ctrl-C goes to all processes of a terminal.
    (os.killpg if number == signal.SIGINT else os.kill)(process.pid, number)
    process.wait(20)
    process.stdout.close()
    wait_until(lambda: not is_alive(helper), "the helper lives on")

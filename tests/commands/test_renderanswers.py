import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command

from learn.models import Question
from learn.rendering import RENDERER_VERSION
from learn.rerender import failed_formulas, render_again
from learn.seeds.importer import load_seeds
from tests.seeds.builders import seed_file, sources

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pages() -> None:
    load_seeds(
        sources(seed_file("a"), seed_file("b"), seed_file("c", answer=r"$\frac{1}{$ and $x$"))
    )


def test_answers_of_an_older_renderer_are_rendered_again() -> None:
    good = Question.objects.get(slug="a").answer_html
    Question.objects.filter(slug="a").update(answer_html="old", renderer_version=0, summary="")
    before = Question.objects.get(slug="a")
    assert render_again() == 1
    after = Question.objects.get(slug="a")
    assert (after.answer_html, after.renderer_version) == (good, RENDERER_VERSION)
    assert after.summary
    assert (after.version, after.modified_at) == (before.version, before.modified_at)


def test_nothing_is_rendered_when_all_is_new() -> None:
    assert render_again() == 0


def test_all_are_rendered_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("learn.rerender.CHUNK", 2)
    Question.objects.update(answer_html="old")
    assert render_again(every=True) == 3
    assert not Question.objects.filter(answer_html="old").exists()


def test_failed_formulas_are_listed_by_address() -> None:
    assert list(failed_formulas()) == [("/learn/biology/questions/c", [r"\frac{1}{"])]


def test_command_reports_to_a_file(tmp_path: Path) -> None:
    out = io.StringIO()
    call_command("renderanswers", all=True, report=str(tmp_path / "r.json"), stdout=out)
    assert out.getvalue() == (
        f"3 answers rendered\n1 formulas in 1 answers cannot be set; see {tmp_path / 'r.json'}\n"
    )
    assert json.loads((tmp_path / "r.json").read_text()) == {
        "/learn/biology/questions/c": [r"\frac{1}{"]
    }

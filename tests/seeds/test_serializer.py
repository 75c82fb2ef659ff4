import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.core.serializers import base, serialize

from learn.models import Question
from learn.seeds.importer import load_seeds
from tests.seeds.builders import seed_file, sources

pytestmark = pytest.mark.django_db


def test_loaddata_loads_a_seed_file(fixtures_dir: Path, founding_seed: bytes) -> None:
    path = next((fixtures_dir / "nursing").glob("describe-the-function*.md"))
    out = io.StringIO()
    call_command("loaddata", str(path), stdout=out)
    question = Question.objects.get()
    assert question.slug == path.stem
    assert question.is_published
    assert question.tags.count() == 10
    assert out.getvalue() == "Installed 1 object(s) from 1 fixture(s)\n"
    assert serialize("md", [question]).encode() == founding_seed


def test_loaddata_finds_a_seed_below_the_fixtures_by_name() -> None:
    call_command(
        "loaddata",
        "seeds/nursing/describe-the-function-of-the-sodiumpotassium-pump-in-neuron-activity.md",
        verbosity=0,
    )
    assert Question.objects.count() == 1


def test_loaddata_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(seed_file("a"))
    call_command("loaddata", str(path), verbosity=0)
    before = Question.objects.values().get()
    call_command("loaddata", str(path), verbosity=0)
    assert Question.objects.values().get() == before


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"text", "line 1: no front matter: the file must begin with a line “---”"),
        (seed_file("a", date="soon"), "line 4: date: expected a date as 2025-02-06, found “soon”"),
    ],
)
def test_loaddata_refuses_a_bad_file_with_line_and_reason(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    path = tmp_path / "bad.md"
    path.write_bytes(data)
    with pytest.raises(base.DeserializationError) as error:
        call_command("loaddata", str(path), verbosity=0)
    assert str(error.value) == f"Problem installing fixture '{path}': {reason}"
    assert not Question.objects.exists()


def test_loaddata_reports_a_conflict_and_keeps_the_database(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(seed_file("a"))
    call_command("loaddata", str(path), verbosity=0)
    Question.objects.update(answer="Changed by SQL.")
    path.write_bytes(seed_file("a", answer="From the file."))
    with pytest.raises(
        base.DeserializationError, match="changed both in the file and in the database"
    ):
        call_command("loaddata", str(path), verbosity=0)
    assert Question.objects.get().answer == "Changed by SQL."


def test_dumpdata_writes_one_question_as_its_seed_file() -> None:
    load_seeds(sources(seed_file("a")))
    out = io.StringIO()
    call_command("dumpdata", "learn.question", format="md", stdout=out)
    assert out.getvalue().rstrip("\n").encode() == seed_file("a")


def test_dumpdata_of_several_questions_says_what_to_use() -> None:
    load_seeds(sources(seed_file("a"), seed_file("b")))
    with pytest.raises(CommandError, match="write all of them with dumpseeds"):
        call_command("dumpdata", "learn.question", format="md", stdout=io.StringIO())

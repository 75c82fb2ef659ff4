import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from learn.models import Question, Redirect, Subject
from tests.conftest import ROOT
from tests.seeds.builders import seed_file, write_seeds

pytestmark = pytest.mark.django_db


def loadseeds(*paths: object, **options: Any) -> tuple[int, str, str]:
    """(exit status, standard output, standard error)"""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("loadseeds", *map(str, paths), stdout=out, stderr=err, **options)
    except SystemExit as exit:
        return int(exit.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_folder_is_loaded_and_counted(tmp_path: Path) -> None:
    status, out, _ = loadseeds(write_seeds(tmp_path, seed_file("a"), seed_file("b")))
    assert status == 0
    assert out.startswith(
        "2 files: 2 created, 0 updated, 0 unchanged, 0 conflicts, 0 refused; "
        "0 pruned, 0 moved, 0 copies; "
    )
    assert Question.objects.count() == 2


def test_refused_file_is_named_with_line_and_reason_and_exit_is_one(tmp_path: Path) -> None:
    folder = write_seeds(tmp_path, seed_file("a"), seed_file("b", date="soon"))
    status, _, err = loadseeds(folder)
    assert status == 1
    assert (
        f"refused: {folder}/biology/b.md, line 4: date: expected a date as 2025-02-06, "
        "found “soon”\n" in err
    )
    assert Question.objects.get().slug == "a"


def test_path_that_is_not_there_exits_with_two() -> None:
    with pytest.raises(CommandError) as error:
        loadseeds("nowhere")
    assert str(error.value) == "nowhere: there is no such file or folder"
    assert error.value.returncode == 2


def test_one_path_that_is_not_there_leaves_the_others_loaded(tmp_path: Path) -> None:
    status, _, err = loadseeds("nowhere", write_seeds(tmp_path, seed_file("a")))
    assert (status, Question.objects.count()) == (1, 1)
    assert "refused: nowhere: there is no such file or folder" in err


def test_path_of_which_nothing_could_be_read_exits_with_two(tmp_path: Path) -> None:
    (tmp_path / "broken.tar").write_bytes(b"not an archive")
    err = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("loadseeds", str(tmp_path / "broken.tar"), stderr=err, stdout=io.StringIO())
    assert str(error.value) == "No seed file (*.md) could be read."
    assert error.value.returncode == 2
    assert "broken.tar: the archive is damaged: " in err.getvalue()


def test_folder_without_a_seed_file_exits_with_two(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        loadseeds(tmp_path)
    assert error.value.returncode == 2


def test_report_file_holds_every_key_of_the_contract(tmp_path: Path) -> None:
    folder = write_seeds(tmp_path / "seeds", seed_file("a"))
    loadseeds(folder, report=str(tmp_path / "report.json"))
    report = json.loads((tmp_path / "report.json").read_text())
    assert set(report.pop("seconds")) == {"read", "parse", "render", "write", "index", "total"}
    assert report == {
        "files": 1,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "pruned": 0,
        "moved": 0,
        "copies": 0,
        "conflicts": [],
        "refused": [],
        "warnings": [
            {
                "path": f"{folder}/biology/a.md",
                "code": "subject",
                "detail": "the subject biology is new; it is listed as “Biology”",
            }
        ],
    }


def test_dry_run_says_so_and_writes_nothing(tmp_path: Path) -> None:
    subjects = tmp_path / "subjects.csv"
    subjects.write_text("slug,title,is_listed\nart,Art,true\n")
    folder = write_seeds(tmp_path / "seeds", seed_file("a"))
    _, out, _ = loadseeds(folder, dry_run=True, subjects=str(subjects))
    assert out.startswith("Dry run, nothing written. 1 files: 1 created")
    assert not Question.objects.exists()
    assert not Subject.objects.exists()


def test_subjects_give_titles_and_listing_before_the_files(tmp_path: Path) -> None:
    subjects = tmp_path / "subjects.csv"
    subjects.write_text("slug,title,is_listed\nbiology,Life Sciences,false\n")
    loadseeds(write_seeds(tmp_path, seed_file("a")), subjects=str(subjects))
    subject = Subject.objects.get()
    assert (subject.title, subject.is_listed) == ("Life Sciences", False)


def test_odd_line_of_subjects_stops_before_anything_is_written(tmp_path: Path) -> None:
    subjects = tmp_path / "subjects.csv"
    subjects.write_text("slug,title,is_listed\nbiology,Biology,true\nart,Art,maybe\n")
    with pytest.raises(CommandError) as error:
        loadseeds(write_seeds(tmp_path, seed_file("a")), subjects=str(subjects))
    assert str(error.value) == (
        f"{subjects}: line 3: expected slug,title,is_listed, for example chemistry,Chemistry,true"
    )
    assert not Subject.objects.exists()


def test_moves_are_recorded_and_odd_lines_are_warned_of(tmp_path: Path) -> None:
    moved = tmp_path / "moved.csv"
    moved.write_text(
        "old_path,new_path\n/learn/biology/questions/old,/learn/biology/questions/a\nx,y\n"
    )
    _, out, err = loadseeds(write_seeds(tmp_path, seed_file("a")), moved=str(moved))
    assert "1 moved" in out
    assert Redirect.objects.get().old_path == "/learn/biology/questions/old"
    assert "warning: moves, line 3: move: expected two addresses" in err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prune": True, "limit": 3}, "--prune needs all files: leave out --limit."),
        ({"limit": 0}, "--limit must be at least 1."),
        ({"jobs": 0}, "--jobs must be between 1 and 16."),
    ],
)
def test_options_that_make_no_sense_together_are_refused(
    tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(CommandError) as error:
        loadseeds(write_seeds(tmp_path, seed_file("a")), **options)
    assert str(error.value) == message


def test_prune_with_a_path_that_is_not_there_stops_before_anything(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as error:
        loadseeds(write_seeds(tmp_path, seed_file("a")), "nowhere", prune=True)
    assert str(error.value) == (
        "--prune needs all files, but: nowhere: there is no such file or folder"
    )
    assert not Question.objects.exists()


def test_refused_prune_exits_with_a_reason(tmp_path: Path) -> None:
    loadseeds(write_seeds(tmp_path / "all", seed_file("a"), seed_file("b")))
    with pytest.raises(CommandError, match="more than 5 %"):
        loadseeds(write_seeds(tmp_path / "one", seed_file("a")), prune=True)
    assert Question.objects.published().count() == 2


def test_quiet_run_prints_nothing(tmp_path: Path) -> None:
    assert loadseeds(write_seeds(tmp_path, seed_file("a")), verbosity=0) == (0, "", "")


def test_many_refusals_are_cut_and_counted(tmp_path: Path) -> None:
    (tmp_path / "biology").mkdir()
    for number in range(25):
        (tmp_path / "biology" / f"{number}.md").write_bytes(b"?")
    status, _, err = loadseeds(tmp_path)
    assert status == 1
    assert err.count("refused: ") == 20
    assert "… and 5 more refused; --report FILE lists all of them" in err


def test_command_starts_without_the_desk() -> None:
    """Which would take as long again as all the rest of its start."""
    script = (
        "import sys, django; django.setup(); import learn.management.commands.loadseeds; "
        "print(*sorted({'learn.admin', 'PIL', 'learn.urls'} & set(sys.modules)))"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "quicktakes.settings", "DEBUG": "true"}
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert loaded.stdout.decode().split() == []


def test_check_looks_at_the_desk_too() -> None:
    """Without it, whose classes are loaded late, the admin's check would pass over nothing."""
    script = (
        "import django; django.setup(); from django.core.checks import run_checks; "
        "run_checks(tags=['admin']); from django.contrib import admin; "
        "from learn.models import Question; print(admin.site.is_registered(Question))"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "quicktakes.settings", "DEBUG": "true"}
    checked = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert checked.stdout.decode().strip() == "True"

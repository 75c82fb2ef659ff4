import zipfile
from pathlib import Path

import pytest

from learn import publishing
from learn.frontmatter import parse
from learn.models import Question
from learn.seeds.exporter import (
    compare_folder,
    export_queryset,
    seed_bytes,
    seed_files,
    seed_of,
    write_folder,
    write_zip,
)
from learn.seeds.importer import load_seeds
from tests.seeds.builders import folder_files, related, seed_file, sources, write_seeds

pytestmark = pytest.mark.django_db

UNCOMMON = (
    seed_file("uncommon", related_article1=related("b"), related_article2=related("c"))
    .replace(b"author: QuickTakes", b"# who\nauthor: 'QuickTakes'\nviews: 3")
    .replace(b"\n", b"\r\n")
)


def exported(slug: str) -> bytes:
    return seed_bytes(seed_of(Question.objects.get(slug=slug)))


def changed_lines(before: bytes, after: bytes) -> list[tuple[bytes, bytes]]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    assert len(old) == len(new)
    return [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]]


def test_every_sample_file_comes_back_byte_for_byte(fixtures_dir: Path, tmp_path: Path) -> None:
    load_seeds(folder_files(fixtures_dir))
    count = write_folder(seed_files(export_queryset()), tmp_path)
    assert count >= 41
    assert {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*.md")} == {
        p.relative_to(fixtures_dir): p.read_bytes() for p in fixtures_dir.rglob("*.md")
    }
    assert not Question.objects.filter(seed_source__isnull=False).exists()


def test_founding_seed_comes_back_byte_for_byte(founding_seed: bytes) -> None:
    load_seeds(sources(founding_seed))
    assert seed_bytes(seed_of(Question.objects.get())) == founding_seed


def test_uncommon_layout_comes_back_byte_for_byte() -> None:
    load_seeds(sources(UNCOMMON))
    assert exported("uncommon") == UNCOMMON


def test_edited_title_changes_the_three_lines_of_the_title_only() -> None:
    load_seeds(sources(seed_file("common")))
    question = Question.objects.get()
    question.title = "New?"
    publishing.save_question(question)
    assert (
        changed_lines(seed_file("common"), exported("common"))
        == [(b"    Question common?\n", b"    New?\n")] * 3
    )


def test_edited_title_of_an_uncommon_layout_changes_its_lines_only() -> None:
    load_seeds(sources(UNCOMMON))
    question = Question.objects.get()
    question.title = "New: title?"
    publishing.save_question(question)
    assert (
        changed_lines(UNCOMMON, exported("uncommon"))
        == [(b"    Question uncommon?\r\n", b"    New: title?\r\n")] * 3
    )


def test_answer_that_escapes_cannot_hold_is_written_as_a_block_and_read_back() -> None:
    load_seeds(sources(seed_file("common")))
    question = Question.objects.get()
    question.answer = "A path C:\\new and\n\nmore"
    publishing.save_question(question)
    data = exported("common")
    assert b"answer: |4\n    A path C:\\new and\n\n    more\n" in data
    load_seeds(sources(data))
    assert Question.objects.get().answer == "A path C:\\new and\n\nmore"


def test_one_line_that_escapes_cannot_hold_is_read_back_too() -> None:
    load_seeds(sources(seed_file("common")))
    question = Question.objects.get()
    question.answer = "A path C:\\new"
    publishing.save_question(question)
    data = exported("common")
    assert b"answer: |4\n    A path C:\\new\n" in data
    load_seeds(sources(data))
    assert Question.objects.get().answer == "A path C:\\new"


def test_related_articles_with_gaps_in_their_numbers_are_replaced_whole() -> None:
    data = UNCOMMON.replace(b"related_article2", b"related_article7")
    load_seeds(sources(data))
    question = Question.objects.get()
    question.related_questions.filter(position=1).delete()
    question.related_questions.update(position=1)
    fields = parse(exported("uncommon")).fields
    assert [key for key in fields if key.startswith("related")] == ["related_article1"]
    assert fields["related_article1"]["url"] == "/learn/biology/questions/c"  # type: ignore[index,call-overload]


def test_unknown_keys_inside_seo_survive_an_edit_of_seo() -> None:
    data = UNCOMMON.replace(b"  page_description", b"  twitter: card\r\n  page_description")
    load_seeds(sources(data))
    question = Question.objects.get()
    question.seo_title = "Edited"
    publishing.save_question(question)
    seo = parse(exported("uncommon")).fields["seo"]
    assert (seo["twitter"], seo["title"]) == ("card", "Edited")  # type: ignore[index,call-overload]


def test_question_made_at_the_desk_exports_and_loads_as_it_is() -> None:
    load_seeds(sources(seed_file("a")))
    first = Question.objects.get()
    new = Question(
        title='Tricky: "quotes" # and ’more’?',
        answer="Text with $x \\neq y$.\n\n- item",
        date=first.date,
        subject=first.subject,
        author=first.author,
        slug="tricky",
        status=Question.Status.PUBLISHED,
        seo_keywords="",
    )
    publishing.save_question(new)
    data = exported("tricky")
    report = load_seeds(sources(data))
    assert (report.conflicts, report.refused, report.updated) == ([], [], 1)
    new.refresh_from_db()
    assert new.answer == "Text with $x \\neq y$.\n\n- item"
    assert new.title == 'Tricky: "quotes" # and ’more’?'


def test_only_published_questions_are_written_unless_all_are_asked_for() -> None:
    load_seeds(sources(*(seed_file(slug) for slug in "abc")))
    publishing.set_status(Question.objects.filter(slug="a"), Question.Status.DRAFT)
    publishing.set_status(Question.objects.filter(slug="b"), Question.Status.TRASHED)
    assert [q.slug for q in export_queryset()] == ["c"]
    assert [q.slug for q in export_queryset(every=True)] == ["a", "c"]


@pytest.mark.parametrize("count", [1, 3])
def test_export_costs_the_same_queries_however_many_rows(
    count: int, django_assert_num_queries: object
) -> None:
    load_seeds(sources(*(seed_file(f"q-{n}", related_article1=related("x")) for n in range(count))))
    # The rows with subject and author; their related articles.
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(list(seed_files(export_queryset()))) == count


def test_comparison_names_what_differs(tmp_path: Path) -> None:
    load_seeds(sources(*(seed_file(slug) for slug in ("same", "differs", "missing"))))
    write_seeds(
        tmp_path, seed_file("same"), seed_file("differs", answer="Other."), seed_file("extra")
    )
    result = compare_folder(seed_files(export_queryset()), tmp_path)
    assert (result.same, result.different, result.missing, result.extra, result.is_equal) == (
        1,
        ["biology/differs.md"],
        ["biology/missing.md"],
        ["biology/extra.md"],
        False,
    )


def test_writing_leaves_no_half_written_file_behind(tmp_path: Path) -> None:
    def files() -> object:
        yield "a/one.md", b"one"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_folder(files(), tmp_path)  # type: ignore[arg-type]
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["one.md"]


def test_interrupted_zip_is_not_there(tmp_path: Path) -> None:
    def files() -> object:
        yield "a/one.md", b"one"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_zip(files(), tmp_path / "x.zip")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    write_zip([("a/one.md", b"one")], tmp_path / "x.zip")
    assert zipfile.ZipFile(tmp_path / "x.zip").read("a/one.md") == b"one"

"""Files become rows, and rows follow their files."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from learn import publishing
from learn.models import (
    Author,
    Question,
    Subject,
)
from learn.models.question_queries import CONTENT_FIELDS
from learn.seeds import importer
from learn.seeds.exporter import seed_bytes, seed_of
from learn.seeds.importer import load_seeds
from learn.seeds.options import Options, Side
from learn.seeds.reading import read_seed
from learn.seeds.sources import SourceFile
from tests.seeds.builders import counts, load, related, seed_file, sources

pytestmark = pytest.mark.django_db

DAY = datetime.datetime(2025, 2, 6, tzinfo=datetime.UTC)

# --- one file


def test_new_file_becomes_a_published_question_with_all_its_fields() -> None:
    report = load(seed_file(no_index="True"))
    question = Question.objects.get()
    assert counts(report) == (1, 0, 0, 0, 0)
    assert report.refused == []
    assert (question.seed_id, question.date) == (900, DAY.date())
    assert (
        question.title == question.article_title == question.question == "Question what-is-osmosis?"
    )
    assert question.answer == "Answer of what-is-osmosis.\n\nIts second paragraph."
    assert question.answer_html.count("<p>") == 2
    assert question.author.name == "QuickTakes"
    assert (question.subject.slug, question.subject.title) == ("biology", "Biology")
    assert question.subject_label == "Biology"
    assert (question.slug, question.score, question.no_index) == ("what-is-osmosis", -1.0, True)
    assert (question.date_format, question.post_on_text) == ("MMM DD, YYYY", "Posted on")
    assert question.schema == "default"
    assert question.seo_title == "QuickTakes | Biology"
    assert question.seo_description == "How water crosses a membrane."
    assert question.seo_keywords == "osmosis, membrane, Water"
    assert [tag.name for tag in question.tags.all()] == ["osmosis", "membrane", "Water"]
    assert (question.status, question.publish_at) == (Question.Status.PUBLISHED, DAY)
    assert (question.modified_at, question.version) == (DAY, 1)
    assert question.origin == Question.Origin.UNSTATED
    assert question.is_published


def test_bulk_written_row_equals_a_saved_one_field_by_field() -> None:
    load(seed_file(answer="A formula $x^2$ and\\n\\n- a list", related_article1=related("x")))
    bulk = Question.objects.get()
    names = [field.attname for field in Question._meta.concrete_fields if not field.primary_key]
    before = {name: getattr(bulk, name) for name in names}
    saved = Question.objects.get()
    saved.save()
    saved.refresh_from_db()
    after = {name: getattr(saved, name) for name in names}
    assert after.pop("updated_at") >= before.pop("updated_at")
    assert before == after
    tags = list(bulk.tags.values_list("name", flat=True))
    publishing.save_question(saved)
    assert list(saved.tags.values_list("name", flat=True)) == tags


def test_same_file_again_is_unchanged_and_writes_nothing() -> None:
    load(seed_file(), seed_file("b", related_article1=related("what-is-osmosis")))
    with CaptureQueriesContext(connection) as queries:
        report = load_seeds(
            sources(seed_file(), seed_file("b", related_article1=related("what-is-osmosis")))
        )
    assert counts(report) == (0, 0, 2, 0, 0)
    read = ("SELECT", "PRAGMA cache_size")
    assert [query["sql"] for query in queries if not query["sql"].startswith(read)] == []
    assert len(queries) > 1


def test_changed_file_updates_the_row_and_its_version() -> None:
    load(seed_file())
    uid = Question.objects.get().uid
    report = load(
        seed_file(
            answer="New text.",
            seo={"title": "T", "page_description": "D", "page_keywords": "water, salt"},
            related_article1=related("b"),
        )
    )
    question = Question.objects.get()
    assert counts(report) == (0, 1, 0, 0, 0)
    assert (question.answer, question.version, question.uid) == ("New text.", 2, uid)
    assert "New text." in question.answer_html
    assert [tag.name for tag in question.tags.all()] == ["Water", "salt"]
    assert [item.url for item in question.related_questions.all()] == ["/learn/biology/questions/b"]
    assert question.modified_at > DAY


def test_changed_description_leaves_the_date_of_the_content() -> None:
    load(seed_file())
    load(seed_file(seo={"title": "T", "page_description": "Other", "page_keywords": "water"}))
    question = Question.objects.get()
    assert (question.seo_description, question.modified_at) == ("Other", DAY)


def test_changed_date_moves_the_moment_of_publication() -> None:
    load(seed_file())
    load(seed_file(date="2024-01-02"))
    question = Question.objects.get()
    assert question.publish_at == datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC)


def test_changed_date_leaves_a_moment_that_an_editor_set() -> None:
    load(seed_file())
    moment = DAY + datetime.timedelta(hours=5)
    Question.objects.update(publish_at=moment)
    load(seed_file(date="2024-01-02"))
    assert Question.objects.get().publish_at == moment


def test_changed_layout_alone_is_taken_without_a_new_version() -> None:
    load(seed_file())
    data = seed_file().replace(b"author: QuickTakes", b"author: 'QuickTakes'")
    report = load(data)
    question = Question.objects.get()
    assert counts(report) == (0, 1, 0, 0, 0)
    assert question.version == 1
    assert seed_bytes(seed_of(question)) == data


def test_wrapped_answer_and_spelling_of_the_subject_come_back() -> None:
    data = seed_file(answer='"He said ""yes"".\\n\\nThen no."', subject="biology").replace(
        b"subject: Biology", b"subject: BioLogy"
    )
    load(data)
    question = Question.objects.get()
    assert question.answer_wrapped
    assert question.answer == 'He said "yes".\n\nThen no.'
    assert (question.subject.title, question.subject_label) == ("Biology", "BioLogy")
    assert question.seed_source is None
    assert seed_bytes(seed_of(question)) == data


def test_unknown_keys_are_kept_given_back_and_warned_of() -> None:
    data = seed_file().replace(b"author:", b"views: 12\nauthor:")
    report = load(data)
    question = Question.objects.get()
    assert question.extra_front_matter == 'views: "12"\n'
    assert seed_bytes(seed_of(question)) == data
    assert report.warnings[0] == {
        "path": "1.md",
        "code": "unknown-key",
        "detail": "views is kept but not used",
    }


def test_failed_formula_is_warned_of() -> None:
    report = load(seed_file(answer=r"Look: $\frac{1}{$."))
    assert [warning["code"] for warning in report.warnings] == ["formula", "subject"]


# --- several files


def test_refused_files_leave_the_rest_loaded() -> None:
    report = load(
        seed_file(title=None),
        seed_file("good"),
        b"no front matter",
        seed_file("bad", date="soon"),
    )
    assert counts(report) == (1, 0, 0, 0, 3)
    assert Question.objects.get().slug == "good"
    assert report.refused == [
        {"path": "1.md", "line": None, "reason": "title: is missing"},
        {
            "path": "3.md",
            "line": 1,
            "reason": "no front matter: the file must begin with a line “---”",
        },
        {"path": "4.md", "line": 4, "reason": "date: expected a date as 2025-02-06, found “soon”"},
    ]


def test_source_that_cannot_be_read_is_refused_with_its_reason() -> None:
    report = load_seeds([SourceFile("x.md", refusal="cannot be read: Permission denied")])
    assert report.refused == [
        {"path": "x.md", "line": None, "reason": "cannot be read: Permission denied"}
    ]


def test_two_files_with_one_url_in_one_load_refuse_the_second() -> None:
    report = load(seed_file(), seed_file(answer="Other."))
    assert counts(report) == (1, 0, 0, 0, 1)
    assert report.refused[0]["reason"] == (
        "another file of this load has the url /learn/biology/questions/what-is-osmosis"
    )


def test_second_file_for_the_url_of_an_unchanged_one_is_refused() -> None:
    load(seed_file())
    for files in (
        (seed_file(), seed_file(answer="Other.")),
        (seed_file(answer="Other."), seed_file()),
    ):
        report = load(*files)
        assert counts(report) == (0, 0, 1, 0, 1)
        assert report.refused[0]["reason"] == (
            "another file of this load belongs to the same question, "
            "/learn/biology/questions/what-is-osmosis"
        )
    assert Question.objects.get().answer.startswith("Answer of what-is-osmosis.")


def test_second_file_for_one_renamed_question_is_refused() -> None:
    load(seed_file("old"))
    question = Question.objects.get()
    question.slug = "new"
    publishing.save_question(question)
    report = load(
        seed_file("old", answer="One."), seed_file("new", answer="Two."), side=Side.THEIRS
    )
    assert counts(report) == (0, 1, 0, 0, 1)
    assert report.refused == [
        {
            "path": "2.md",
            "line": None,
            "reason": "another file of this load belongs to the same question, "
            "/learn/biology/questions/new",
        }
    ]
    assert Question.objects.get().answer == "One."


def test_files_come_in_batches_and_none_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "BATCH", 3)
    monkeypatch.setattr(importer, "LARGE_BATCH", 3)
    seen: list[int] = []
    files = sources(*(seed_file(f"q-{number}") for number in range(10)))
    report = load_seeds(files, progress=seen.append)
    assert (report.files, report.created, seen) == (10, 10, [3, 3, 3, 1])


def test_batches_are_large_only_where_nobody_has_anything_to_write_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importer, "BATCH", 2)
    monkeypatch.setattr(importer, "LARGE_BATCH", 4)
    seen: list[int] = []
    load_seeds(sources(*(seed_file(f"q-{number}") for number in range(7))), progress=seen.append)
    # The first is small: helpers begin with the second.
    assert seen == [2, 4, 1]
    seen.clear()
    load_seeds(sources(*(seed_file(f"r-{number}") for number in range(5))), progress=seen.append)
    assert seen == [2, 2, 1]


def test_limit_loads_the_first_files_only() -> None:
    report = load_seeds(sources(*(seed_file(f"q-{n}") for n in range(5))), Options(limit=2))
    assert (report.files, report.created) == (2, 2)


def test_row_that_the_database_refuses_leaves_the_rest_of_its_batch_loaded() -> None:
    load(seed_file("ends"))
    Question.objects.update(unpublish_at=DAY + datetime.timedelta(days=1))
    report = load(seed_file("one"), seed_file("ends", date="2025-03-01"), seed_file("two"))
    assert counts(report) == (2, 0, 0, 0, 1)
    assert report.refused[0]["path"] == "2.md"
    assert "question_window_in_order" in report.refused[0]["reason"]
    assert [tag.name for tag in Question.objects.get(slug="two").tags.all()] == [
        "osmosis",
        "membrane",
        "Water",
    ]


def test_new_subject_is_made_from_its_folder_and_warned_of() -> None:
    report = load(seed_file(subject="history-of-the-world"))
    subject = Subject.objects.get()
    assert (subject.title, subject.is_listed) == ("History of the World", True)
    assert report.warnings == [
        {
            "path": "1.md",
            "code": "subject",
            "detail": "the subject history-of-the-world is new; it is listed as "
            "“History of the World”",
        }
    ]


def test_origin_is_set_on_what_is_taken() -> None:
    load(seed_file(), origin="machine")
    assert Question.objects.get().origin == Question.Origin.MACHINE


@pytest.mark.parametrize("count", [1, 3])
def test_load_of_a_batch_costs_the_same_queries_however_many_files(count: int) -> None:
    load(seed_file("first"))  # subject, author and tags are known from now on
    files = sources(*(seed_file(f"q-{n}") for n in range(count)))
    with CaptureQueriesContext(connection) as queries:
        load_seeds(files)
    transactions = ("SAVEPOINT", "RELEASE")
    real = [query["sql"] for query in queries if not query["sql"].startswith(transactions)]
    assert len(real) == LOAD_QUERIES[connection.vendor], "\n".join(real)


# Whether there are questions; (SQLite: a larger cache.) Files known by hash; subject, author. In
# the transaction: (PostgreSQL: the lock, again with the note); slugs of subjects, rows by slug, by
# uid, by desk redirect; last id, insert, new ids; (SQLite: the search index, its trigger away
# meanwhile: five); subjects that are listed, tags by key, insert of the questions' tags; stored
# pages: states, what leads there, tags, neighbours, the stale ones; note of the steps. After it:
# steps noted; (PostgreSQL: what wants statistics, here and at the end); references out of the trash
# and without a target, note removed; repeated contents, pages that lead, note removed; subjects,
# what counts and what does not, how many, their moments, these written, the files of the sitemap,
# stale pages; topics that lost their questions, topics counted, stale pages; what was known of
# topics forgotten, note removed; (PostgreSQL: terms of the search locked, counted; SQLite: its
# common words counted, the old ones away, the new ones in), note removed; copies counted.
LOAD_QUERIES = {"sqlite": 51, "postgresql": 48}


# --- a dry run


def test_dry_run_tells_the_plan_and_writes_nothing() -> None:
    load(seed_file("a"), seed_file("b"))
    Question.objects.filter(slug="b").update(answer="Changed by SQL.")
    before = list(Question.objects.order_by("pk").values())
    report = load(
        seed_file("a", answer="New."),
        seed_file("b", answer="New."),
        seed_file("c"),
        seed_file(
            "d",
            subject="physics",
            title="Question c?",
            answer="Answer of c.\\n\\nIts second paragraph.",
        ),
        b"",
        dry_run=True,
        prune=True,
    )
    assert counts(report) == (2, 1, 0, 1, 1)
    assert report.copies == 1
    assert list(Question.objects.order_by("pk").values()) == before
    assert list(Subject.objects.values_list("slug", flat=True)) == ["biology"]


# --- what is stored


def test_seed_and_row_agree_on_every_content_field() -> None:
    data = seed_file(related_article1=related("b"))
    load(data)
    seed, _ = read_seed(data)
    from_row = seed_of(Question.objects.get())
    assert from_row == seed
    assert {name: getattr(from_row, name) for name in CONTENT_FIELDS} == {
        name: getattr(seed, name) for name in CONTENT_FIELDS
    }


def test_authors_are_shared_by_name() -> None:
    load(seed_file("a"), seed_file("b", author="Ada Example"), seed_file("c"))
    assert sorted(Author.objects.values_list("name", flat=True)) == ["Ada Example", "QuickTakes"]


def test_future_date_is_not_yet_published() -> None:
    load(seed_file(date=str(timezone.now().date() + datetime.timedelta(days=2))))
    assert not Question.objects.get().is_published

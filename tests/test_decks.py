import csv
import io
import json
import sqlite3
import zipfile

import pytest

from learn import decks
from learn.studysets import subject_set
from tests.factories import make_question, make_subject

pytestmark = pytest.mark.django_db

# The columns of Anki's own tables, in their order (schema 11, which every release imports).
ANKI_TABLES = {
    "col": "id crt mod scm ver dty usn ls conf models decks dconf tags",
    "notes": "id guid mid mod usn tags flds sfld csum flags data",
    "cards": "id nid did ord mod usn type queue due ivl factor reps lapses left odue odid flags "
    "data",
    "revlog": "id cid usn ease ivl lastIvl factor time type",
    "graves": "usn oid type",
}


@pytest.fixture
def music(db):
    subject = make_subject(slug="music", title="Music")
    make_question(subject=subject, slug="a", title="What is <b>?", seo_keywords="Minor scales, key")
    make_question(subject=subject, slug="b", answer="It is $a < b$.\n\n$$\\frac{1}{2}$$")
    return subject


def package():
    study_set = subject_set("music")
    return decks.anki_package(study_set, decks.part_of(study_set, 1))


@pytest.fixture
def opened(tmp_path):
    """Opens a package as Anki does: a zip archive with the collection as an SQLite database."""
    connections = []

    def open_package(content):
        path = tmp_path / f"{len(connections)}.anki2"
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            assert sorted(archive.namelist()) == ["collection.anki2", "media"]
            assert archive.read("media") == b"{}"
            path.write_bytes(archive.read("collection.anki2"))
        connection = sqlite3.connect(path)
        connection.row_factory = sqlite3.Row
        connections.append(connection)
        return connection

    yield open_package
    for connection in connections:
        connection.close()


def notes(collection):
    return {row["guid"]: dict(row) for row in collection.execute("select * from notes")}


def import_into(collection, package):
    """Anki's rule: a known guid is updated if the incoming note is newer, an unknown one is added.

    Returns how many were added and how many updated.
    """
    added = updated = 0
    mine = notes(collection)
    for guid, note in notes(package).items():
        if guid not in mine:
            columns = ", ".join(f":{name}" for name in note)
            collection.execute(f"insert into notes values ({columns})", note)
            added += 1
        elif note["mod"] > mine[guid]["mod"]:
            collection.execute(
                "update notes set mod = :mod, tags = :tags, flds = :flds, sfld = :sfld,"
                " csum = :csum where guid = :guid",
                note,
            )
            updated += 1
    return added, updated


def test_package_has_ankis_own_schema(music, opened):
    collection = opened(package())
    for table, columns in ANKI_TABLES.items():
        rows = collection.execute(f"pragma table_info({table})")
        assert [row["name"] for row in rows] == columns.split()
    (col,) = collection.execute("select * from col")
    assert col["ver"] == 11
    assert collection.execute("pragma integrity_check").fetchone()[0] == "ok"


def test_note_type_has_its_fields_and_one_template(music, opened):
    (col,) = opened(package()).execute("select * from col")
    model = json.loads(col["models"])[str(decks.MODEL_ID)]
    assert [field["name"] for field in model["flds"]] == ["Question", "Answer", "Source"]
    (template,) = model["tmpls"]
    assert "{{Question}}" in template["qfmt"]
    assert "{{Answer}}" in template["afmt"]
    assert "{{Source}}" in template["afmt"]
    names = {deck["name"] for deck in json.loads(col["decks"]).values()}
    assert "QuickTakes::Music" in names


def test_every_question_is_one_note_with_one_card_in_the_deck(music, opened):
    collection = opened(package())
    (col,) = collection.execute("select * from col")
    deck_ids = {
        int(key) for key, deck in json.loads(col["decks"]).items() if deck["name"] != "Default"
    }
    rows = list(
        collection.execute("select n.mid, c.did, c.ord from notes n join cards c on c.nid = n.id")
    )
    assert len(rows) == 2
    assert {(row["mid"], row["ord"]) for row in rows} == {(decks.MODEL_ID, 0)}
    assert {row["did"] for row in rows} == deck_ids


def test_fields_are_html_with_tex_as_ankis_mathjax_reads_it(music, opened, settings):
    settings.SITE_URL = "https://site.example"
    first, second = (
        note["flds"].split("\x1f")
        for note in sorted(notes(opened(package())).values(), key=lambda note: note["id"])
    )
    assert first[0] == "What is &lt;b&gt;?"
    assert first[2] == '<a href="https://site.example/learn/music/questions/a">QuickTakes</a>'
    assert r"\(a &lt; b\)" in second[1]
    assert r"\[\frac{1}{2}\]" in second[1]


def test_tags_are_subject_and_topic(music, opened):
    tags = [note["tags"].split() for note in notes(opened(package())).values()]
    assert sorted(tags) == [["music"], ["music::minor-scales", "music::key"]]


def test_same_questions_give_the_same_bytes(music):
    assert package() == package()


def test_second_import_changes_nothing(music, opened):
    collection = opened(package())
    before = notes(collection)
    assert import_into(collection, opened(package())) == (0, 0)
    assert notes(collection) == before


def test_import_after_an_edit_updates_that_note_alone_and_adds_none(music, opened):
    collection = opened(package())
    before = notes(collection)
    question = music.questions.get(slug="a")
    question.answer = "It is another answer."
    question.save()
    assert import_into(collection, opened(package())) == (0, 1)
    after = notes(collection)
    changed = [guid for guid in after if after[guid] != before[guid]]
    assert changed == [decks.note_guid(question)]
    assert "It is another answer." in after[changed[0]]["flds"]


def test_identity_survives_a_new_address(music, opened):
    guids = set(notes(opened(package())))
    question = music.questions.get(slug="a")
    question.slug = "another"
    question.save()
    assert set(notes(opened(package()))) == guids


def test_deck_keeps_its_number_and_another_has_another(music, opened):
    def deck_ids(content):
        (col,) = opened(content).execute("select decks from col")
        return set(json.loads(col["decks"])) - {"1"}

    other = make_question().subject
    study_set = subject_set(other.slug)
    one = deck_ids(package())
    assert one == deck_ids(package())
    assert one != deck_ids(decks.anki_package(study_set, decks.part_of(study_set, 1)))


def test_parts_hold_every_question_once(music, monkeypatch):
    monkeypatch.setattr(decks, "PART_SIZE", 2)
    make_question(subject=music, slug="c")
    study_set = subject_set("music")
    parts = [[q.slug for q in decks.part_of(study_set, part)] for part in (1, 2, 3)]
    assert parts == [["a", "b"], ["c"], []]
    assert [decks.part_count(number) for number in (0, 2, 3)] == [1, 1, 2]


@pytest.mark.parametrize("number", [1, 3])
def test_questions_of_a_part_cost_two_queries(django_assert_num_queries, number):
    subject = make_subject(slug="art")
    for _ in range(number):
        make_question(subject=subject, seo_keywords="a, b")
    study_set = subject_set("art")
    with django_assert_num_queries(2):
        questions = decks.part_of(study_set, 1)
        decks.anki_package(study_set, questions)
    assert len(questions) == number


def test_text_for_anki_has_the_header_and_the_guids_of_the_deck(music, opened):
    study_set = subject_set("music")
    text = decks.tsv(decks.part_of(study_set, 1))
    header, rows = text[: text.index("\n#tags")].splitlines(), text.split("#tags column:5\n")[1]
    assert header == ["#separator:tab", "#html:true", "#guid column:1"]
    table = list(csv.reader(io.StringIO(rows), delimiter="\t"))
    assert {row[0] for row in table} == set(notes(opened(package())))
    assert [len(row) for row in table] == [5, 5]
    assert table[0][4] == "music::minor-scales music::key"


def test_table_gives_the_answer_as_markdown_and_no_formula_for_spreadsheets(music):
    make_question(subject=music, slug="c", title="=1+1", answer="- one\n- two, and “three”")
    table = list(csv.reader(io.StringIO(decks.csv_table(decks.part_of(subject_set("music"), 1)))))
    assert table[0] == ["question", "answer", "url", "subject"]
    assert table[3] == [
        "'=1+1",
        "'- one\n- two, and “three”",
        "http://127.0.0.1:8000/learn/music/questions/c",
        "Music",
    ]

import io
import sqlite3
import uuid
import zipfile

import pytest
from django.test import Client

from learn import decks
from learn.models import Question
from tests.factories import make_question, make_subject

pytestmark = pytest.mark.django_db


@pytest.fixture
def music(db):
    subject = make_subject(slug="music", title="Music & art")
    for letter in "abcde":
        make_question(subject=subject, slug=letter, seo_keywords="scales")
    return subject


def guids(response):
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(archive.read("collection.anki2"))
    found = {row[0] for row in connection.execute("select guid from notes")}
    connection.close()
    return found


@pytest.mark.parametrize(
    ("address", "content_type", "name"),
    [
        ("/learn/music/deck.apkg", "application/apkg", "music-art.apkg"),
        ("/learn/music/deck.tsv", "text/tab-separated-values; charset=utf-8", "music-art.tsv"),
        ("/learn/music/deck.csv", "text/csv; charset=utf-8", "music-art.csv"),
        ("/topics/scales/deck.apkg", "application/apkg", "scales.apkg"),
        ("/topics/scales/deck.csv", "text/csv; charset=utf-8", "scales.csv"),
    ],
)
def test_deck_is_a_download_that_search_engines_leave_alone(
    client, music, address, content_type, name
):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "public, max-age=3600"
    assert response.cookies == {}


def test_deck_of_a_subject_holds_its_questions(client, music):
    expected = {decks.note_guid(question) for question in music.questions.all()}
    assert guids(client.get("/learn/music/deck.apkg")) == expected
    assert guids(client.get("/topics/scales/deck.apkg")) == expected


def test_further_parts_have_addresses(client, music, monkeypatch):
    monkeypatch.setattr(decks, "PART_SIZE", 2)
    parts = [client.get(f"/learn/music/deck.apkg?part={part}") for part in (1, 2, 3)]
    assert [len(guids(part)) for part in parts] == [2, 2, 1]
    assert len(set.union(*map(guids, parts))) == 5
    assert 'filename="music-art-3.apkg"' in parts[2]["Content-Disposition"]


@pytest.mark.parametrize(
    "address",
    [
        "/learn/none/deck.apkg",
        "/learn/music/deck.apkg?part=2",
        "/learn/music/deck.apkg?part=0",
        "/learn/music/deck.apkg?part=x",
        "/topics/none/deck.tsv",
        "/learn/empty/deck.csv",
    ],
)
def test_deck_that_there_is_not_gets_404(client, music, address):
    make_subject(slug="empty")
    assert client.get(address).status_code == 404


def test_unchanged_deck_is_not_made_again(client, music, django_assert_num_queries):
    etag = client.get("/learn/music/deck.apkg")["ETag"]
    with django_assert_num_queries(2):
        response = client.get("/learn/music/deck.apkg", headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")
    music.questions.first().save()
    response = client.get("/learn/music/deck.apkg", headers={"If-None-Match": etag})
    assert response.status_code == 200


def saved(uids):
    return Client(enforce_csrf_checks=True).post("/saved/deck.apkg", {"uid": uids})


def test_saved_questions_come_as_a_deck_that_nobody_stores(music):
    questions = list(music.questions.all()[:2])
    gone = make_question(status=Question.Status.TRASHED)
    response = saved([str(question.uid) for question in (*questions, gone)])
    assert guids(response) == {decks.note_guid(question) for question in questions}
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Disposition"] == 'attachment; filename="saved.apkg"'


@pytest.mark.parametrize(
    ("uids", "reason"),
    [
        ([], "None of these questions is here."),
        ([str(uuid.uuid4())], "None of these questions is here."),
        (["x"], "A uid is not valid."),
        (["\0"], "A uid is not valid."),
        ([str(uuid.UUID(int=number)) for number in range(501)], "At most 500 questions"),
    ],
)
def test_list_that_makes_no_deck_gets_400_with_the_reason(db, uids, reason):
    response = saved(uids)
    assert response.status_code == 400
    assert response.content.decode().startswith(reason)


def test_saved_deck_is_for_sending_only(client):
    response = client.get("/saved/deck.apkg")
    assert (response.status_code, response["Allow"]) == (405, "POST")

"""Seed files at the desk: uploaded, looked at, loaded; downloaded byte for byte."""

import io
import zipfile

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from learn import publishing
from learn.admin import seed_files, seed_uploads
from learn.models import Question, Revision, SeedUpload
from learn.seeds.importer import load_seeds
from tests.admin.builders import list_url, messages_of
from tests.seeds.builders import seed_file, sources

pytestmark = pytest.mark.django_db

IMPORT = "/admin/learn/question/import/"


def zipped(**files: bytes) -> bytes:
    """An archive of these files, by slug."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for slug, data in files.items():
            archive.writestr(f"biology/{slug}.md", data)
    return file.getvalue()


def upload(client: Client, data: bytes, name: str = "seeds.zip") -> HttpResponse:
    file = SimpleUploadedFile(name, data)
    return client.post(IMPORT, {"file": file}, follow=True)


def load(client: Client, *names: str) -> HttpResponse:
    url = f"{IMPORT}{SeedUpload.objects.latest('pk').pk}/"
    return client.post(url, {"file": [f"biology/{name}.md" for name in names]}, follow=True)


def outcomes(response: HttpResponse) -> dict[str, str]:
    assert response.status_code == 200
    return {item.name.removeprefix("biology/"): item.label for item in response.context["files"]}


def text(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


# --- in


def test_looking_writes_nothing_and_says_what_would_become_of_each_file(
    admin_client: Client,
) -> None:
    same, changed = seed_file("same"), seed_file("changed", answer="Old words here.")
    load_seeds(sources(same, changed))
    archive = zipped(
        same=same,
        changed=seed_file("changed", answer="New words here."),
        new=seed_file("new"),
        bad=seed_file("bad").replace(b"date: ", b"date: [", 1),
    )
    response = upload(admin_client, archive)
    assert outcomes(response) == {
        "bad.md": "cannot be read",
        "changed.md": "changed",
        "new.md": "new",
    }
    assert response.context["numbers"] == {
        "new": 1, "changed": 1, "same": 1, "conflict": 0, "refused": 1,
    }  # fmt: skip
    page = text(response)
    assert "<del>Old</del> words here." in page
    assert "<ins>New</ins> words here." in page
    assert Question.objects.count() == 2
    assert not Revision.objects.exists()


def test_bad_file_is_named_with_its_line_and_hinders_no_other(admin_client: Client) -> None:
    bad = seed_file("bad", date="yesterday")
    line = bad[: bad.index(b"date: yes")].count(b"\n") + 1
    response = upload(admin_client, zipped(bad=bad, good=seed_file("good")))
    assert f"Line {line}: " in text(response)
    assert messages_of(load(admin_client, "good", "bad")) == [
        "Loaded: 1 new, 0 changed.",
        "1 file could not be chosen.",
    ]
    assert Question.objects.get().slug == "good"


def test_loading_twice_changes_nothing_the_second_time(admin_client: Client) -> None:
    archive = zipped(a=seed_file("a"), b=seed_file("b"))
    upload(admin_client, archive)
    load(admin_client, "a", "b")
    response = upload(admin_client, archive)
    assert response.context["numbers"]["same"] == 2
    assert "Nothing to load: every file says what is here already." in text(response)
    assert set(Question.objects.values_list("version", flat=True)) == {1}


def test_only_what_is_chosen_is_loaded(admin_client: Client) -> None:
    upload(admin_client, zipped(a=seed_file("a"), b=seed_file("b")))
    load(admin_client, "b")
    assert Question.objects.get().slug == "b"


def test_load_leaves_revisions_and_the_log_with_a_name(
    admin_client: Client, admin_user: User
) -> None:
    load_seeds(sources(seed_file("a")))
    upload(admin_client, zipped(a=seed_file("a", answer="Changed.")))
    load(admin_client, "a")
    question = Question.objects.get()
    assert (question.answer, question.version) == ("Changed.", 2)
    assert [
        (revision.number, revision.created_by, revision.reason)
        for revision in question.revisions.order_by("number")
    ] == [(1, None, "before an import"), (2, admin_user, "imported from seeds.zip")]
    assert LogEntry.objects.get().change_message == "imported from seeds.zip"


def test_conflict_is_loaded_only_if_it_is_chosen(admin_client: Client) -> None:
    load_seeds(sources(seed_file("a")))
    question = Question.objects.select_related("subject", "author").get()
    question.answer = "Edited at the desk."
    publishing.save_question(question)
    response = upload(admin_client, zipped(a=seed_file("a", answer="Edited in the file.")))
    assert outcomes(response) == {"a.md": "changed here too"}
    assert not response.context["files"][0].is_suggested
    load(admin_client, "a")
    question.refresh_from_db()
    assert question.answer == "Edited in the file."
    assert question.revisions.get(number=2).content["answer"] == "Edited at the desk."


def test_file_of_a_question_in_the_trash_is_not_loaded(admin_client: Client) -> None:
    load_seeds(sources(seed_file("a")))
    publishing.set_status(Question.objects.all(), Question.Status.TRASHED)
    response = upload(admin_client, zipped(a=seed_file("a", answer="New.")))
    assert "the question is in the trash; restore it first" in text(response)


def test_single_file_is_taken(admin_client: Client) -> None:
    response = upload(admin_client, seed_file("a"), "a.md")
    assert outcomes(response) == {"a.md": "new"}


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"x", "Choose a file that ends in .md or .zip."),
        ("a.zip", zipped(), "There is no seed file (*.md) in this archive."),
        ("a.md", b"", "The submitted file is empty."),
    ],
)
def test_what_is_no_upload_is_refused(
    admin_client: Client, name: str, data: bytes, message: str
) -> None:
    assert message in text(upload(admin_client, data, name))
    assert not SeedUpload.objects.exists()


def test_damaged_archive_is_named(admin_client: Client) -> None:
    assert "the archive is damaged" in text(upload(admin_client, b"PK no archive"))


def test_too_large_an_upload_is_refused(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed_uploads, "MAX_UPLOAD", 10)
    assert "an upload has at most 0 MB" in text(upload(admin_client, seed_file("a"), "a.md"))


@pytest.mark.parametrize("limit", ["MAX_FILES", "MAX_UNPACKED"])
def test_archive_that_unpacks_to_too_much_is_refused(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(seed_uploads, limit, 1)
    page = text(upload(admin_client, zipped(a=seed_file("a"), b=seed_file("b"))))
    assert "The archive holds more than" in page
    assert not SeedUpload.objects.exists()


def test_bomb_is_refused_file_by_file(admin_client: Client) -> None:
    response = upload(admin_client, zipped(bomb=b"0" * 5_000_000, good=seed_file("good")))
    assert outcomes(response) == {"bomb.md": "cannot be read", "good.md": "new"}
    assert "a seed file has at most 1,000,000" in text(response)


def test_page_with_many_files_loads_the_rest_too(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (seed_files, seed_uploads):
        monkeypatch.setattr(module, "SHOWN", 1)
    response = upload(admin_client, zipped(a=seed_file("a"), b=seed_file("b")))
    assert "and 1 more file, if it is new or changed" in text(response)
    url = f"{IMPORT}{SeedUpload.objects.get().pk}/"
    admin_client.post(url, {"file": ["biology/a.md"], "rest": "on"})
    assert Question.objects.count() == 2


# --- out


def test_selection_comes_as_dumpseeds_writes_it(admin_client: Client) -> None:
    files = {slug: seed_file(slug) for slug in ("a", "b", "c")}
    load_seeds(sources(*files.values()))
    keys = list(Question.objects.filter(slug__in=["a", "b"]).values_list("pk", flat=True))
    data = {"action": "download", "_selected_action": keys}
    response = admin_client.post(list_url("question"), data)
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "biology/a.md": files["a"],
            "biology/b.md": files["b"],
        }


def test_one_title_changed_is_one_line_changed(admin_client: Client) -> None:
    data = seed_file("a", article_title="Another?", question="Another?")
    load_seeds(sources(data))
    question = Question.objects.select_related("subject", "author").get()
    question.title = "A new title?"
    publishing.save_question(question)
    url = f"/admin/learn/question/{question.pk}/seed/"
    response = admin_client.get(url)
    assert response["Content-Disposition"] == 'attachment; filename="a.md"'
    before, after = data.decode().splitlines(), response.content.decode().splitlines()
    assert len(before) == len(after)
    assert [line for line in after if line not in before] == ["    A new title?"]


def test_too_many_for_a_download_are_refused(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed_files, "MOST", 1)
    load_seeds(sources(seed_file("a"), seed_file("b")))
    keys = list(Question.objects.values_list("pk", flat=True))
    data = {"action": "download", "_selected_action": keys}
    (said,) = messages_of(admin_client.post(list_url("question"), data, follow=True))
    assert said.startswith("Choose fewer: a download holds at most 1 questions.")


# --- refusals


def person(*codenames: str) -> Client:
    user = User.objects.create_user("grace", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def test_import_is_a_right_of_its_own(admin_client: Client) -> None:
    upload(admin_client, seed_file("a"), "a.md")
    client = person("view_question", "change_question", "add_question")
    assert client.get(IMPORT).status_code == 403
    assert upload(client, seed_file("b"), "b.md").status_code == 403
    assert load(client, "a").status_code == 403
    assert "Import files" not in text(client.get(list_url("question")))
    assert "Import files" in text(admin_client.get(list_url("question")))


def test_upload_of_another_is_not_found(admin_client: Client) -> None:
    upload(admin_client, seed_file("a"), "a.md")
    client = person("view_question", "change_question", "add_question", "add_seedupload")
    assert load(client, "a").status_code == 404


def test_who_may_not_add_subjects_brings_none_in(admin_client: Client) -> None:
    client = person("view_question", "change_question", "add_question", "add_seedupload")
    page = upload(client, seed_file("a"), "a.md")
    assert "there is no such subject, and you may not add one" in text(page)
    url = f"{IMPORT}{SeedUpload.objects.get().pk}/"
    client.post(url, {"file": ["a.md"]})
    assert not Question.objects.exists()


def test_who_may_not_see_questions_gets_no_file(admin_client: Client) -> None:
    load_seeds(sources(seed_file("a")))
    url = f"/admin/learn/question/{Question.objects.get().pk}/seed/"
    assert person().get(url).status_code == 403
    assert Client().get(url).status_code == 302

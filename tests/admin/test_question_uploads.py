"""Pictures sent from the editor."""

import io

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from learn import faults
from learn.checklist import Target
from learn.models import Upload
from tests.admin.builders import list_url

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/learn/question/upload/"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def png(name="evil.html", size=(30, 20)):
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), content_type="text/html")


def test_picture_is_stored_and_its_markdown_is_given_back(
    admin_client, admin_user, settings, media
):
    assert reverse("admin:learn_question_upload") == ADDRESS == settings.MARKDOWNX_UPLOAD_URLS_PATH
    response = admin_client.post(ADDRESS, {"image": png(), "alt": "A [red]\nsquare \\"})
    upload = Upload.objects.get()
    assert upload.created_by == admin_user
    code = f"![A \\[red\\] square \\\\]({upload.get_absolute_url()})"
    assert response.json() == {"image_code": code, "width": 30, "height": 20}
    assert "html" not in upload.name
    served = Client().get(upload.get_absolute_url())
    assert served.getvalue() == (media / upload.stored_name).read_bytes()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({}, "Send the picture"),
        ({"image": "text"}, "Send the picture"),
        ({"image": SimpleUploadedFile("a.svg", b"<svg onload='alert(1)'/>", "image/png")}, "SVG"),
        ({"image": SimpleUploadedFile("a.png", b"not a picture", "image/png")}, "cannot be read"),
    ],
)
def test_what_is_no_picture_is_refused_with_the_reason(admin_client, media, data, reason):
    response = admin_client.post(ADDRESS, data)
    assert response.status_code == 400
    assert reason in response.json()["error"]
    assert list(media.iterdir()) == []


@pytest.mark.parametrize("who", ["anonymous", "viewer"])
def test_upload_is_closed_to_who_may_not_change_questions(who, media):
    client = Client()
    if who == "viewer":
        user = User.objects.create(username="viewer", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename="view_question"))
        client.force_login(user)
    assert client.post(ADDRESS, {"image": png()}).status_code == 403
    assert list(media.iterdir()) == []


def test_picture_in_an_answer_is_there_or_named_as_missing(admin_client):
    admin_client.post(ADDRESS, {"image": png(), "alt": "x"})
    there = Upload.objects.get().get_absolute_url()
    gone = f"/media/images/{'0' * 20}-1x1.png"
    assert faults.find_targets([there, gone]) == {there: Target.OPEN, gone: Target.MISSING}


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_pictures_asks_as_often_however_many(
    admin_client, django_assert_num_queries, number
):
    for side in range(1, number + 1):
        admin_client.post(ADDRESS, {"image": png(size=(side, 300)), "alt": "x"})
    # By then the caches know what they know.
    admin_client.get(list_url("upload"))
    with django_assert_num_queries(4):
        html = admin_client.get(list_url("upload")).content.decode()
    assert html.count("/media/images/") == number
